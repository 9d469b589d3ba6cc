import { z } from 'zod';
import type { Assertion, AssertionContext } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { formatCount } from '../core/units.ts';
import type { Verdict } from '../core/verdict.ts';
import { attemptedIn, countErrors } from '../measure/operations.ts';
import type { Window } from '../measure/windows.ts';
import { eachOf, finding, noData } from './finding.ts';
import { noWindow, windowFor } from './window.ts';

const bound = z.strictObject({
  atLeast: z.number().nonnegative().optional().describe('at least this many'),
  atMost: z.number().nonnegative().optional().describe('at most this many'),
});
const params = z
  .strictObject({
    atMost: z.number().int().nonnegative().optional().describe('how many operations may end otherwise than ok'),
    share: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('which share of the operations may end otherwise than ok, 0 to 1'),
    byCode: z
      .record(z.string(), bound)
      .optional()
      .describe('error code → bounds on how many: an error can be what is expected'),
    only: z.array(z.string()).optional().describe('no other error codes than these'),
  })
  .refine((p) => Object.values(p).some((value) => value !== undefined), {
    message: 'say `atMost`, `share`, `byCode` or `only`',
  });
type Params = z.output<typeof params>;

/** How operations that were not ok ended: failed, unknown and not sent ones, by their code. */
export const errors: Assertion<Params> = {
  kind: 'errors',
  summary: 'How many operations were not ok, and why: in all, as a share, or by code',
  params,
  example: { during: 'kill', with: { only: ['NOREPLICAS', 'ECONNREFUSED'] } },
  says: 'how many operations were not ok of how many attempted, by error code',
  takes: ['of', 'since', 'during'],
  requires: ['of'],
  check: (limits, cx) => {
    const expected = describe(limits);
    const window = windowFor(cx);
    if (window === undefined) return noWindow(expected, cx);
    return eachOf(cx.spec.of, expected, (name) => one(name, window, { limits, expected, cx }));
  },
};

function describe({ atMost, share, byCode, only }: Params): string {
  const parts: string[] = [];
  if (atMost !== undefined) parts.push(`at most ${formatCount(atMost)} errors`);
  if (share !== undefined) parts.push(`at most ${share * 100} % errors`);
  for (const [code, { atLeast, atMost: most }] of Object.entries(byCode ?? {})) {
    parts.push(
      `${code} ${[atLeast === undefined ? [] : [`${atLeast} times or more`], most === undefined ? [] : [`${most} times at most`]].flat().join(', ')}`,
    );
  }
  if (only !== undefined) parts.push(only.length === 0 ? 'no error at all' : `no errors but ${only.join(', ')}`);
  return parts.join('; ');
}

function one(
  name: string,
  window: Window,
  { limits, expected, cx }: { readonly limits: Params; readonly expected: string; readonly cx: AssertionContext },
): Finding {
  const ops = cx.journal.ops[name];
  const attempted = ops === undefined ? 0 : attemptedIn(ops, window);
  if (ops === undefined || attempted === 0) return noData(expected, `${name} attempted nothing ${window.what}`);
  const counts = countErrors(ops, window);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const listed = Object.entries(counts)
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => `${code} ${formatCount(count)}`);
  const actual = `${formatCount(total)} of ${formatCount(attempted)}${listed.length === 0 ? '' : `: ${listed.join(', ')}`}`;
  const wrong = violations(limits, { counts, total, attempted });
  const verdict: Verdict = wrong.length === 0 ? 'passed' : 'failed';
  return finding(verdict, {
    expected,
    actual,
    because: wrong.join('; '),
    data: { workload: name, attempted, total, counts },
  });
}

interface Counted {
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  readonly attempted: number;
}

function violations({ atMost, share, byCode, only }: Params, { counts, total, attempted }: Counted): string[] {
  const wrong: string[] = [];
  if (atMost !== undefined && total > atMost) wrong.push(`${formatCount(total)} errors`);
  if (share !== undefined && total / attempted > share)
    wrong.push(`${((100 * total) / attempted).toFixed(2)} % errors`);
  for (const [code, bounds] of Object.entries(byCode ?? {})) {
    const count = counts[code] ?? 0;
    if (bounds.atLeast !== undefined && count < bounds.atLeast) wrong.push(`${code} only ${formatCount(count)} times`);
    if (bounds.atMost !== undefined && count > bounds.atMost) wrong.push(`${code} ${formatCount(count)} times`);
  }
  const others = only === undefined ? [] : Object.keys(counts).filter((code) => !only.includes(code));
  if (others.length > 0) wrong.push(`also ${others.join(', ')}`);
  return wrong;
}
