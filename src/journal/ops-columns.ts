import type { Ops } from '../core/outcome.ts';

type Columns = Omit<Ops, 'header' | 'truncatedLines'>;
type Arrays = Pick<Ops, 'i' | 'unit' | 'dueMs' | 'sentMs' | 'settledMs' | 'outcome' | 'error'>;

/** `[i, unit, due, sent, settled, outcome]` of one operation, as numbers. */
export type Row = Float64Array | readonly number[];

export interface OpsColumns {
  /** `code` is empty when there is none. */
  add(row: Row, code: string): void;
  finish(): Columns;
}

const MOST_CODES = 0xffff;

/** Rows of an ops file into typed arrays: 35 bytes an operation. They grow when there are more than was expected. */
export function createOpsColumns(expected: number): OpsColumns {
  let capacity = Math.max(1024, expected);
  let count = 0;
  let columns = allocate(capacity);
  const codes = new Map<string, number>([['', 0]]);
  return {
    add: (row, code) => {
      if (count === capacity) {
        capacity = Math.ceil(capacity * 1.5);
        columns = grow(columns, capacity);
      }
      columns.i[count] = row[0] ?? 0;
      columns.unit[count] = row[1] ?? 0;
      columns.dueMs[count] = row[2] ?? 0;
      columns.sentMs[count] = row[3] ?? 0;
      columns.settledMs[count] = row[4] ?? 0;
      columns.outcome[count] = row[5] ?? 0;
      columns.error[count] = codeOf(codes, code);
      count++;
    },
    finish: () => ({ ...slice(columns, count), count, errorCodes: [...codes.keys()] }),
  };
}

function codeOf(codes: Map<string, number>, code: string): number {
  const known = codes.get(code);
  if (known !== undefined) return known;
  if (codes.size > MOST_CODES) return 0;
  codes.set(code, codes.size);
  return codes.size - 1;
}

function allocate(capacity: number): Arrays {
  return {
    i: new Uint32Array(capacity),
    unit: new Uint16Array(capacity),
    dueMs: new Float64Array(capacity),
    sentMs: new Float64Array(capacity),
    settledMs: new Float64Array(capacity),
    outcome: new Uint8Array(capacity),
    error: new Uint16Array(capacity),
  };
}

function grow(old: Arrays, capacity: number): Arrays {
  const larger = allocate(capacity);
  for (const name of Object.keys(old) as (keyof Arrays)[]) larger[name].set(old[name]);
  return larger;
}

function slice(arrays: Arrays, count: number): Arrays {
  const cut = <T extends { subarray(begin: number, end: number): T }>(array: T): T => array.subarray(0, count);
  return {
    i: cut(arrays.i),
    unit: cut(arrays.unit),
    dueMs: cut(arrays.dueMs),
    sentMs: cut(arrays.sentMs),
    settledMs: cut(arrays.settledMs),
    outcome: cut(arrays.outcome),
    error: cut(arrays.error),
  };
}
