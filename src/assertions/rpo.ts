import { z } from 'zod';
import type { Journal } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { Assertion } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { duration, formatCount, formatMs } from '../core/units.ts';
import { type Bounds, formatBounds, judgeAtMost, WITHIN_ERROR, worst } from '../core/verdict.ts';
import { faultTimes } from '../measure/faults.ts';
import { type LedgerCount, ledgerOf, lostWindow } from '../measure/ledger.ts';
import { eachOf, finding, noData } from './finding.ts';

const params = z
  .strictObject({
    lostWrites: z.number().int().nonnegative().optional().describe('how many acknowledged writes may be lost'),
    atMost: duration()
      .optional()
      .describe('how far back losses may go: from the oldest lost write to the fault, or to the newest lost one'),
  })
  .refine((p) => p.lostWrites !== undefined || p.atMost !== undefined, { message: 'say `lostWrites` or `atMost`' })
  .transform(({ lostWrites, atMost }) => ({ lostWrites, atMostMs: atMost }));
type Params = z.output<typeof params>;

/**
 * Acknowledged to the client and not there after heal, drain and read-back. Of a consumer: in the log, and never processed
 * although the group has committed more, or has processed later ones.
 */
export const rpo: Assertion<Params> = {
  kind: 'rpo',
  summary: 'No more acknowledged writes were lost, or records passed over, than may be',
  params,
  example: { with: { lostWrites: 0 } },
  says: 'how many acknowledged writes were not there after the heal, of how many, and how far back they go',
  takes: ['of'],
  requires: ['of'],
  check: (limits, { spec, journal, measured }) => {
    const areRecords = spec.of.every((name) => journal.ops[name]?.header.records === true);
    const expected = describe(limits, areRecords);
    const of = (name: string): Finding => {
      const ops = journal.ops[name];
      const ledger = ledgerOf(name, journal);
      if (ops === undefined) return noData(expected, `${name} recorded nothing`);
      const { records = false, okMeans } = ops.header;
      if (ledger === undefined)
        return noData(expected, `what ${name} ${records ? 'reads' : 'wrote'} was not read back whole`);
      const acknowledged = measured[name]?.ok ?? 0;
      if (acknowledged === 0)
        return noData(expected, records ? `${name} processed nothing` : `not one write of ${name} was acknowledged`);
      const why = records
        ? `${name}: in the log, and never ${okMeans} although it has gone on`
        : `${name}: acknowledged (${okMeans}), and not there after the heal`;
      return one(name, ledger, { limits, expected, acknowledged, why, journal });
    };
    return eachOf(spec.of, expected, of);
  },
};

function describe({ lostWrites, atMostMs }: Params, areRecords: boolean): string {
  const lost = (count: string): string => (areRecords ? `${count} passed over` : `${count} lost`);
  const what = areRecords ? 'record' : 'acknowledged write';
  const limit = lostWrites === 0 ? lost(`no ${what}`) : lost(`at most ${formatCount(lostWrites ?? 0)} ${what}s`);
  return [
    ...(lostWrites === undefined ? [] : [limit]),
    ...(atMostMs === undefined ? [] : [`losses go back ${formatMs(atMostMs)} at most`]),
  ].join(', ');
}

interface Counted {
  readonly limits: Params;
  readonly expected: string;
  readonly acknowledged: number;
  readonly why: string;
  readonly journal: Journal;
}

function one(name: string, ledger: LedgerCount, { limits, expected, acknowledged, why, journal }: Counted): Finding {
  const window = lostWindow(ledger, faultTimes(journal.events)[0]) ?? { lowMs: 0, highMs: 0 };
  const verdict = worst([
    limits.lostWrites === undefined || ledger.lost <= limits.lostWrites ? 'passed' : 'failed',
    limits.atMostMs === undefined ? 'passed' : judgeAtMost(window, limits.atMostMs),
  ]);
  const doubt = verdict === 'passed' ? doubtOf(name, ledger) : undefined;
  const because = { passed: doubt ?? '', failed: why, inconclusive: WITHIN_ERROR };
  const back = ledger.lost === 0 ? '' : `, going back ${formatBounds(window)}`;
  const twice = ledger.duplicates === 0 ? '' : `, ${formatCount(ledger.duplicates)} there more than once`;
  return finding(doubt === undefined ? verdict : 'inconclusive', {
    expected,
    actual: `${formatCount(ledger.lost)} of ${formatCount(acknowledged)} lost${back}${twice}`,
    because: because[verdict],
    data: dataOf(name, ledger, { acknowledged, window }),
  });
}

/** What speaks against the count itself. */
function doubtOf(name: string, ledger: LedgerCount): string | undefined {
  const { foreign, failedButFound, divergentCopies, notReached } = ledger;
  if (notReached > 0)
    return `${formatCount(notReached)} records were still to be processed when the drill was over: ${name} had not caught up`;
  if (foreign > 0) return `${formatCount(foreign)} writes are there that ${name} never sent: the ledger is not its own`;
  if (failedButFound > 0)
    return `${formatCount(failedButFound)} writes are there although they were refused: ${name} cannot tell`;
  if (divergentCopies > 0)
    return `${formatCount(divergentCopies)} copies on other nodes differ from the one that was counted`;
  return undefined;
}

function dataOf(
  workload: string,
  { lost, duplicates, reordered, failedButFound, foreign, divergentCopies, lostExamples }: LedgerCount,
  { acknowledged, window }: { readonly acknowledged: number; readonly window: Bounds },
): JsonObject {
  const counts = { lostWrites: lost, acknowledged, duplicates, failedButFound, foreign, divergentCopies };
  const order = { reordered: reordered ?? null };
  return {
    workload,
    ...counts,
    ...order,
    lostWindowLowMs: window.lowMs,
    lostWindowHighMs: window.highMs ?? null,
    lostExamples,
  };
}
