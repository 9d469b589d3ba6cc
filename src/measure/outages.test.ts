import { describe, expect, it } from 'vitest';
import { MODES, simulate, type World } from '../../test/simulation.ts';
import { contradictions, measureWorld, randomWorld } from '../../test/worlds.ts';
import { floorIn } from './unasked.ts';

const WORLDS = 2000;

/** At 100/s, with a latency around a millisecond. */
function plainWorld(seed: number, more: Partial<World> = {}): World {
  return {
    seed,
    spacingMs: 10,
    deadlineMs: 500,
    inFlight: 64,
    endMs: 15_000,
    outages: [],
    latency: { oneWayMs: 0.4, jitterMs: 0.4, stragglers: 0, stragglerMs: 0 },
    stalls: [],
    ...more,
  };
}

function measured(world: World) {
  return measureWorld(world, simulate(world));
}

describe('the true outage lies between the bounds', () => {
  it(`in every one of ${WORLDS} random worlds`, { timeout: 300_000 }, () => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= WORLDS; seed++) {
      wrong.push(...contradictions(randomWorld(seed)).map((what) => `seed ${seed}: ${what}`));
    }
    expect(wrong).toEqual([]);
  });

  it.each(MODES)('when the server is out like this: %s', { timeout: 60_000 }, (mode) => {
    const seeds = Array.from({ length: 100 }, (_, at) => 1_000_000 + at);
    expect(seeds.flatMap((seed) => contradictions(randomWorld(seed, { mode })))).toEqual([]);
  });

  it.each(['refuse', 'lose'] as const)('and not far apart: %s, at 100/s, at most 2 spacings and 20 ms', (mode) => {
    for (let seed = 1; seed <= 300; seed++) {
      const fromMs = 5000 + seed / 10;
      const outages = [{ fromMs, toMs: fromMs + 3000 + seed, mode }];
      const { gaps } = measured(plainWorld(seed, { outages }));
      expect(gaps).toHaveLength(1);
      const [{ lowMs, highMs = Infinity }] = gaps as [(typeof gaps)[0]];
      expect(lowMs).toBeLessThanOrEqual(3000 + seed);
      expect(highMs).toBeGreaterThanOrEqual(3000 + seed);
      expect(highMs - lowMs, `seed ${seed}`).toBeLessThanOrEqual(2 * 10 + 20);
    }
  });
});

describe('what the client itself takes to come back is no outage', () => {
  it.each(['refuse', 'lose'] as const)('when it has to connect again first: %s', (mode) => {
    for (let seed = 1; seed <= 50; seed++) {
      const toMs = 8000 + seed / 5;
      const world = plainWorld(seed, { outages: [{ fromMs: 5000, toMs, mode }] });
      const simulated = simulate(world);
      const { ops } = simulated;
      for (const [row, sentMs] of ops.sentMs.entries()) {
        const waits = ops.outcome[row] === 0 && sentMs > toMs - 1 && sentMs < toMs + 20;
        if (waits) ops.settledMs[row] = Math.max(ops.settledMs[row] ?? 0, toMs + 20);
      }
      const [gap] = measureWorld(world, simulated).gaps;
      expect(gap?.lowMs).toBeLessThanOrEqual(toMs - 5000);
      expect(gap?.highMs).toBeGreaterThanOrEqual(toMs - 5000);
    }
  });
});

describe('an outage is seen in acknowledgements', () => {
  it('when everything hangs, and then succeeds', () => {
    const world = plainWorld(1, {
      deadlineMs: 5000,
      inFlight: 500,
      outages: [{ fromMs: 5000, toMs: 7000, mode: 'hang' }],
    });
    const { ops } = simulate(world);
    expect(ops.outcome.every((outcome) => outcome === 0)).toBe(true);
    const [gap, ...more] = measured(world).gaps;
    expect(more).toEqual([]);
    expect(gap?.lowMs).toBeGreaterThan(1950);
    expect(gap?.lowMs).toBeLessThanOrEqual(2000);
    expect(gap?.highMs).toBeGreaterThanOrEqual(2000);
    expect(gap?.highMs).toBeLessThan(2050);
  });

  it('when it never ends', () => {
    const world = plainWorld(1, { outages: [{ fromMs: 5000, toMs: Infinity, mode: 'refuse' }] });
    const [gap] = measured(world).gaps;
    expect(gap).toMatchObject({ toMs: undefined, highMs: undefined });
    expect(gap?.lowMs).toBeGreaterThan(9950);
    expect(gap?.lowMs).toBeLessThanOrEqual(10_000);
  });

  it('as two, when service was back in between', () => {
    const outages = [
      { fromMs: 5000, toMs: 6000, mode: 'refuse' },
      { fromMs: 6500, toMs: 8500, mode: 'error' },
    ] as const;
    expect(measured(plainWorld(1, { outages })).gaps.map(({ highMs = 0 }) => Math.round(highMs / 100))).toEqual([
      10, 20,
    ]);
  });

  it('not longer than somebody asked: what was before and after a long pause are not one', () => {
    const outages = [
      { fromMs: 5000, toMs: 5500, mode: 'refuse' },
      { fromMs: 7500, toMs: 8000, mode: 'refuse' },
    ] as const;
    const stalls = [{ fromMs: 5400, toMs: 7600 }];
    const [gap] = measured(plainWorld(1, { outages, stalls })).gaps;
    expect(gap?.lowMs).toBeLessThanOrEqual(500);
    expect(gap?.highMs).toBeGreaterThanOrEqual(3000);
  });

  it.each([
    ['hang', 1000, true],
    ['hang', 400, false],
    ['lose', 1000, false],
    ['refuse', 1000, false],
  ] as const)('in which all was only late, or not: %s, with a deadline of %i ms', (mode, deadlineMs, onlyLate) => {
    const outages = [{ fromMs: 5000, toMs: 5500, mode }];
    expect(measured(plainWorld(1, { outages, deadlineMs })).gaps).toMatchObject([{ onlyLate }]);
  });

  it('also when operations were held back, which proves nothing of the server', () => {
    const world = plainWorld(1, {
      deadlineMs: 3000,
      inFlight: 4,
      outages: [{ fromMs: 5000, toMs: 6000, mode: 'lose' }],
    });
    const [gap] = measured(world).gaps;
    // The four that were lost keep the others from being sent until their deadlines pass, two seconds after the server is back.
    expect(gap?.highMs).toBeGreaterThan(2900);
    expect(gap?.lowMs).toBeLessThanOrEqual(1000);
  });
});

describe('what is no outage', () => {
  it('no server was out: no gap, and a floor that says what could not be seen', () => {
    const { gaps, floorMs } = measured(plainWorld(1));
    expect(gaps).toEqual([]);
    expect(floorMs).toBeGreaterThan(50);
    expect(floorMs).toBeLessThan(80);
  });

  it('the client slept: no gap, but a floor that is higher by as much', () => {
    const stalls = [{ fromMs: 9000, toMs: 9400 }];
    const { gaps, ...outages } = measured(plainWorld(1, { stalls }));
    expect(gaps).toEqual([]);
    expect(floorIn({ gaps, ...outages }, { fromMs: 8000, toMs: 8900 })).toBeLessThan(80);
    expect(floorIn({ gaps, ...outages }, { fromMs: 8000, toMs: 10_000 })).toBeGreaterThan(440);
  });

  it('nothing was asked any more: no gap, and a floor as long as that', () => {
    const outages = measured(plainWorld(1));
    expect(floorIn(outages, { fromMs: 9000, toMs: 20_000 })).toBeGreaterThan(5000);
  });

  it('single operations were slow', () => {
    const latency = { oneWayMs: 0.4, jitterMs: 0.4, stragglers: 0.05, stragglerMs: 100 };
    expect(measured(plainWorld(1, { latency })).gaps).toEqual([]);
  });

  it('a single refused operation is one, of any length up to the next ones around it', () => {
    const { gaps } = measured(plainWorld(1, { outages: [{ fromMs: 6009, toMs: 6012, mode: 'refuse' }] }));
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.lowMs).toBe(0);
    expect(gaps[0]?.highMs).toBeLessThan(25);
  });
});
