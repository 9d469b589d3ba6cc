// Service as each unit of a workload saw it: outages, and what was healthy before the first fault.
import type { Journal } from '../core/journal.ts';
import type { Ops } from '../core/outcome.ts';
import { faultTimes } from './faults.ts';
import { OK } from './operations.ts';
import { type Gap, outagesOf } from './outages.ts';
import { outageTerms } from './terms.ts';

export interface UnitService {
  readonly unit: string;
  readonly gaps: readonly Gap[];
  /** No outage that only hung is seen below this. */
  readonly floorMs: number;
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
  const sent = sentBy(ops, index);
  const untilMs = hurtAtMs ?? Number.POSITIVE_INFINITY;
  // In the first half of the warm-up connections are made and caches filled.
  const halfMs = (sent.firstMs + Math.min(untilMs, sent.lastMs)) / 2;
  const healthy = latenciesOf(ops, index, { fromMs: halfMs, untilMs });
  const { spacingMs, deadlineMs } = ops.header;
  const { gaps, floorMs } = outagesOf(ops, index, outageTerms(spacingMs, healthy, deadlineMs));
  const workedBefore = healthy.length > 0 || latenciesOf(ops, index, { fromMs: 0, untilMs }).length > 0;
  return { unit, gaps, floorMs, workedBefore, lastSentMs: Number.isFinite(sent.lastMs) ? sent.lastMs : undefined };
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
