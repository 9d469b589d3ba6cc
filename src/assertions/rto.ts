import { z } from 'zod';
import type { Journal } from '../core/journal.ts';
import type { Assertion } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { duration, formatMs } from '../core/units.ts';
import { judgeAtMost, worst } from '../core/verdict.ts';
import { recoveryTime } from '../measure/measure.ts';
import type { Recovery } from '../measure/recovery.ts';
import { finding, formatBounds, noData, WITHIN_ERROR } from './finding.ts';

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
    const findings = spec.of.map((name) =>
      one(name, recoveryTime(name, spec.since, journal), { expected, atMostMs, journal }),
    );
    if (findings.length === 0) return noData(expected, 'no workload is named');
    const verdict = worst(findings.map((each) => each.verdict));
    return findings.find((each) => each.verdict === verdict) ?? noData(expected, 'no workload is named');
  },
};

interface Terms {
  readonly expected: string;
  readonly atMostMs: number;
  readonly journal: Journal;
}

function one(name: string, recovery: Recovery | undefined, { expected, atMostMs, journal }: Terms): Finding {
  if (recovery === undefined)
    return noData(expected, `there is no fault that took effect, or ${name} sent nothing after it`);
  if (!everOk(name, journal)) return noData(expected, `${name} never worked, not even before the fault`);
  const data = {
    workload: name,
    lowMs: recovery.lowMs,
    highMs: recovery.highMs ?? null,
    rescuedByRevert: recovery.rescuedByRevert,
  };
  if (recovery.highMs === undefined) {
    const because = recovery.rescuedByRevert
      ? 'it came back only once our own revert had been called: that is no recovery'
      : 'it never came back';
    return finding('failed', {
      expected,
      actual: `did not recover by itself in ${formatMs(recovery.lowMs)}`,
      because,
      data,
    });
  }
  const verdict = judgeAtMost(recovery, atMostMs);
  const because =
    verdict === 'inconclusive' ? WITHIN_ERROR : verdict === 'failed' ? `${name} was without service for longer` : '';
  return finding(verdict, { expected, actual: formatBounds(recovery), because, data });
}

function everOk(name: string, journal: Journal): boolean {
  return journal.ops[name]?.outcome.includes(0) === true;
}
