// Rows of an ops file, read from their bytes: JSON.parse would make an array and a string of each of millions. What does
// not look like the lines that we write goes through JSON.parse after all, so that the result is the same.
import { OUTCOMES } from '../core/outcome.ts';
import { type ByteLine, jsonOf } from './byte-lines.ts';
import type { OpsColumns, Row } from './ops-columns.ts';

const [MINUS, DOT, COMMA, QUOTE, BACKSLASH, OPEN, CLOSE] = [0x2d, 0x2e, 0x2c, 0x22, 0x5c, 0x5b, 0x5d];
const [ZERO, NINE, SPACE, TILDE] = [0x30, 0x39, 0x20, 0x7e];
const FIELDS = 6;
/** Up to this many digits, digits and power of ten are exact, and so their quotient is what JSON.parse gives. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
const MOST_I = 0xffff_ffff;

/** Adds rows to columns. False: the line is no operation of one of so many units, and nothing was added. */
export function createRowReader(columns: OpsColumns, units: number): (line: ByteLine) => boolean {
  const cursor: Cursor = { at: 0, row: new Float64Array(FIELDS) };
  return (line) => {
    const code = readFields(line, cursor);
    if (code === undefined) return addParsed(jsonOf(line), columns, units);
    if (!isOperation(cursor.row, units)) return false;
    columns.add(cursor.row, code);
    return true;
  };
}

interface Cursor {
  at: number;
  /** What has been read so far. Used again for each line. */
  readonly row: Float64Array;
}

/** The error's code, empty when there is none; undefined when the line is not written as we write them. */
function readFields({ bytes, from, to }: ByteLine, cursor: Cursor): string | undefined {
  if (bytes[from] !== OPEN || bytes[to - 1] !== CLOSE) return undefined;
  cursor.at = from + 1;
  for (let field = 0; field < FIELDS; field++) {
    if (field > 0 && bytes[cursor.at++] !== COMMA) return undefined;
    const value = readNumber(bytes, cursor);
    if (Number.isNaN(value)) return undefined;
    cursor.row[field] = value;
  }
  if (cursor.at === to - 1) return '';
  return bytes[cursor.at] === COMMA ? plainText(bytes, cursor.at + 1, to - 1) : undefined;
}

/** Moves the cursor behind the number. NaN: it is not written as we write numbers. */
function readNumber(bytes: Buffer, cursor: Cursor): number {
  let at = cursor.at;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  const begin = at;
  let digits = 0;
  let byte = bytes[at] ?? 0;
  for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0) digits = digits * 10 + byte - ZERO;
  const whole = at - begin;
  if (whole === 0 || (whole > 1 && bytes[begin] === ZERO)) return Number.NaN;
  let decimals = 0;
  if (byte === DOT) {
    const first = ++at;
    for (byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0)
      digits = digits * 10 + byte - ZERO;
    decimals = at - first;
    if (decimals === 0) return Number.NaN;
  }
  cursor.at = at;
  if (whole + decimals > EXACT_DIGITS) return Number.NaN;
  const value = digits / (POWERS[decimals] ?? Number.NaN);
  return negative ? -value : value;
}

/** What stands between quotes, when nothing in it needs decoding. */
function plainText(bytes: Buffer, from: number, to: number): string | undefined {
  if (to - from < 2 || bytes[from] !== QUOTE || bytes[to - 1] !== QUOTE) return undefined;
  for (let at = from + 1; at < to - 1; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < SPACE || byte > TILDE || byte === QUOTE || byte === BACKSLASH) return undefined;
  }
  return bytes.toString('latin1', from + 1, to - 1);
}

function addParsed(parsed: unknown, columns: OpsColumns, units: number): boolean {
  if (!Array.isArray(parsed) || parsed.length < FIELDS || parsed.length > FIELDS + 1) return false;
  const row: readonly unknown[] = parsed.slice(0, FIELDS);
  const code: unknown = parsed[FIELDS] ?? '';
  if (!row.every((value) => typeof value === 'number') || typeof code !== 'string' || !isOperation(row, units)) {
    return false;
  }
  columns.add(row, code);
  return true;
}

function isOperation(row: Row, units: number): boolean {
  const [i = -1, unit = -1, dueMs = Number.NaN, sentMs = Number.NaN, settledMs = Number.NaN, outcome = -1] = row;
  return (
    isIndex(i, MOST_I + 1) &&
    isIndex(unit, units) &&
    isIndex(outcome, OUTCOMES.length) &&
    Number.isFinite(dueMs) &&
    sentMs <= settledMs &&
    Number.isFinite(settledMs - sentMs)
  );
}

function isIndex(value: number, below: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < below;
}
