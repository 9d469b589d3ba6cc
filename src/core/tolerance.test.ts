import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './json.ts';
import {
  describeTolerance,
  evaluate,
  evaluateSeries,
  needsSeries,
  slopePerMinute,
  type Tolerance,
} from './tolerance.ts';

describe('one reading', () => {
  const cases: [tolerance: Tolerance, value: Json | undefined, holds: boolean, expected: string, actual: string][] = [
    [1, 1, true, '1', '1'],
    [1, '1', false, '1', '"1"'],
    [null, null, true, 'null', 'null'],
    ['up', 'down', false, '"up"', '"down"'],
    [{ op: 'equals', value: { b: [1], a: 2 } }, { a: 2, b: [1] }, true, '{"b":[1],"a":2}', '{"a":2,"b":[1]}'],
    [{ op: 'equals', value: [1, 2] }, [1], false, '[1,2]', '[1]'],
    [{ op: 'atMost', value: 2 }, 2, true, 'at most 2', '2'],
    [{ op: 'atMost', value: 2 }, 2.1, false, 'at most 2', '2.1'],
    [{ op: 'atMost', value: 2 }, '1', false, 'at most 2', '"1", which is not a number'],
    [{ op: 'atLeast', value: 2 }, 1, false, 'at least 2', '1'],
    [{ op: 'between', low: 1, high: 3 }, 3, true, 'between 1 and 3', '3'],
    [{ op: 'between', low: 1, high: 3 }, null, false, 'between 1 and 3', 'null, which is not a number'],
    [{ op: 'oneOf', values: ['a', 2] }, 2, true, 'one of "a", 2', '2'],
    [{ op: 'matches', pattern: '^up' }, 'upwards', true, 'matching /^up/', '"upwards"'],
    [{ op: 'matches', pattern: '^up' }, 7, false, 'matching /^up/', '7, which is not text'],
    [{ op: 'perMinute', atMost: 5 }, 7, false, 'a change per minute of at most 5', 'too few readings for a slope'],
    [1, undefined, false, '1', 'no such field'],
  ];

  it.each(cases)('%j of %j', (tolerance, value, holds, expected, actual) => {
    expect(evaluate(tolerance, value)).toMatchObject({ holds, expected, actual });
  });

  it('compares with what was before', () => {
    const twice: Tolerance = { op: 'atMost', value: { timesBefore: 2 } };
    expect(evaluate(twice, 9, 5)).toMatchObject({
      holds: true,
      expected: 'at most 2x before',
      actual: '9 (before: 5)',
    });
    expect(evaluate(twice, 11, 5).holds).toBe(false);
    expect(evaluate(twice, 11)).toMatchObject({ holds: false, actual: '11, with no number before to compare with' });
  });
});

describe('fields', () => {
  const tolerance: Tolerance = { fields: { primaries: 1, replicasInStep: { op: 'atLeast', value: 2 }, sentinels: 3 } };

  it('are all named when all of them hold', () => {
    expect(evaluate(tolerance, { primaries: 1, replicasInStep: 2, sentinels: 3, other: 9 })).toMatchObject({
      holds: true,
      expected: 'primaries 1, replicasInStep at least 2, sentinels 3',
      actual: 'primaries 1, replicasInStep 2, sentinels 3',
    });
  });

  it('are named only where they are out of tolerance', () => {
    expect(evaluate(tolerance, { primaries: 2, replicasInStep: 2 })).toMatchObject({
      holds: false,
      expected: 'primaries 1, sentinels 3',
      actual: 'primaries 2, sentinels no such field',
    });
  });

  it('do not hold of a value without fields', () => {
    expect(evaluate(tolerance, 3).holds).toBe(false);
    expect(evaluate({ fields: { toString: 1 } }, {}).actual).toBe('toString no such field');
  });

  it('compare with the same field before', () => {
    const lag: Tolerance = { fields: { lag: { op: 'atMost', value: { timesBefore: 3 } } } };
    expect(evaluate(lag, { lag: 30 }, { lag: 10 })).toMatchObject({ holds: true, actual: 'lag 30 (before: 10)' });
  });

  it('can be nested', () => {
    const nested: Tolerance = { fields: { a: { fields: { b: 1 } } } };
    expect(evaluate(nested, { a: { b: 2 } })).toMatchObject({ holds: false, expected: 'a: (b 1)', actual: 'a: (b 2)' });
  });
});

describe('what cannot be told', () => {
  const atMost: Tolerance = { op: 'atMost', value: 2 };

  it.each<[tolerance: Tolerance, value: Json | undefined, known: boolean]>([
    [atMost, 3, true],
    [atMost, null, false],
    [1, null, true],
    [1, undefined, false],
    [{ op: 'atLeast', value: { timesBefore: 2 } }, 3, false],
    [{ op: 'matches', pattern: 'x' }, 3, false],
    [{ op: 'perMinute', atMost: 3 }, 3, false],
    [{ fields: { a: 1, b: atMost } }, { a: 1 }, false],
    [{ fields: { a: 1, b: atMost } }, { a: 2 }, true],
  ])('%j of %j does not hold; known: %s', (tolerance, value, known) => {
    expect(evaluate(tolerance, value)).toMatchObject({ holds: false, known });
  });
});

describe('a series', () => {
  const at = (...values: Json[]) => values.map((value, i) => ({ atMs: i * 30_000, value }));

  it('is judged by its slope', () => {
    expect(evaluateSeries({ op: 'perMinute', atMost: 5 }, at(0, 2, 4))).toMatchObject({
      holds: true,
      expected: 'a change per minute of at most 5',
      actual: '4 per minute',
    });
    expect(evaluateSeries({ op: 'perMinute', atLeast: -1, atMost: 3 }, at(0, 2, 4)).holds).toBe(false);
    expect(evaluateSeries({ op: 'perMinute', atMost: 3 }, at(0, 'x')).actual).toBe('readings that are not numbers');
  });

  it('is judged by its last reading otherwise', () => {
    expect(evaluateSeries(4, at(1, 2, 4)).holds).toBe(true);
    expect(evaluateSeries(4, []).actual).toBe('no such field');
  });

  it('mixes both, and misses a field that the last reading lacks', () => {
    const tolerance: Tolerance = { fields: { lag: { op: 'perMinute', atMost: 5 }, up: true } };
    expect(needsSeries(tolerance)).toBe(true);
    expect(needsSeries({ fields: { up: true } })).toBe(false);
    expect(evaluateSeries(tolerance, at({ lag: 0, up: false }, { lag: 1, up: true })).holds).toBe(true);
    expect(evaluateSeries(tolerance, at({ lag: 0, up: true }, { up: true })).actual).toBe('lag no such field');
  });
});

describe('properties', () => {
  const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
  const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
  const operator: fc.Arbitrary<Tolerance> = fc.oneof(
    fc.constantFrom<Tolerance>(1, 'up', null, true),
    number.map((value): Tolerance => ({ op: 'atMost', value })),
    number.map((timesBefore): Tolerance => ({ op: 'atLeast', value: { timesBefore } })),
    fc.tuple(number, number).map(([low, high]): Tolerance => ({ op: 'between', low, high })),
    fc.array(json, { maxLength: 3 }).map((values): Tolerance => ({ op: 'oneOf', values })),
    number.map((atMost): Tolerance => ({ op: 'perMinute', atMost })),
  );
  const tolerance: fc.Arbitrary<Tolerance> = fc.oneof(
    operator,
    fc.dictionary(fc.string(), operator, { minKeys: 1, maxKeys: 3 }).map((fields): Tolerance => ({ fields })),
  );

  it('never throws, and always says what was asked and seen', () => {
    fc.assert(
      fc.property(tolerance, fc.option(json, { nil: undefined }), json, (t, value, before) => {
        const result = evaluate(t, value, before);
        expect(describeTolerance(t)).not.toBe('');
        expect([result.expected, result.actual]).not.toContain('');
        expect(result.known || !result.holds).toBe(true);
      }),
    );
  });

  it('every value equals itself', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(evaluate({ op: 'equals', value }, value).holds).toBe(true);
      }),
    );
  });

  it('fields hold if and only if each one does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.tuple(operator, json), { minKeys: 1, maxKeys: 4 }), (entries) => {
        const fields = Object.fromEntries(Object.entries(entries).map(([field, [t]]) => [field, t]));
        const value = Object.fromEntries(Object.entries(entries).map(([field, [, v]]) => [field, v]));
        const each = Object.values(entries).every(([t, v]) => evaluate(t, v).holds);
        expect(evaluate({ fields }, value).holds).toBe(each);
      }),
    );
  });

  it('the slope of a line is its slope, whatever the moments', () => {
    const moments = fc.uniqueArray(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 }), moments, (a, b, at) => {
        const line = at.map((atMs) => ({ atMs, value: a + (b * atMs) / 60_000 }));
        expect(slopePerMinute(line)).toBeCloseTo(b, 4);
      }),
    );
  });

  it('there is no slope without two moments', () => {
    expect(slopePerMinute([])).toBeUndefined();
    expect(
      slopePerMinute([
        { atMs: 1, value: 1 },
        { atMs: 1, value: 2 },
      ]),
    ).toBeUndefined();
  });
});
