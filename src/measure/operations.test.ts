import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ops, OUTCOMES, type Outcome } from '../core/outcome.ts';
import { attemptedIn, countErrors, latencyBounds, okLatencies, percentile } from './operations.ts';

type Row = readonly [dueMs: number, sentMs: number, settledMs: number, outcome: Outcome, code?: string];

function recorded(rows: readonly Row[]): Ops {
  const codes = ['', ...new Set(rows.flatMap(([, , , , code]) => code ?? []))];
  return {
    header: {} as Ops['header'],
    count: rows.length,
    i: Uint32Array.from(rows, (_, i) => i),
    unit: new Uint16Array(rows.length),
    dueMs: Float64Array.from(rows, ([due]) => due),
    sentMs: Float64Array.from(rows, ([, sent]) => sent),
    settledMs: Float64Array.from(rows, ([, , settled]) => settled),
    outcome: Uint8Array.from(rows, ([, , , outcome]) => OUTCOMES.indexOf(outcome)),
    error: Uint16Array.from(rows, ([, , , , code]) => codes.indexOf(code ?? '')),
    errorCodes: codes,
    truncatedLines: 0,
  };
}

const ops = recorded([
  [0, 1, 3, 'ok'],
  [10, 10, 15, 'ok'],
  [20, 21, 22, 'failed', 'NOREPLICAS'],
  [30, 30, 530, 'unknown', 'TIMEOUT'],
  [40, 40, 40, 'notSent'],
  [50, 50, 51, 'unknown'],
]);
const all = { fromMs: 0, toMs: 1000 };

describe('operations of a span', () => {
  it('are those that were sent in it', () => {
    expect(attemptedIn(ops, all)).toBe(6);
    expect(attemptedIn(ops, { fromMs: 10, toMs: 30 })).toBe(2);
    expect(attemptedIn(ops, { fromMs: 60, toMs: 70 })).toBe(0);
  });

  it('that were not ok are counted by code', () => {
    expect(countErrors(ops, all)).toEqual({ NOREPLICAS: 1, TIMEOUT: 1, NOT_SENT: 1, UNNAMED: 1 });
    expect(countErrors(ops, { fromMs: 0, toMs: 21 })).toEqual({});
  });

  it('that were acknowledged have latencies', () => {
    expect([...okLatencies(ops, all)]).toEqual([2, 5]);
  });

  it('have bounds on latency: from sending and from when they were due, and no upper one without an answer', () => {
    const { low, high } = latencyBounds(ops, all);
    expect([...low]).toEqual([1, 2, 5, 500]);
    expect([...high]).toEqual([3, 5, Infinity, Infinity]);
  });
});

describe('a percentile', () => {
  it('is a value that so many are not above, and undefined of none', () => {
    expect(percentile(new Float64Array(), 0.5)).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const sorted = Float64Array.from(values).sort();
        const value = percentile(sorted, percent / 100) ?? Number.NaN;
        expect(values).toContain(value);
        const share = (of: (one: number) => boolean): number => values.filter(of).length / values.length;
        expect(share((one) => one <= value)).toBeGreaterThanOrEqual(percent / 100 - 1e-12);
        expect(share((one) => one < value)).toBeLessThan(percent / 100 + 1e-12);
      }),
    );
  });
});
