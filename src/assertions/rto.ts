import { z } from 'zod';
import type { Journal } from '../core/journal.ts';
import type { Assertion } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { duration, formatMs } from '../core/units.ts';
import { formatBounds, judgeAtMost, type Verdict, WITHIN_ERROR, worst } from '../core/verdict.ts';
import type { Recovery } from '../measure/recovery.ts';
import { eachOf, finding, noData } from './finding.ts';
import { describeRecovery, ranToItsEnd, recoveryOrWhy } from './recovered.ts';

const params = z
  .strictObject({ atMost: duration().describe('the recovery time objective') })
  .transform(({ atMost }) => ({ atMostMs: atMost }));

/** Recovered by itself, before our own revert, and in time. Of several workloads and units the worst counts. */
export const rto: Assertion<z.output<typeof params>> = {
  kind: 'rto',
  summary: 'Service came back by itself within the objective',
  params,
  example: { with: { atMost: '10s' } },
  says: 'the recovery time as an interval, of the worst workload and unit; failed when nothing but our own revert ended the outage',
  takes: ['of', 'since'],
  requires: ['of'],
  check: ({ atMostMs }, { spec, journal }) => {
    const expected = `recovered within ${formatMs(atMostMs)}`;
    return eachOf(spec.of, expected, (name) => {
      const recovery = recoveryOrWhy(name, spec.since, journal);
      return typeof recovery === 'string'
        ? noData(expected, recovery)
        : one(name, recovery, { expected, atMostMs, journal });
    });
  },
};

interface Terms {
  readonly expected: string;
  readonly atMostMs: number;
  readonly journal: Journal;
}

function one(name: string, recovery: Recovery, terms: Terms): Finding {
  const { lowMs, highMs, rescuedByRevert, again } = recovery;
  const data = {
    workload: name,
    lowMs,
    highMs: highMs ?? null,
    rescuedByRevert,
    ...(again === undefined ? {} : { again: { lowMs: again.lowMs, highMs: again.highMs ?? null } }),
  };
  const judged = highMs === undefined ? notRecovered(name, recovery, terms) : recovered(name, recovery, terms);
  return finding(judged.verdict, {
    expected: terms.expected,
    actual: describeRecovery(recovery),
    because: judged.because,
    data,
  });
}

interface Judged {
  readonly verdict: Verdict;
  readonly because: string;
}

/** A failure, unless the run itself gave the system less time than it has. */
function notRecovered(name: string, recovery: Recovery, { atMostMs, journal }: Terms): Judged {
  if (recovery.lowMs <= atMostMs && (recovery.cutShort || !ranToItsEnd(journal))) {
    return { verdict: 'inconclusive', because: 'the run was ended before the time to recover was over' };
  }
  const because = recovery.rescuedByRevert
    ? `${name} worked again only once our own revert had been called: that is no recovery`
    : `${name} never worked again`;
  return { verdict: 'failed', because };
}

function recovered(name: string, recovery: Recovery, { atMostMs }: Terms): Judged {
  const first = judgeAtMost(recovery, atMostMs);
  const again = recovery.again === undefined ? 'passed' : judgeAtMost(recovery.again, atMostMs);
  const verdict = worst([first, again]);
  if (verdict !== 'passed' && first !== verdict && recovery.again !== undefined) {
    return {
      verdict,
      because: `${name} was out of service again while the fault was in: ${formatBounds(recovery.again)}`,
    };
  }
  if (verdict === 'failed') return { verdict, because: `${name} was without service for longer` };
  if (verdict === 'inconclusive') return { verdict, because: WITHIN_ERROR };
  if (recovery.disturbed) {
    const because = 'another fault came and went before it ended: nobody knows whether its revert had to do with it';
    return { verdict: 'inconclusive', because };
  }
  if (recovery.cutShort) {
    return { verdict: 'inconclusive', because: `${name} asked nothing any more before the fault was taken out` };
  }
  if (recovery.unseenMs > atMostMs) {
    const because = `${name} asked too little to say that it stayed: an outage of up to ${formatMs(recovery.unseenMs)} may have gone unseen`;
    return { verdict: 'inconclusive', because };
  }
  return { verdict, because: '' };
}
