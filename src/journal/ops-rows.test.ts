import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../core/outcome.ts';
import { createOpsColumns } from './ops-columns.ts';
import { encodeOp } from './ops-format.ts';
import { createRowReader } from './ops-rows.ts';

const UNITS = 3;

interface Read {
  readonly added: boolean;
  readonly row: readonly unknown[];
}

function read(text: string): Read {
  const columns = createOpsColumns(1);
  const bytes = Buffer.from(`xx${text}yy`);
  const added = createRowReader(columns, UNITS)({ bytes, from: 2, to: bytes.length - 2, whole: true });
  const { count, i, unit, dueMs, sentMs, settledMs, outcome, error, errorCodes } = columns.finish();
  expect(count).toBe(added ? 1 : 0);
  const code = errorCodes[error[0] ?? 0] ?? '';
  return { added, row: added ? [i[0], unit[0], dueMs[0], sentMs[0], settledMs[0], outcome[0], code] : [] };
}

/** What JSON.parse makes of a line, when that is an operation. */
function parsed(text: string): Read {
  const none = { added: false, row: [] };
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    return none;
  }
  if (!Array.isArray(row) || row.length < 6 || row.length > 7) return none;
  const [i, unit, dueMs, sentMs, settledMs, outcome, code] = row as unknown[];
  const below = (value: unknown, most: number): boolean =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) < most;
  const times = [dueMs, sentMs, settledMs].every((ms) => typeof ms === 'number' && Number.isFinite(ms));
  if (!below(i, 2 ** 32) || !below(unit, UNITS) || !below(outcome, 4) || !times) return none;
  if (Number(sentMs) > Number(settledMs)) return none;
  if (code !== undefined && code !== null && typeof code !== 'string') return none;
  // Minus nought is nought in a column of integers.
  return {
    added: true,
    row: [Number(i) + 0, Number(unit) + 0, dueMs, sentMs, settledMs, Number(outcome) + 0, code ?? ''],
  };
}

const op = fc.record({
  i: fc.nat(0xffff_ffff),
  unit: fc.nat(UNITS - 1),
  dueMs: fc.double({ min: -10, max: 1e8, noNaN: true }),
  sentMs: fc.double({ min: -10, max: 1e8, noNaN: true }),
  tookMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  outcome: fc.constantFrom(...OUTCOMES),
  errorCode: fc.option(fc.oneof(fc.constantFrom('TIMEOUT', 'NOREPLICAS', '503'), fc.string()), { nil: undefined }),
});

describe('a row of operations', () => {
  it('is read as JSON.parse reads it, however it was written by us', () => {
    fc.assert(
      fc.property(op, ({ tookMs, ...rest }) => {
        const line = encodeOp({ ...rest, settledMs: rest.sentMs + tookMs }).trimEnd();
        expect(read(line)).toEqual(parsed(line));
        expect(read(line).added).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('is read as JSON.parse reads it, whatever was done to the line', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        '2',
        '-',
        '.',
        ',',
        '[',
        ']',
        '"',
        '\\',
        'e',
        'E',
        '+',
        ' ',
        '00',
        '1e3',
        'null',
        '-0',
        'é',
        '\u0000',
      ),
      fc.string({ maxLength: 3 }),
      fc.double().map(String),
    );
    fc.assert(
      fc.property(op, fc.nat(), fc.nat(4), piece, ({ tookMs, ...rest }, where, cut, put) => {
        const line = encodeOp({ ...rest, settledMs: rest.sentMs + tookMs }).trimEnd();
        const at = where % (line.length + 1);
        const mutated = (line.slice(0, at) + put + line.slice(at + cut)).replaceAll('\n', ' ');
        expect({ mutated, ...read(mutated) }).toEqual({ mutated, ...parsed(mutated) });
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['a line cut off', '[12,0,1.5,1.5,2'],
    ['no array', '{"i":1}'],
    ['too few fields', '[1,0,1,1,2]'],
    ['too many', '[1,0,1,1,2,0,"A",1]'],
    ['a unit that is none', '[1,3,1,1,2,0]'],
    ['an outcome that is none', '[1,0,1,1,2,4]'],
    ['a negative number', '[-1,0,1,1,2,0]'],
    ['a number that is no integer', '[1.5,0,1,1,2,0]'],
    ['settled before it was sent', '[1,0,1,2,1.999,0]'],
    ['an infinite time', '[1,0,1,1,1e999,0]'],
    ['a leading nought', '[01,0,1,1,2,0]'],
    ['a code that is no text', '[1,0,1,1,2,1,7]'],
  ])('is none: %s', (_, line) => {
    expect(read(line).added).toBe(false);
  });

  it('is read with any number of codes, and one too many has no name', () => {
    const columns = createOpsColumns(1);
    const reader = createRowReader(columns, 1);
    for (let i = 0; i < 70_000; i++) {
      const bytes = Buffer.from(`[${i},0,0,0,1,1,"E${i}"]`);
      expect(reader({ bytes, from: 0, to: bytes.length, whole: true })).toBe(true);
    }
    const { error, errorCodes } = columns.finish();
    expect(errorCodes[error[65_534] ?? 0]).toBe('E65534');
    expect(errorCodes[error[69_999] ?? 0]).toBe('');
  });
});
