import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import { duration, formatMs } from '../core/units.ts';
import { okLatencies, percentile } from '../measure/operations.ts';
import { windowFor } from './errors.ts';
import { finding, noData } from './finding.ts';

const params = z
  .strictObject({
    p50: duration().optional().describe('half of the acknowledged operations took at most this long'),
    p99: duration().optional().describe('99 of 100 did'),
    max: duration().optional().describe('all of them did'),
  })
  .refine((p) => p.p50 !== undefined || p.p99 !== undefined || p.max !== undefined, {
    message: 'say `p50`, `p99` or `max`',
  })
  .transform(({ p50, p99, max }) => ({ p50Ms: p50, p99Ms: p99, maxMs: max }));

/** Of acknowledged operations; those that were not are errors and outages. */
export const latency: Assertion<z.output<typeof params>> = {
  kind: 'latency',
  summary: 'How long acknowledged operations took',
  params,
  example: { with: { p99: '50ms' } },
  says: 'the percentiles that have a limit, of acknowledged operations only',
  takes: ['of', 'since', 'during'],
  requires: ['of'],
  check: ({ p50Ms, p99Ms, maxMs }, cx) => {
    const limits = [
      { name: 'p50', share: 0.5, limitMs: p50Ms },
      { name: 'p99', share: 0.99, limitMs: p99Ms },
      { name: 'max', share: 1, limitMs: maxMs },
    ].flatMap(({ name, share, limitMs }) => (limitMs === undefined ? [] : [{ name, share, limitMs }]));
    const expected = limits.map(({ name, limitMs }) => `${name} at most ${formatMs(limitMs)}`).join(', ');
    const window = windowFor(cx);
    if (window === undefined) return noData(expected, `there was no ${cx.spec.during ?? cx.spec.since}`);
    const wrong: string[] = [];
    const actual: string[] = [];
    for (const name of cx.spec.of) {
      const ops = cx.journal.ops[name];
      const sorted = ops === undefined ? new Float64Array() : okLatencies(ops, window.fromMs, window.toMs);
      if (sorted.length === 0) return noData(expected, `nothing of ${name} was acknowledged ${window.what}`);
      for (const { name: which, share, limitMs } of limits) {
        const value = percentile(sorted, share) ?? Number.NaN;
        actual.push(`${which} ${formatMs(value)}`);
        if (value > limitMs) wrong.push(`${name}: ${which} is over its limit`);
      }
    }
    return finding(wrong.length === 0 ? 'passed' : 'failed', {
      expected,
      actual: actual.join(', '),
      because: wrong.join('; '),
    });
  },
};
