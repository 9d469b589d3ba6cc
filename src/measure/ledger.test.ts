import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ops, OUTCOMES, type Outcome, type ReadBack } from '../core/outcome.ts';
import { countLedger, lostWindow } from './ledger.ts';

interface Write {
  readonly i: number;
  readonly unit?: number;
  readonly sentMs: number;
  readonly settledMs: number;
  readonly outcome: Outcome;
}

function ledger(writes: readonly Write[], units: readonly string[] = ['one']): Ops {
  return {
    header: {
      v: 1,
      workload: 'writes',
      kind: 'redis.ledger',
      client: 'oracle',
      units,
      spacingMs: 10,
      deadlineMs: 500,
      ledger: true,
      okMeans: 'WAIT 1',
    },
    count: writes.length,
    i: Uint32Array.from(writes, ({ i }) => i),
    unit: Uint16Array.from(writes, ({ unit = 0 }) => unit),
    dueMs: Float64Array.from(writes, ({ sentMs }) => sentMs),
    sentMs: Float64Array.from(writes, ({ sentMs }) => sentMs),
    settledMs: Float64Array.from(writes, ({ settledMs }) => settledMs),
    outcome: Uint8Array.from(writes, ({ outcome }) => OUTCOMES.indexOf(outcome)),
    error: new Uint16Array(writes.length),
    errorCodes: [''],
    truncatedLines: 0,
  };
}

/** One after another, each acknowledged before the next is sent. */
function inTurn(outcomes: readonly Outcome[], unit = 0): Write[] {
  return outcomes.map((outcome, i) => ({ i, unit, sentMs: i * 10, settledMs: i * 10 + 2, outcome }));
}

function copy(values: readonly number[], more: Partial<ReadBack> = {}): ReadBack {
  return { unit: 'one', from: 'redis-2', authoritative: true, values: Uint32Array.from(values), ...more };
}

const nothing = { lost: 0, duplicates: 0, reordered: 0, failedButFound: 0, foreign: 0, divergentCopies: 0 };
const five = inTurn(['ok', 'ok', 'ok', 'ok', 'ok']);

describe('a ledger', () => {
  it('that is whole', () => {
    expect(countLedger(ledger(five), [copy([0, 1, 2, 3, 4])])).toMatchObject(nothing);
  });

  it('with lost writes: how many, which, and from when', () => {
    const counted = countLedger(ledger(five), [copy([0, 2, 4])]);
    expect(counted).toMatchObject({ ...nothing, lost: 2, lostExamples: [1, 3], firstLostMs: 12, lastLostMs: 32 });
  });

  it('with a duplicate', () => {
    expect(countLedger(ledger(five), [copy([0, 1, 2, 1, 3, 4])])).toMatchObject({ ...nothing, duplicates: 1 });
  });

  it('with a write that stands behind one that was sent after its acknowledgement', () => {
    expect(countLedger(ledger(five), [copy([0, 2, 1, 3, 4])])).toMatchObject({ ...nothing, reordered: 1 });
  });

  it('whose writes were under way together may have them in any order', () => {
    const together = five.map((write) => ({ ...write, sentMs: 0, settledMs: 100 }));
    expect(countLedger(ledger(together), [copy([4, 2, 0, 1, 3])])).toMatchObject(nothing);
  });

  it('may hold what is unknown, or not, and late: a request that was held in a cut is executed at its heal', () => {
    const unknown = inTurn(['ok', 'unknown', 'unknown', 'ok']);
    expect(countLedger(ledger(unknown), [copy([0, 3, 1])])).toMatchObject(nothing);
  });

  it('that holds what was refused: our own table of outcomes is wrong', () => {
    const refused = inTurn(['ok', 'failed', 'ok']);
    expect(countLedger(ledger(refused), [copy([0, 1, 2])])).toMatchObject({ ...nothing, failedButFound: 1 });
  });

  it('that holds what nobody sent: it is not this run’s alone', () => {
    const held = inTurn(['ok', 'notSent', 'ok']);
    expect(countLedger(ledger(held), [copy([0, 1, 2, 77])])).toMatchObject({ ...nothing, foreign: 2 });
  });

  it('whose replica lacks a write: nothing is lost, but a copy is stale', () => {
    const copies = [copy([0, 1, 2, 3, 4]), copy([0, 1, 2, 3], { from: 'redis-3', authoritative: false })];
    expect(countLedger(ledger(five), copies)).toMatchObject({ ...nothing, divergentCopies: 1 });
  });

  it('of several units, whose numbers are each unit’s own', () => {
    const two = ledger([...inTurn(['ok', 'ok'], 0), ...inTurn(['ok', 'ok', 'ok'], 1)], ['one', 'two']);
    const copies = [copy([0, 1]), copy([0, 1], { unit: 'two' })];
    expect(countLedger(two, copies)).toMatchObject({ ...nothing, lost: 1, lostExamples: [2] });
  });

  it('of which a unit was not read back says nothing', () => {
    const two = ledger([...inTurn(['ok'], 0), ...inTurn(['ok'], 1)], ['one', 'two']);
    expect(countLedger(two, [copy([0])])).toBeUndefined();
    expect(countLedger(ledger(five), [copy([0, 1, 2, 3, 4], { authoritative: false })])).toBeUndefined();
  });
});

describe('the window of lost writes', () => {
  const fault = { notBeforeMs: 95, byMs: 98 } as Parameters<typeof lostWindow>[1];
  const counted = (values: readonly number[]) => countLedger(ledger(five), [copy(values)]);

  it('goes from the oldest lost one to the fault, with the fault’s own error', () => {
    expect(lostWindow(counted([0, 1, 2]) as never, fault)).toEqual({ lowMs: 95 - 32, highMs: 98 - 32 });
  });

  it('goes on to the newest lost one when that was acknowledged after the fault', () => {
    const early = { notBeforeMs: 5, byMs: 8 } as typeof fault;
    expect(lostWindow(counted([0]) as never, early)).toEqual({ lowMs: 42 - 12, highMs: 42 - 12 });
  });

  it('is none when nothing was lost', () => {
    expect(lostWindow(counted([0, 1, 2, 3, 4]) as never, fault)).toBeUndefined();
  });
});

describe('of any ledger', () => {
  const outcomes = fc.array(fc.constantFrom<Outcome>('ok', 'failed', 'unknown', 'notSent'), { maxLength: 60 });

  it('what was planted is what is counted', () => {
    fc.assert(
      fc.property(outcomes, fc.infiniteStream(fc.nat(99)), (all, chance) => {
        const dice = (): number => chance.next().value ?? 0;
        const found: number[] = [];
        const planted = { lost: 0, duplicates: 0, failedButFound: 0 };
        for (const { i, outcome } of inTurn(all)) {
          if (outcome === 'notSent') continue;
          const applied = outcome === 'failed' ? dice() < 10 : outcome === 'unknown' ? dice() < 50 : dice() >= 20;
          if (outcome === 'ok' && !applied) planted.lost++;
          if (!applied) continue;
          if (outcome === 'failed') planted.failedButFound++;
          found.push(i);
          if (dice() < 10) {
            planted.duplicates++;
            found.push(i);
          }
        }
        expect(countLedger(ledger(inTurn(all)), [copy(found)])).toMatchObject({ ...nothing, ...planted });
      }),
    );
  });

  it('in the order in which it was written nothing is reordered, whatever is missing', () => {
    fc.assert(
      fc.property(outcomes, fc.nat(), (all, seed) => {
        const found = inTurn(all).filter(({ i }) => ((i + 1) * 2_654_435_761 + seed) % 3 !== 0);
        const counted = countLedger(ledger(inTurn(all)), [copy(found.map(({ i }) => i))]);
        expect(counted?.reordered).toBe(0);
      }),
    );
  });
});
