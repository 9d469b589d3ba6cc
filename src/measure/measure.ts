// A journal → the numbers of each workload. Pure; everything that is judged is measured here once.
import type { Journal } from '../core/journal.ts';
import type { Ops } from '../core/outcome.ts';
import type { MeasuredUnit, MeasuredWorkload, Outage } from '../core/report.ts';
import type { FaultTimes } from './faults.ts';
import { countLedger, type LedgerCount } from './ledger.ts';
import { FAILED, NOT_SENT, OK, okLatencies, percentile, UNKNOWN } from './operations.ts';
import { detectionFloorMs, type Gap, type OutageTerms, outagesOf } from './outages.ts';
import { faultOf, type Recovery, recoveryOf, worstRecovery } from './recovery.ts';

export function measure(journal: Journal): Readonly<Record<string, MeasuredWorkload>> {
  return Object.fromEntries(
    Object.entries(journal.ops).map(([name, ops]) => [name, measureWorkload(name, ops, journal)]),
  );
}

function measureWorkload(name: string, ops: Ops, journal: Journal): MeasuredWorkload {
  const fault = faultOf(journal, undefined);
  const terms = termsOf(ops, fault);
  const gaps = ops.header.units.map((_, unit) => outagesOf(ops, unit, terms));
  const recovery = recoverySince(gaps, { ops, fault, journal, terms });
  const latencies = okLatencies(ops, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const ledger = ops.header.ledger ? countLedger(ops, journal.readBacks[name] ?? []) : undefined;
  return {
    client: ops.header.client,
    okMeans: ops.header.okMeans,
    recoveryTimeMs: recovery === undefined ? undefined : { low: recovery.lowMs, high: recovery.highMs },
    units: ops.header.units.map((unit, at) => measuredUnit(unit, gaps[at] ?? [], { terms, fault })),
    ok: count(ops, OK),
    failed: count(ops, FAILED),
    unknown: count(ops, UNKNOWN),
    notSent: count(ops, NOT_SENT),
    lostWrites: ledger?.lost,
    lostWindowMs: lostWindow(ledger, fault),
    duplicates: ledger?.duplicates,
    reordered: ledger?.reordered,
    failedButFound: ledger?.failedButFound,
    divergentCopies: ledger?.divergentCopies,
    errors: countErrors(ops, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: latencies.at(-1),
  };
}

/** Recovery of one workload since a step; undefined when that step injected nothing, or nothing was attempted after it. */
export function recoveryTime(name: string, step: string | undefined, journal: Journal): Recovery | undefined {
  const ops = journal.ops[name];
  const fault = faultOf(journal, step);
  if (ops === undefined || fault === undefined) return undefined;
  const terms = termsOf(ops, faultOf(journal, undefined));
  return recoverySince(
    ops.header.units.map((_, unit) => outagesOf(ops, unit, terms)),
    { ops, fault, journal, terms },
  );
}

interface Since {
  readonly ops: Ops;
  readonly fault: FaultTimes | undefined;
  readonly journal: Journal;
  readonly terms: OutageTerms;
}

function recoverySince(gaps: readonly (readonly Gap[])[], { ops, fault, journal, terms }: Since): Recovery | undefined {
  if (fault?.confirmedMs === undefined || !attemptedAfter(ops, fault.calledMs)) return undefined;
  const options = { heldForMs: journal.run.drill.timing.heldForMs, floorMs: detectionFloorMs(terms) };
  return worstRecovery(gaps.map((unit) => recoveryOf(unit, fault, options)));
}

function attemptedAfter(ops: Ops, ms: number): boolean {
  for (let row = ops.count - 1; row >= 0; row--) if ((ops.sentMs[row] ?? 0) > ms) return true;
  return false;
}

/** The second half of the warm-up says what healthy is: in the first, connections are made and caches filled. */
function termsOf(ops: Ops, fault: FaultTimes | undefined): OutageTerms {
  const untilMs = fault?.calledMs ?? ops.sentMs.at(-1) ?? 0;
  const fromMs = ops.sentMs[0] ?? untilMs;
  const healthy = okLatencies(ops, fromMs + (untilMs - fromMs) / 2, untilMs);
  const { spacingMs, deadlineMs } = ops.header;
  return { spacingMs, p99Ms: percentile(healthy, 0.99) ?? deadlineMs };
}

function measuredUnit(
  unit: string,
  gaps: readonly Gap[],
  { terms, fault }: { readonly terms: OutageTerms; readonly fault: FaultTimes | undefined },
): MeasuredUnit {
  const revertMs = fault?.revertCalledMs ?? Number.POSITIVE_INFINITY;
  const outages = gaps.map(({ fromMs, toMs, lowMs, highMs }): Outage => {
    return { fromMs, toMs, lowMs, highMs, rescuedByRevert: toMs !== undefined && fromMs < revertMs && toMs > revertMs };
  });
  return { unit, outages, detectionFloorMs: detectionFloorMs(terms) };
}

/** From the oldest lost write to the fault, or to the newest lost one when that was acknowledged later. */
function lostWindow(ledger: LedgerCount | undefined, fault: FaultTimes | undefined): number | undefined {
  if (ledger?.firstLostMs === undefined || ledger.lastLostMs === undefined) return undefined;
  return Math.max(ledger.lastLostMs, fault?.calledMs ?? ledger.lastLostMs) - ledger.firstLostMs;
}

function count(ops: Ops, outcome: number): number {
  let total = 0;
  for (let row = 0; row < ops.count; row++) if (ops.outcome[row] === outcome) total++;
  return total;
}

/** Error code → how often, of operations that were sent in a window. An operation without a code counts under its outcome. */
export function countErrors(ops: Ops, fromMs: number, toMs: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let row = 0; row < ops.count; row++) {
    const sentMs = ops.sentMs[row] ?? 0;
    if (ops.outcome[row] === OK || sentMs < fromMs || sentMs >= toMs) continue;
    const code = ops.errorCodes[ops.error[row] ?? 0] || (ops.outcome[row] === NOT_SENT ? 'NOT_SENT' : 'UNNAMED');
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
