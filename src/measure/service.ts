// Service as each unit of a workload saw it: outages, and what was healthy before the first fault.
import type { Journal } from '../core/journal.ts';
import type { Ops } from '../core/outcome.ts';
import { faultTimes } from './faults.ts';
import { OK } from './operations.ts';
import { type Outages, outagesOf } from './outages.ts';
import { type OutageTerms, outageTerms } from './terms.ts';

export interface UnitService extends Outages {
  readonly unit: string;
  /** It was acknowledged something before the first fault. */
  readonly workedBefore: boolean;
  /** When its last operation was sent; undefined = none was. */
  readonly lastSentMs: number | undefined;
}

const measured = new WeakMap<Ops, readonly UnitService[]>();

/** By unit, in the header's order. Undefined = the workload recorded nothing. Measured once, however often it is asked. */
export function serviceOf(name: string, journal: Journal): readonly UnitService[] | undefined {
  const ops = journal.ops[name];
  if (ops === undefined) return undefined;
  const known = measured.get(ops);
  if (known !== undefined) return known;
  const hurtAtMs = faultTimes(journal.events)[0]?.calledMs;
  const units = ops.header.units.map((unit, index) => unitService(unit, index, { ops, hurtAtMs }));
  measured.set(ops, units);
  return units;
}

function unitService(
  unit: string,
  index: number,
  { ops, hurtAtMs }: { readonly ops: Ops; readonly hurtAtMs: number | undefined },
): UnitService {
  const { lastMs } = sentBy(ops, index);
  const untilMs = hurtAtMs ?? Number.POSITIVE_INFINITY;
  return {
    unit,
    ...outagesOf(ops, index, healthyTerms(ops, index, hurtAtMs)),
    workedBefore: latenciesOf(ops, index, { fromMs: Number.NEGATIVE_INFINITY, untilMs }).length > 0,
    lastSentMs: Number.isFinite(lastMs) ? lastMs : undefined,
  };
}

/** Learnt in the second half of the warm-up: in the first, connections are made and caches filled. */
export function healthyTerms(ops: Ops, unit: number, hurtAtMs: number | undefined): OutageTerms {
  const { firstMs, lastMs } = sentBy(ops, unit);
  const untilMs = hurtAtMs ?? Number.POSITIVE_INFINITY;
  const fromMs = (firstMs + Math.min(untilMs, lastMs)) / 2;
  const { spacingMs, deadlineMs } = ops.header;
  const healthy = latenciesOf(ops, unit, { fromMs, untilMs });
  return outageTerms(healthy, { sinceMs: fromMs, spacingMs, unknownMs: deadlineMs });
}

function sentBy(ops: Ops, unit: number): { readonly firstMs: number; readonly lastMs: number } {
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < ops.count; row++) {
    if (ops.unit[row] !== unit) continue;
    const sentMs = ops.sentMs[row] ?? 0;
    if (sentMs < firstMs) firstMs = sentMs;
    if (sentMs > lastMs) lastMs = sentMs;
  }
  return { firstMs, lastMs };
}

/** Of acknowledgements that were sent and settled in a window, sorted. */
function latenciesOf(
  ops: Ops,
  unit: number,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Float64Array {
  const latencies: number[] = [];
  for (let row = 0; row < ops.count; row++) {
    if (ops.unit[row] !== unit || ops.outcome[row] !== OK) continue;
    const [sentMs, settledMs] = [ops.sentMs[row] ?? 0, ops.settledMs[row] ?? 0];
    if (sentMs >= fromMs && settledMs < untilMs) latencies.push(settledMs - sentMs);
  }
  return Float64Array.from(latencies).sort();
}
