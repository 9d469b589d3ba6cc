// The operations of one unit, in the two orders that its outages are found in.
import type { Ops } from '../core/outcome.ts';
import { OK } from './operations.ts';

export interface UnitOps {
  /** Rows of every operation, by the moment at which it was sent. */
  readonly bySent: Uint32Array;
  /** Rows of the acknowledged ones, by the moment at which they settled. */
  readonly acks: Uint32Array;
}

const ordered = new WeakMap<Ops, Map<number, UnitOps>>();

/** Put in order once, however often it is asked. */
export function unitOps(ops: Ops, unit: number): UnitOps {
  const units = ordered.get(ops) ?? new Map<number, UnitOps>();
  ordered.set(ops, units);
  const known = units.get(unit) ?? order(ops, unit);
  units.set(unit, known);
  return known;
}

function order(ops: Ops, unit: number): UnitOps {
  const rows = new Uint32Array(ops.count);
  let [count, least, most] = [0, Number.POSITIVE_INFINITY, 0];
  for (let row = 0; row < ops.count; row++) {
    if (ops.unit[row] !== unit) continue;
    rows[count++] = row;
    least = Math.min(least, ops.i[row] ?? 0);
    most = Math.max(most, ops.i[row] ?? 0);
  }
  const own = rows.subarray(0, count);
  const acks = own.filter((row) => ops.outcome[row] === OK);
  const numbered = most - least === count - 1 ? byNumber(own, ops, least) : undefined;
  return { bySent: inOrder(numbered ?? own.slice(), ops.sentMs), acks: inOrder(acks, ops.settledMs) };
}

/**
 * Operations are numbered as they fall due, so that this mostly is the order in which they were sent. Undefined when a
 * number is there twice.
 */
function byNumber(rows: Uint32Array, ops: Ops, least: number): Uint32Array | undefined {
  const nobody = 0xffff_ffff;
  const placed = new Uint32Array(rows.length).fill(nobody);
  for (const row of rows) placed[(ops.i[row] ?? 0) - least] = row;
  return placed.includes(nobody) ? undefined : placed;
}

/** In place; what is in order already only has to be looked at. */
function inOrder(rows: Uint32Array, keys: Float64Array): Uint32Array {
  const key = (at: number): number => keys[rows[at] ?? 0] ?? 0;
  for (let at = 1; at < rows.length; at++) {
    if (key(at - 1) > key(at)) return rows.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  }
  return rows;
}
