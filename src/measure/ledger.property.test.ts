// The ledger's counts against counts that are slow and simple: each said as in its definition, pair by pair.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Ops, OUTCOMES, type Outcome, type ReadBack } from '../core/outcome.ts';
import { countLedger } from './ledger.ts';

interface Write {
  readonly i: number;
  readonly sentMs: number;
  readonly settledMs: number;
  readonly outcome: Outcome;
}

const write = fc.record({
  sentMs: fc.nat(60),
  tookMs: fc.nat(30),
  outcome: fc.constantFrom(...OUTCOMES, 'ok' as const, 'ok' as const),
});
const unit = fc
  .tuple(fc.array(write, { maxLength: 25 }), fc.array(fc.nat(28), { maxLength: 40 }), fc.boolean())
  .map(([all, stored, inOrder]) => ({
    writes: all.map(({ sentMs, tookMs, outcome }, i): Write => ({ i, sentMs, settledMs: sentMs + tookMs, outcome })),
    stored: inOrder ? stored.toSorted((a, b) => a - b) : stored,
  }));
const other = fc.tuple(fc.nat(1), fc.option(fc.array(fc.nat(28), { maxLength: 40 })));

function opsOf(units: readonly (readonly Write[])[]): Ops {
  const rows = units.flatMap((writes, at) => writes.map((one) => ({ ...one, at })));
  const shuffled = rows.toSorted((a, b) => a.settledMs - b.settledMs);
  return {
    header: {
      v: 1,
      workload: 'writes',
      kind: 'ledger',
      client: 'oracle',
      units: units.map((_, at) => `unit-${at}`),
      spacingMs: 10,
      deadlineMs: 500,
      ledger: true,
      okMeans: 'OK',
    },
    count: rows.length,
    i: Uint32Array.from(shuffled, ({ i }) => i),
    unit: Uint16Array.from(shuffled, ({ at }) => at),
    dueMs: Float64Array.from(shuffled, ({ sentMs }) => sentMs),
    sentMs: Float64Array.from(shuffled, ({ sentMs }) => sentMs),
    settledMs: Float64Array.from(shuffled, ({ settledMs }) => settledMs),
    outcome: Uint8Array.from(shuffled, ({ outcome }) => OUTCOMES.indexOf(outcome)),
    error: new Uint16Array(rows.length),
    errorCodes: [''],
    truncatedLines: 0,
  };
}

/** By their definitions, in a time that grows with the square of the writes. */
function counted(writes: readonly Write[], stored: readonly number[]) {
  const sent = writes.filter(({ outcome }) => outcome !== 'notSent');
  const first = stored.filter((value, at) => sent.some(({ i }) => i === value) && stored.indexOf(value) === at);
  const of = (value: number): Write | undefined => sent.find(({ i }) => i === value);
  const isBehind = (value: number, at: number): boolean => {
    const one = of(value);
    if (one?.outcome !== 'ok') return false;
    return first.slice(0, at).some((before) => (of(before)?.sentMs ?? 0) > one.settledMs);
  };
  const lost = writes.filter(({ i, outcome }) => outcome === 'ok' && !stored.includes(i));
  return {
    lost,
    duplicates: stored.filter((value, at) => of(value) !== undefined && stored.indexOf(value) !== at).length,
    reordered: first.filter(isBehind).length,
    failedButFound: first.filter((value) => of(value)?.outcome === 'failed').length,
    foreign: stored.filter((value) => of(value) === undefined).length,
  };
}

it('a ledger is counted as its definitions say, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 2 }), fc.array(other, { maxLength: 3 }), (units, others) => {
      const copies: ReadBack[] = units.map(({ stored }, at) => ({
        unit: `unit-${at}`,
        from: 'a',
        authoritative: true,
        values: Uint32Array.from(stored),
      }));
      const more = others.flatMap(([at, values]): ReadBack[] => {
        const copied = values ?? units[at]?.stored;
        if (copied === undefined || at >= units.length) return [];
        return [{ unit: `unit-${at}`, from: 'b', authoritative: false, values: Uint32Array.from(copied) }];
      });
      const expected = units.map(({ writes, stored }) => counted(writes, stored));
      const sum = (name: 'duplicates' | 'reordered' | 'failedButFound' | 'foreign'): number =>
        expected.reduce((total, one) => total + one[name], 0);
      const lost = expected.flatMap((one) => one.lost);
      const settled = lost.map(({ settledMs }) => settledMs);
      const differs = ({ unit: name, values }: ReadBack): boolean =>
        JSON.stringify([...values]) !== JSON.stringify(units[Number(name.slice(-1))]?.stored);
      expect(countLedger(opsOf(units.map(({ writes }) => writes)), [...more, ...copies])).toMatchObject({
        lost: lost.length,
        firstLostMs: lost.length === 0 ? undefined : Math.min(...settled),
        lastLostMs: lost.length === 0 ? undefined : Math.max(...settled),
        duplicates: sum('duplicates'),
        reordered: sum('reordered'),
        failedButFound: sum('failedButFound'),
        foreign: sum('foreign'),
        divergentCopies: more.filter(differs).length,
      });
    }),
    { numRuns: 3000 },
  );
}, 60_000);
