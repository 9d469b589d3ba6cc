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
  const hurtAtMs = faultTimes(journal.events)[0]?.calledMs ?? watchedFromMs(journal);
  const units = ops.header.units.map((unit, index) => unitService(unit, index, { ops, hurtAtMs }));
  measured.set(ops, units);
  return units;
}

/** Who only watches learns what is healthy before that begins, too. */
function watchedFromMs({ run, events }: Journal): number | undefined {
  if (run.watch === undefined) return undefined;
  return events.find((event) => event.type === 'phase' && event.phase === 'method' && event.state === 'begin')?.atMs;
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
  const healthy = healthyRows(ops, bySent, { fromMs: sinceMs, toMs: untilMs });
  const awake = healthy.filter((row) => !isBehind(ops, bySent, ops.settledMs[row] ?? 0));
  const latencies = (rows: Uint32Array): Float64Array =>
    Float64Array.from(rows, (row) => (ops.settledMs[row] ?? 0) - (ops.sentMs[row] ?? 0)).sort();
  return outageTerms({ sinceMs, spacingMs, unknownMs: deadlineMs, all: latencies(healthy), awake: latencies(awake) });
}

/** Acknowledgements that were sent and came in a span. */
function healthyRows(ops: Ops, bySent: Uint32Array, { fromMs, toMs }: Span): Uint32Array {
  return bySent
    .subarray(firstAfter(ops, bySent, fromMs), firstAfter(ops, bySent, toMs))
    .filter((row) => ops.outcome[row] === OK && (ops.settledMs[row] ?? 0) < toMs);
}

/** Later than this a timer does not fire while its process is awake. */
const TIMER_MS = 2;

/** True if the client slept just then: the operation that it sent next should have been sent before. */
function isBehind(ops: Ops, bySent: Uint32Array, ms: number): boolean {
  const next = bySent[firstAfter(ops, bySent, ms)];
  return next !== undefined && (ops.dueMs[next] ?? 0) < ms - TIMER_MS;
}

/** Where in `bySent` the first operation stands that was sent after a moment. */
function firstAfter(ops: Ops, bySent: Uint32Array, ms: number): number {
  let [low, high] = [0, bySent.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ops.sentMs[bySent[middle] ?? 0] ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
