// What was read back: a header for each copy, then its values in stored order, in chunks of an array a line.
import type { ReadBack } from '../core/outcome.ts';
import { type ByteLine, eachLine, jsonOf } from './byte-lines.ts';
import type { ReadBackHeader } from './ops-format.ts';

/** Stands for whatever is no number of an operation of ours: no operation has it. */
export const FOREIGN = 0xffff_ffff;

const [COMMA, OPEN, CLOSE, ZERO, NINE] = [0x2c, 0x5b, 0x5d, 0x30, 0x39];
const MOST_DIGITS = 9;

/** Undefined when the file is not whole: what is missing from a part of it need not be lost. */
export async function readReadBacks(file: string): Promise<readonly ReadBack[] | undefined> {
  const copies: { readonly header: ReadBackHeader; readonly values: Values }[] = [];
  let damaged = false;
  await eachLine(file, (line) => {
    const values = copies.at(-1)?.values;
    if (!line.whole) damaged = true;
    else if (values === undefined || !addPlain(line, values)) {
      const parsed = jsonOf(line);
      if (Array.isArray(parsed) && values !== undefined) for (const value of parsed) values.add(numberOf(value));
      else if (isHeader(parsed)) copies.push({ header: parsed, values: createValues() });
      else damaged = true;
    }
  });
  return damaged ? undefined : copies.map(({ header, values }) => ({ ...header, values: values.finish() }));
}

interface Values {
  add(value: number): void;
  /** Takes back all but the first so many. */
  keep(count: number): void;
  count(): number;
  finish(): Uint32Array;
}

function createValues(): Values {
  let values = new Uint32Array(1024);
  let count = 0;
  return {
    add: (value) => {
      if (count === values.length) {
        const larger = new Uint32Array(count * 2);
        larger.set(values);
        values = larger;
      }
      values[count++] = value;
    },
    keep: (kept) => {
      count = kept;
    },
    count: () => count,
    finish: () => values.subarray(0, count),
  };
}

/** Adds `[1,2,3]`, as we write it. False: it is written otherwise, and nothing was added. */
function addPlain({ bytes, from, to }: ByteLine, values: Values): boolean {
  if (bytes[from] !== OPEN || bytes[to - 1] !== CLOSE) return false;
  const before = values.count();
  for (let at = from + 1; at < to; at++) {
    const begin = at;
    let value = 0;
    let byte = bytes[at] ?? 0;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0) value = value * 10 + byte - ZERO;
    const digits = at - begin;
    const plain = digits > 0 && digits <= MOST_DIGITS && (digits === 1 || bytes[begin] !== ZERO);
    if (!plain || (byte !== COMMA && at !== to - 1)) {
      values.keep(before);
      return false;
    }
    values.add(value);
  }
  return true;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < FOREIGN ? value : FOREIGN;
}

function isHeader(parsed: unknown): parsed is ReadBackHeader {
  if (typeof parsed !== 'object' || parsed === null) return false;
  const { unit, from, authoritative } = parsed as Partial<Record<string, unknown>>;
  return typeof unit === 'string' && typeof from === 'string' && typeof authoritative === 'boolean';
}
