import type { Ops } from '../core/outcome.ts';

type Columns = Omit<Ops, 'header' | 'truncatedLines'>;

/** Rows of an ops file into typed arrays that double when they are full: 35 bytes an operation. */
export function createOpsColumns(): { add(row: readonly (number | string | null)[]): void; finish(): Columns } {
  let capacity = 1024;
  let count = 0;
  let columns = allocate(capacity);
  const codes = new Map<string, number>([['', 0]]);
  return {
    add: (row) => {
      if (count === capacity) {
        capacity *= 2;
        columns = grow(columns, capacity);
      }
      columns.i[count] = row[0] as number;
      columns.unit[count] = row[1] as number;
      columns.dueMs[count] = row[2] as number;
      columns.sentMs[count] = row[3] as number;
      columns.settledMs[count] = row[4] as number;
      columns.outcome[count] = row[5] as number;
      columns.error[count] = codeOf(codes, row[6]);
      count++;
    },
    finish: () => ({ ...slice(columns, count), count, errorCodes: [...codes.keys()] }),
  };
}

function codeOf(codes: Map<string, number>, value: number | string | null | undefined): number {
  if (typeof value !== 'string') return 0;
  const known = codes.get(value);
  if (known !== undefined) return known;
  codes.set(value, codes.size);
  return codes.size - 1;
}

type Arrays = Pick<Ops, 'i' | 'unit' | 'dueMs' | 'sentMs' | 'settledMs' | 'outcome' | 'error'>;

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
