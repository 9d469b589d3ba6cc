// The operations of one unit, in the two orders that its outages are found in.
import type { Ops } from '../core/outcome.ts';
import { OK } from './operations.ts';

export interface UnitOps {
  /** Rows of every operation, by the moment at which it was sent. */
  readonly bySent: Uint32Array;
  /** Rows of the acknowledged ones, by the moment at which they settled. */
  readonly acks: Uint32Array;
}

export function unitOps(ops: Ops, unit: number): UnitOps {
  const rows = rowsWhere(ops, (row) => ops.unit[row] === unit);
  const acks = rows.filter((row) => ops.outcome[row] === OK);
  return { bySent: inOrder(rows, ops.sentMs), acks: inOrder(acks, ops.settledMs) };
}

function rowsWhere(ops: Ops, wanted: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(ops.count);
  let count = 0;
  for (let row = 0; row < ops.count; row++) if (wanted(row)) rows[count++] = row;
  return rows.slice(0, count);
}

/** In place. A file is written in the order of settling, so that it mostly is in order already. */
function inOrder(rows: Uint32Array, keys: Float64Array): Uint32Array {
  const key = (at: number): number => keys[rows[at] ?? 0] ?? 0;
  for (let at = 1; at < rows.length; at++) {
    if (key(at - 1) > key(at)) return rows.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  }
  return rows;
}
