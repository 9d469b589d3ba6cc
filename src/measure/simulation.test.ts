// Outages as they are measured, against services whose outages are known.
import { describe, expect, it } from 'vitest';
import { contradictions, measureUnit } from './testing/contradictions.ts';
import { simulate } from './testing/simulate.ts';
import type { Out, World } from './testing/world.ts';
import { randomWorld, WAYS } from './testing/worlds.ts';

const TIMEOUT_MS = 180_000;
const WORLDS = 600;

function seeds(count: number, from = 1): readonly number[] {
  return Array.from({ length: count }, (_, at) => from + at);
}

function wrongIn(worlds: readonly World[]): readonly string[] {
  return worlds.flatMap((world) => contradictions(world).map((what) => `seed ${world.seed}: ${what}`));
}

/** At 100/s with a deadline of 500 ms, on a good day. */
function plainWorld(seed: number, out?: Pick<Out, 'fromMs' | 'toMs' | 'way'>): World {
  return {
    seed,
    units: [{ outs: out === undefined ? [] : [{ ...out, afterMs: 1 }], slow: [] }],
    spacingMs: 10,
    deadlineMs: 500,
    inFlight: 64,
    endMs: 10_000,
    latency: { oneWayMs: 0.3, jitterMs: 1, stragglers: 0, stragglerMs: 0, lost: 0 },
    connecting: { how: 'each' },
    sleeps: [],
    paused: [],
  };
}

describe('in random worlds', () => {
  it(`every outage above the floor is found, and between its bounds, in ${WORLDS}`, { timeout: TIMEOUT_MS }, () => {
    expect(wrongIn(seeds(WORLDS).map((seed) => randomWorld(seed)))).toEqual([]);
  });

  it.each(WAYS)('so it is when all of them are like this: %s', { timeout: TIMEOUT_MS }, (way) => {
    expect(wrongIn(seeds(40, 500_000).map((seed) => randomWorld(seed, { way })))).toEqual([]);
  });

  it('where nothing is ever out, nothing is found that was', { timeout: TIMEOUT_MS }, () => {
    const worlds = seeds(100, 700_000).map((seed) => randomWorld(seed, { healthy: true }));
    const found = worlds.flatMap((world) => {
      const simulated = simulate(world);
      return world.units.flatMap((_, unit) => measureUnit(simulated, unit, world).gaps);
    });
    expect(found.filter(({ lowMs }) => lowMs > 0)).toEqual([]);
    expect(wrongIn(worlds)).toEqual([]);
  });
});

describe('the bounds are not far apart', () => {
  it.each([
    ['two spacings and 20 ms when operations are refused at once', 'refuse', 40],
    ['two spacings and 20 ms when they are silent until the deadline', 'drop', 40],
    ['three spacings and 40 ms when they are held, and served at the end', 'hold', 70],
  ] as const)('at 100/s at most %s', { timeout: TIMEOUT_MS }, (_, way, mostMs) => {
    const wide = seeds(300).flatMap((seed) => {
      const fromMs = 4000 + (seed % 100) / 10;
      const world = plainWorld(seed, { fromMs, toMs: fromMs + 1000 + seed * 7.3, way });
      const { gaps } = measureUnit(simulate(world), 0, world);
      const [{ lowMs, highMs = Infinity } = { lowMs: 0 }] = gaps;
      const told = `seed ${seed}: ${gaps.length} outages, ${lowMs} to ${highMs}`;
      return gaps.length === 1 && highMs - lowMs <= mostMs ? [] : [told];
    });
    expect(wide).toEqual([]);
  });
});

describe('what only looks like an outage', () => {
  const healthy = { ...plainWorld(1), inFlight: 500 };

  it('is none: a slower service', () => {
    const slow = { ...healthy, units: [{ outs: [], slow: [{ fromMs: 5000, toMs: 7000, extraMs: 30 }] }] };
    expect(measureUnit(simulate(slow), 0, slow).gaps).toEqual([]);
  });

  it('is as long as the first answer took: a service that is slower than the silence that counts', () => {
    const slow = { ...healthy, units: [{ outs: [], slow: [{ fromMs: 5000, toMs: 7000, extraMs: 300 }] }] };
    const { gaps } = measureUnit(simulate(slow), 0, slow);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.lowMs).toBeLessThan(300);
    expect(gaps[0]?.highMs).toBeGreaterThan(300);
  });

  it('is none, and may hide one: a client that sleeps, or asks nothing', () => {
    const spell = [{ fromMs: 5000, toMs: 7000 }];
    for (const world of [
      { ...healthy, sleeps: spell },
      { ...healthy, paused: spell },
    ]) {
      expect(measureUnit(simulate(world), 0, world).gaps).toEqual([]);
      const out = { fromMs: 5100, toMs: 6900, way: 'refuse', afterMs: 1 } as const;
      expect(contradictions({ ...world, units: [{ outs: [out], slow: [] }] })).toEqual([]);
    }
  });

  it('is one, of no certain length: a single operation that got lost', () => {
    const world = { ...healthy, latency: { ...healthy.latency, lost: 0.002 } };
    const { gaps } = measureUnit(simulate(world), 0, world);
    expect(gaps.length).toBeGreaterThan(0);
    expect(gaps.map(({ lowMs }) => lowMs)).toEqual(gaps.map(() => 0));
    expect(Math.max(...gaps.map(({ highMs = Infinity }) => highMs))).toBeLessThan(30);
  });
});
