import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import type { Ops } from '../core/outcome.ts';
import type { Finding } from '../core/report.ts';
import { duration, formatMs } from '../core/units.ts';
import { type Bounds, formatBounds, judgeAtMost, WITHIN_ERROR, worst } from '../core/verdict.ts';
import { attemptedIn, latencyBounds, percentile } from '../measure/operations.ts';
import type { Window } from '../measure/windows.ts';
import { eachOf, finding, noData } from './finding.ts';
import { noWindow, windowFor } from './window.ts';

const params = z
  .strictObject({
    p50: duration().optional().describe('half of the answered operations took at most this long'),
    p99: duration().optional().describe('99 of 100 did'),
    max: duration().optional().describe('all of them did'),
  })
  .refine((p) => p.p50 !== undefined || p.p99 !== undefined || p.max !== undefined, {
    message: 'say `p50`, `p99` or `max`',
  })
  .transform(({ p50, p99, max }) => {
    const limits = [
      { name: 'p50', share: 0.5, limitMs: p50 },
      { name: 'p99', share: 0.99, limitMs: p99 },
      { name: 'max', share: 1, limitMs: max },
    ];
    return limits.flatMap(({ limitMs, ...which }) => (limitMs === undefined ? [] : [{ ...which, limitMs }]));
  });
type Limits = z.output<typeof params>;

/** An operation without an answer took longer than any; refused ones are not counted: `errors` judges those. */
export const latency: Assertion<Limits> = {
  kind: 'latency',
  summary: 'How long operations took to be acknowledged',
  params,
  example: { with: { p99: '50ms' } },
  says: 'each percentile that has a limit, as an interval: from when operations were sent, and from when they were due',
  takes: ['of', 'since', 'during'],
  requires: ['of'],
  check: (limits, cx) => {
    const expected = limits.map(({ name, limitMs }) => `${name} at most ${formatMs(limitMs)}`).join(', ');
    const window = windowFor(cx);
    if (window === undefined) return noWindow(expected, cx);
    const of = (name: string): Finding => {
      const ops = cx.journal.ops[name];
      if (ops === undefined) return noData(expected, `${name} recorded nothing`);
      return one(name, ops, { limits, expected, window });
    };
    return eachOf(cx.spec.of, expected, of);
  },
};

function one(
  name: string,
  ops: Ops,
  { limits, expected, window }: { readonly limits: Limits; readonly expected: string; readonly window: Window },
): Finding {
  const { low, high } = latencyBounds(ops, window);
  if (low.length === 0) return noData(expected, `nothing of ${name} was answered ${window.what}`);
  const judged = limits.map(({ name: which, share, limitMs }) => {
    const highMs = percentile(high, share);
    const bounds: Bounds = { lowMs: percentile(low, share) ?? 0, highMs: highMs === Infinity ? undefined : highMs };
    return { which, bounds, verdict: judgeAtMost(bounds, limitMs) };
  });
  const verdict = worst(judged.map((each) => each.verdict));
  const over = judged.filter((each) => each.verdict === verdict).map(({ which }) => which);
  const because = { passed: '', failed: `${name}: ${over.join(', ')} is over its limit`, inconclusive: WITHIN_ERROR };
  const data = Object.fromEntries(
    judged.map(({ which, bounds }) => [which, { lowMs: bounds.lowMs, highMs: bounds.highMs ?? null }]),
  );
  return finding(verdict, {
    expected,
    actual: judged.map(({ which, bounds }) => `${which} ${formatBounds(bounds)}`).join(', '),
    because: because[verdict],
    data: { workload: name, counted: low.length, attempted: attemptedIn(ops, window), ...data },
  });
}
