import { z } from 'zod';
import type { Journal } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { Assertion } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { duration, formatCount, formatMs } from '../core/units.ts';
import { type Bounds, judgeAtMost, worst } from '../core/verdict.ts';
import { faultTimes } from '../measure/faults.ts';
import { type LedgerCount, ledgerOf, lostWindow } from '../measure/ledger.ts';
import { eachOf, finding, formatBounds, noData, WITHIN_ERROR } from './finding.ts';

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

/** Acknowledged to the client and not there after heal, drain and read-back. */
export const rpo: Assertion<Params> = {
  kind: 'rpo',
  summary: 'No more acknowledged writes were lost than may be',
  params,
  example: { with: { lostWrites: 0 } },
  says: 'how many acknowledged writes were not there after the heal, of how many, and how far back they go',
  takes: ['of'],
  requires: ['of'],
  check: (limits, { spec, journal, measured }) => {
    const expected = describe(limits);
    const of = (name: string): Finding => {
      const ops = journal.ops[name];
      const ledger = ledgerOf(name, journal);
      if (ops === undefined) return noData(expected, `${name} recorded nothing`);
      if (ledger === undefined) return noData(expected, `what ${name} wrote was not read back whole`);
      const acknowledged = measured[name]?.ok ?? 0;
      if (acknowledged === 0) return noData(expected, `not one write of ${name} was acknowledged`);
      return one(name, ledger, { limits, acknowledged, okMeans: ops.header.okMeans, journal });
    };
    return eachOf(spec.of, expected, of);
  },
};

function describe({ lostWrites, atMostMs }: Params): string {
  const lost =
    lostWrites === 0
      ? 'no acknowledged write lost'
      : `at most ${formatCount(lostWrites ?? 0)} acknowledged writes lost`;
  return [
    ...(lostWrites === undefined ? [] : [lost]),
    ...(atMostMs === undefined ? [] : [`losses go back ${formatMs(atMostMs)} at most`]),
  ].join(', ');
}

interface Counted {
  readonly limits: Params;
  readonly acknowledged: number;
  readonly okMeans: string;
  readonly journal: Journal;
}

function one(name: string, ledger: LedgerCount, { limits, acknowledged, okMeans, journal }: Counted): Finding {
  const window = lostWindow(ledger, faultTimes(journal.events)[0]) ?? { lowMs: 0, highMs: 0 };
  const verdict = worst([
    limits.lostWrites === undefined || ledger.lost <= limits.lostWrites ? 'passed' : 'failed',
    limits.atMostMs === undefined ? 'passed' : judgeAtMost(window, limits.atMostMs),
  ]);
  const doubt = verdict === 'passed' ? doubtOf(name, ledger) : undefined;
  const because = {
    passed: doubt ?? '',
    failed: `${name}: acknowledged (${okMeans}), and not there after the heal`,
    inconclusive: WITHIN_ERROR,
  };
  const back = ledger.lost === 0 ? '' : `, going back ${formatBounds(window)}`;
  const twice = ledger.duplicates === 0 ? '' : `, ${formatCount(ledger.duplicates)} there more than once`;
  return finding(doubt === undefined ? verdict : 'inconclusive', {
    expected: describe(limits),
    actual: `${formatCount(ledger.lost)} of ${formatCount(acknowledged)} lost${back}${twice}`,
    because: because[verdict],
    data: dataOf(name, ledger, { acknowledged, window }),
  });
}

/** What speaks against the count itself. */
function doubtOf(name: string, { foreign, failedButFound, divergentCopies }: LedgerCount): string | undefined {
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
  const counts = { lostWrites: lost, acknowledged, duplicates, reordered, failedButFound, foreign, divergentCopies };
  return { workload, ...counts, lostWindowLowMs: window.lowMs, lostWindowHighMs: window.highMs ?? null, lostExamples };
}
