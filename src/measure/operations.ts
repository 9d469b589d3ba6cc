// Views over the columns of operations: what each function of this folder works on.
import { type Ops, OUTCOMES, type Outcome } from '../core/outcome.ts';

export const OK = OUTCOMES.indexOf('ok');
export const FAILED = OUTCOMES.indexOf('failed');
export const UNKNOWN = OUTCOMES.indexOf('unknown');
export const NOT_SENT = OUTCOMES.indexOf('notSent');

/** One operation, read from the columns. */
export interface Op {
  readonly i: number;
  readonly sentMs: number;
  readonly settledMs: number;
  readonly outcome: Outcome;
  /** Settled only by its deadline: nobody said no, so it is evidence from its sending on. */
  readonly timedOut: boolean;
}

/** A deadline timer fires a little late and never early. */
const TIMER_SLACK_MS = 1;

/** Row numbers of one unit. */
export function rowsOfUnit(ops: Ops, unit: number): Uint32Array {
  let count = 0;
  for (let row = 0; row < ops.count; row++) if (ops.unit[row] === unit) count++;
  const rows = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < ops.count; row++) if (ops.unit[row] === unit) rows[at++] = row;
  return rows;
}

export function opAt(ops: Ops, row: number): Op {
  const sentMs = ops.sentMs[row] ?? 0;
  const settledMs = ops.settledMs[row] ?? 0;
  const outcome = OUTCOMES[ops.outcome[row] ?? 0] ?? 'unknown';
  const timedOut =
    outcome === 'notSent' || (outcome === 'unknown' && settledMs - sentMs >= ops.header.deadlineMs - TIMER_SLACK_MS);
  return { i: ops.i[row] ?? 0, sentMs, settledMs, outcome, timedOut };
}

/** Sorted copy of the latencies of oks that were sent in a window. */
export function okLatencies(ops: Ops, fromMs: number, toMs: number): Float64Array {
  const latencies = new Float64Array(ops.count);
  let count = 0;
  for (let row = 0; row < ops.count; row++) {
    const sent = ops.sentMs[row] ?? 0;
    if (ops.outcome[row] === OK && sent >= fromMs && sent < toMs) latencies[count++] = (ops.settledMs[row] ?? 0) - sent;
  }
  return latencies.subarray(0, count).sort();
}

/** Nearest-rank percentile of sorted values; undefined of none. */
export function percentile(sorted: Float64Array, share: number): number | undefined {
  if (sorted.length === 0) return undefined;
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}
