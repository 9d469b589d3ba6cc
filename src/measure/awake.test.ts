import { describe, expect, it } from 'vitest';
import type { Ops } from '../core/outcome.ts';
import { awakeAfter, awakeBefore } from './awake.ts';
import type { View } from './evidence.ts';
import type { OutageTerms } from './terms.ts';

/** Operations that were due and sent at these moments, 10 ms apart as planned. */
function client(operations: readonly (readonly [dueMs: number, sentMs: number])[]): View {
  const ops = {
    dueMs: Float64Array.from(operations, ([due]) => due),
    sentMs: Float64Array.from(operations, ([, sent]) => sent),
  } as Partial<Ops> as Ops;
  const bySent = Uint32Array.from(operations, (_, row) => row);
  return { ops, bySent, acks: new Uint32Array(), terms: { spacingMs: 10 } as OutageTerms };
}

const all = (view: View, at = 0) => ({ at, end: view.bySent.length });

describe('a client that is awake', () => {
  const view = client([
    [0, 0.5],
    [10, 10.2],
    [20, 20.9],
    [30, 30.1],
    [40, 40],
  ]);

  it('has waited as long as the clock says', () => {
    expect(awakeAfter(15, all(view), view)).toBeCloseTo(15.5);
    expect(awakeAfter(15, all(view, 1), view)).toBeCloseTo(25.2);
    expect(awakeBefore(15, all(view), view)).toBeCloseTo(25);
  });

  it('has not waited for longer than it was seen', () => {
    expect(awakeAfter(41, all(view), view)).toBeUndefined();
    expect(awakeAfter(1, all(view, 4), view)).toBeUndefined();
    expect(awakeBefore(41, all(view), view)).toBeUndefined();
  });
});

describe('a client that slept', () => {
  /** From 20 on until 100, and then it sends what was due meanwhile. */
  const view = client([
    [0, 0],
    [10, 10],
    [20, 100],
    [30, 100.1],
    [40, 100.2],
    [110, 110],
    [120, 120],
  ]);

  it('has not waited meanwhile', () => {
    expect(awakeAfter(15, all(view), view)).toBe(15);
    expect(awakeAfter(25, all(view), view)).toBeCloseTo(105);
    expect(awakeAfter(15, all(view, 1), view)).toBeCloseTo(105);
    expect(awakeBefore(25, all(view), view)).toBeCloseTo(15);
  });

  it('does not count as awake because it sent something in between two sleeps', () => {
    const twice = client([
      [0, 0],
      [10, 80],
      [20, 80.1],
      [90, 160],
      [100, 160.1],
    ]);
    expect(awakeAfter(20, all(twice), twice)).toBeCloseTo(90);
    expect(awakeAfter(12, all(twice, 1), twice)).toBeUndefined();
  });
});
