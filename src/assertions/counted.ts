import type { AssertionContext } from '../core/kinds.ts';
import type { Finding, MeasuredWorkload } from '../core/report.ts';
import { formatCount } from '../core/units.ts';
import { finding, noData } from './finding.ts';

export interface CountedAtMost {
  readonly atMost: number;
  /** As the end of "3 writes …". */
  readonly what: string;
  /** Undefined = it could not be counted. */
  count(workload: MeasuredWorkload): number | undefined;
}

/** Judges something that was counted in a ledger's read-back, over all named workloads. */
export function countedAtMost({ spec, measured }: AssertionContext, { atMost, what, count }: CountedAtMost): Finding {
  const expected = `${atMost === 0 ? 'no write' : `at most ${formatCount(atMost)} writes`} ${what}`;
  let total = 0;
  let ok = 0;
  for (const name of spec.of) {
    const workload = measured[name];
    const counted = workload === undefined ? undefined : count(workload);
    if (workload === undefined || counted === undefined)
      return noData(expected, `what ${name} wrote could not be read back`);
    total += counted;
    ok += workload.ok;
  }
  if (ok === 0) return noData(expected, 'not one write was acknowledged');
  return finding(total > atMost ? 'failed' : 'passed', {
    expected,
    actual: `${formatCount(total)} ${what}, of ${formatCount(ok)} acknowledged`,
    data: { count: total },
  });
}
