import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import { duration, formatMs } from '../core/units.ts';
import { judgeAtMost } from '../core/verdict.ts';
import { recoveryTime } from '../measure/measure.ts';
import { finding, formatBounds, noData, WITHIN_ERROR } from './finding.ts';

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
    const [one, other] = [recoveryTime(subject, spec.since, journal), recoveryTime(oracle, spec.since, journal)];
    if (one === undefined || other === undefined)
      return noData(expected, 'no fault took effect, or one of them sent nothing after it');
    if (journal.ops[subject]?.outcome.includes(0) !== true)
      return noData(expected, `${subject} never worked, not even before the fault`);
    if (other.highMs === undefined)
      return noData(expected, `${oracle} itself did not recover, so there is nothing to compare with`);
    const bounds = {
      lowMs: one.lowMs - other.highMs,
      highMs: one.highMs === undefined ? undefined : one.highMs - other.lowMs,
    };
    const data = { lowMs: bounds.lowMs, highMs: bounds.highMs ?? null };
    if (bounds.highMs === undefined) {
      return finding('failed', {
        expected,
        actual: `${subject} did not recover by itself in ${formatMs(one.lowMs)}`,
        because: `${oracle} did, in ${formatBounds(other)}`,
        data,
      });
    }
    const verdict = judgeAtMost(bounds, atMostMs);
    return finding(verdict, {
      expected,
      actual: `${formatBounds(bounds)} later`,
      because: verdict === 'inconclusive' ? WITHIN_ERROR : '',
      data,
    });
  },
};
