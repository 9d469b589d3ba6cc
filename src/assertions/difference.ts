import { z } from 'zod';
import type { Journal } from '../core/journal.ts';
import type { Assertion } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { duration, formatMs } from '../core/units.ts';
import { type Bounds, formatBounds, judgeAtMost, WITHIN_ERROR } from '../core/verdict.ts';
import type { Recovery } from '../measure/recovery.ts';
import { finding, noData } from './finding.ts';
import { describeRecovery, ranToItsEnd, recoveryOrWhy } from './recovered.ts';

const params = z
  .strictObject({ atMost: duration().describe('how much later the first may be back than the second') })
  .transform(({ atMost }) => ({ atMostMs: atMost }));

/** Subject minus oracle: what the client library costs. The first of `of` is the subject. */
export const difference: Assertion<z.output<typeof params>> = {
  kind: 'difference',
  summary: 'One workload was back not much later than another: what its client library costs',
  params,
  example: { of: ['application', 'writes'], with: { atMost: '3s' } },
  says: 'how much later the first workload was back than the second, as an interval',
  takes: ['of', 'since'],
  requires: ['of'],
  check: ({ atMostMs }, { spec, journal }) => {
    const [subject = '', oracle = ''] = spec.of;
    const expected = `${subject} back at most ${formatMs(atMostMs)} after ${oracle}`;
    if (spec.of.length !== 2) return noData(expected, 'name two workloads: of: [subject, oracle]');
    const [one, other] = [subject, oracle].map((name) => recoveryOrWhy(name, spec.since, journal));
    if (typeof one !== 'object') return noData(expected, one ?? '');
    if (typeof other !== 'object') return noData(expected, other ?? '');
    if (other.backByMs === undefined) {
      return noData(expected, `${oracle} itself did not recover, so there is nothing to compare with`);
    }
    return compare(one, { ...other, backByMs: other.backByMs }, { subject, oracle, expected, atMostMs, journal });
  },
};

interface Terms {
  readonly subject: string;
  readonly oracle: string;
  readonly expected: string;
  readonly atMostMs: number;
  readonly journal: Journal;
}

/** Both are measured against the same fault, whose own error drops out. */
function compare(one: Recovery, other: Recovery & { readonly backByMs: number }, terms: Terms): Finding {
  const { subject, oracle, expected, atMostMs, journal } = terms;
  const bounds: Bounds = {
    lowMs: one.backAfterMs - other.backByMs,
    highMs: one.backByMs === undefined ? undefined : one.backByMs - other.backAfterMs,
  };
  const data = { lowMs: bounds.lowMs, highMs: bounds.highMs ?? null };
  if (bounds.highMs === undefined) {
    const unfinished = bounds.lowMs <= atMostMs && (one.cutShort || !ranToItsEnd(journal));
    const because = `${oracle} was back after ${formatBounds(other)}`;
    const actual = `${subject} ${describeRecovery(one)}`;
    if (!unfinished) return finding('failed', { expected, actual, because, data });
    return finding('inconclusive', {
      expected,
      actual,
      because: `${because}, and the run was ended before its time`,
      data,
    });
  }
  const verdict = judgeAtMost(bounds, atMostMs);
  const because = verdict === 'inconclusive' ? WITHIN_ERROR : '';
  return finding(verdict, { expected, actual: describeDifference(bounds.lowMs, bounds.highMs), because, data });
}

function describeDifference(lowMs: number, highMs: number): string {
  if (highMs <= 0) return `${formatBounds({ lowMs: -highMs, highMs: -lowMs })} earlier`;
  if (lowMs >= 0) return `${formatBounds({ lowMs, highMs })} later`;
  return `${formatMs(-lowMs)} earlier to ${formatMs(highMs)} later`;
}
