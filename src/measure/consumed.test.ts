import { describe, expect, it } from 'vitest';
import { type Ops, OUTCOMES, type ReadBack } from '../core/outcome.ts';
import { countConsumed } from './consumed.ts';

/** Records 0 to 9, sent every 10 ms; each of `codes` is a record that was not processed. */
function consumed(codes: Readonly<Record<number, string>> = {}): Ops {
  const all = Array.from({ length: 10 }, (_, i) => i);
  const errorCodes = ['', 'NOT_PROCESSED', 'NOT_REACHED'];
  return {
    header: {
      v: 1,
      workload: 'reads',
      kind: 'kafka.consumer',
      client: 'kafkajs',
      units: ['orders/0'],
      spacingMs: 10,
      deadlineMs: 1000,
      ledger: false,
      records: true,
      okMeans: 'processed',
    },
    count: 10,
    i: Uint32Array.from(all),
    unit: new Uint16Array(10),
    dueMs: Float64Array.from(all, (i) => i * 10),
    sentMs: Float64Array.from(all, (i) => i * 10),
    settledMs: Float64Array.from(all, (i) => i * 10 + 5),
    outcome: Uint8Array.from(all, (i) => OUTCOMES.indexOf(codes[i] === undefined ? 'ok' : 'failed')),
    error: Uint16Array.from(all, (i) => errorCodes.indexOf(codes[i] ?? '')),
    errorCodes,
    truncatedLines: 0,
  };
}

function copies(processed: readonly number[], log?: readonly number[]): ReadBack[] {
  const place = { unit: 'orders/0', from: 'x' };
  return [
    ...(log === undefined ? [] : [{ ...place, authoritative: true, values: Uint32Array.from(log) }]),
    { ...place, authoritative: false, values: Uint32Array.from(processed) },
  ];
}

const whole = Array.from({ length: 10 }, (_, i) => i);
const nothing = { lost: 0, notReached: 0, duplicates: 0, reordered: 0, foreign: 0 };

describe('what was consumed', () => {
  it('all of it, once and in order', () => {
    expect(countConsumed(consumed(), copies(whole, whole))).toMatchObject(nothing);
  });

  it('not what was committed and never processed: lost, which, and sent from when', () => {
    const ops = consumed({ 3: 'NOT_PROCESSED', 7: 'NOT_PROCESSED', 9: 'NOT_REACHED' });
    const processed = whole.filter((i) => ![3, 7, 9].includes(i));
    const expected = { ...nothing, lost: 2, lostExamples: [3, 7], firstLostMs: 30, lastLostMs: 70, notReached: 1 };
    expect(countConsumed(ops, copies(processed, whole))).toMatchObject(expected);
  });

  it('twice after a member died: each time, and no disorder', () => {
    const processed = [0, 1, 2, 3, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(countConsumed(consumed(), copies(processed, whole))).toMatchObject({ ...nothing, duplicates: 2 });
  });

  it('in another order than that of the log, whatever the numbers are', () => {
    const log = [1, 0, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(countConsumed(consumed(), copies(log, log))).toMatchObject(nothing);
    expect(countConsumed(consumed(), copies([1, 0, 3, 2, 4, 5, 6, 7, 8, 9], log))).toMatchObject({
      ...nothing,
      reordered: 1,
    });
  });

  it('that the log holds no longer', () => {
    const log = whole.filter((i) => i !== 5);
    expect(countConsumed(consumed(), copies(whole, log))).toMatchObject({ ...nothing, foreign: 1 });
  });

  it('of which only the order of processing is known: nothing is said of disorder', () => {
    const counted = countConsumed(consumed(), copies([1, 0, 0, 2]));
    expect(counted).toMatchObject({ lost: 0, duplicates: 1, reordered: undefined });
  });

  it('is not counted where nothing was compared', () => {
    expect(countConsumed(consumed(), [])).toBeUndefined();
  });
});
