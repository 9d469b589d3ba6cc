// A journal → the numbers of each workload. Pure; everything that is judged is measured here once.
import type { Journal } from '../core/journal.ts';
import type { Ops } from '../core/outcome.ts';
import type { MeasuredUnit, MeasuredWorkload } from '../core/report.ts';
import { type FaultTimes, faultTimes } from './faults.ts';
import { ledgerOf, lostWindow } from './ledger.ts';
import { countErrors, FAILED, NOT_SENT, OK, okLatencies, percentile, type Span, UNKNOWN } from './operations.ts';
import { isStutter } from './outages.ts';
import { recoveryTime, rescueOf } from './recovery.ts';
import { serviceOf, type UnitService } from './service.ts';
import { floorIn } from './unasked.ts';
import { wholeRun } from './windows.ts';

const ALWAYS = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

export function measure(journal: Journal): Readonly<Record<string, MeasuredWorkload>> {
  const names = Object.keys(journal.ops);
  return Object.fromEntries(
    names.flatMap((name) => {
      const ops = journal.ops[name];
      return ops === undefined ? [] : [[name, measureWorkload(name, ops, journal)]];
    }),
  );
}

function measureWorkload(name: string, ops: Ops, journal: Journal): MeasuredWorkload {
  const faults = faultTimes(journal.events);
  const recovery = recoveryTime(name, undefined, journal);
  const latencies = okLatencies(ops, ALWAYS);
  const ledger = ledgerOf(name, journal);
  return {
    client: ops.header.client,
    okMeans: ops.header.okMeans,
    recoveryTimeMs: recovery === undefined ? undefined : { low: recovery.lowMs, high: recovery.highMs },
    units: (serviceOf(name, journal) ?? []).map((unit) => measuredUnit(unit, faults, wholeRun(journal))),
    ...countOutcomes(ops),
    lostWrites: ledger?.lost,
    lostWindowMs: ledger === undefined ? undefined : lostWindow(ledger, faults[0])?.highMs,
    duplicates: ledger?.duplicates,
    reordered: ledger?.reordered,
    failedButFound: ledger?.failedButFound,
    divergentCopies: ledger?.divergentCopies,
    errors: countErrors(ops, ALWAYS),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: latencies.at(-1),
  };
}

function measuredUnit(service: UnitService, faults: readonly FaultTimes[], run: Span): MeasuredUnit {
  const outages = service.gaps.map((gap) => {
    const { fromMs, toMs, lowMs, highMs } = gap;
    const stutter = isStutter(gap) ? ({ stutter: true } as const) : {};
    return { fromMs, toMs, lowMs, highMs, rescuedByRevert: rescueOf(gap, faults) !== undefined, ...stutter };
  });
  return { unit: service.unit, outages, detectionFloorMs: floorIn(service, run) };
}

function countOutcomes(ops: Ops): Pick<MeasuredWorkload, 'ok' | 'failed' | 'unknown' | 'notSent'> {
  const counts = [0, 0, 0, 0];
  for (let row = 0; row < ops.count; row++) {
    const outcome = ops.outcome[row] ?? UNKNOWN;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  const [ok = 0, failed = 0, unknown = 0, notSent = 0] = [OK, FAILED, UNKNOWN, NOT_SENT].map((at) => counts[at] ?? 0);
  return { ok, failed, unknown, notSent };
}
