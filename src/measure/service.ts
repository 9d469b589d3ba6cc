// Service as each unit of a workload saw it: outages, and what was healthy before the first fault.
import type { Journal } from '../core/journal.ts';
import type { Ops } from '../core/outcome.ts';
import { faultTimes } from './faults.ts';
import { OK, type Span } from './operations.ts';
import { type Outages, outagesOf } from './outages.ts';
import { type OutageTerms, outageTerms } from './terms.ts';
import { unitOps } from './unit-ops.ts';

export interface UnitService extends Outages {
  readonly unit: string;
  /** It was acknowledged something before the first fault. */
  readonly workedBefore: boolean;
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
  const untilMs = hurtAtMs ?? Number.POSITIVE_INFINITY;
  const { acks } = unitOps(ops, index);
  return {
    unit,
    ...outagesOf(ops, index, healthyTerms(ops, index, hurtAtMs)),
    workedBefore: acks.length > 0 && (ops.settledMs[acks[0] ?? 0] ?? 0) < untilMs,
  };
}

/** Learnt in the second half of the warm-up: in the first, connections are made and caches filled. */
export function healthyTerms(ops: Ops, unit: number, hurtAtMs: number | undefined): OutageTerms {
  const { bySent } = unitOps(ops, unit);
  const firstMs = ops.sentMs[bySent[0] ?? 0] ?? 0;
  const untilMs = Math.min(hurtAtMs ?? Number.POSITIVE_INFINITY, ops.sentMs[bySent.at(-1) ?? 0] ?? 0);
  const sinceMs = (firstMs + untilMs) / 2;
  const { spacingMs, deadlineMs } = ops.header;
  return outageTerms(healthyLatencies(ops, bySent, { fromMs: sinceMs, toMs: untilMs }), {
    sinceMs,
    spacingMs,
    unknownMs: deadlineMs,
  });
}

/** Sorted. Of acknowledgements that came while the client was awake: what it sleeps through says nothing of the server. */
function healthyLatencies(ops: Ops, bySent: Uint32Array, { fromMs, toMs }: Span): Float64Array {
  const latencies: number[] = [];
  for (const [at, row] of bySent.entries()) {
    const [sentMs, settledMs] = [ops.sentMs[row] ?? 0, ops.settledMs[row] ?? 0];
    if (sentMs >= toMs) break;
    if (ops.outcome[row] !== OK || sentMs < fromMs || settledMs >= toMs) continue;
    const next = bySent[at + 1];
    const slept = next !== undefined && (ops.dueMs[next] ?? 0) < settledMs && (ops.sentMs[next] ?? 0) > settledMs;
    if (!slept) latencies.push(settledMs - sentMs);
  }
  return Float64Array.from(latencies).sort();
}
