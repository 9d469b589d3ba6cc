// Random worlds, each from a seed.
import { createRandom, type Random } from '../../core/random.ts';
import type { Connecting, Out, UnitWorld, Way, World } from './world.ts';

export const WARM_UP_MS = 3000;
export const WAYS: readonly Way[] = ['refuse', 'drop', 'hold', 'cutHold', 'reject'];

export interface WorldOptions {
  /** No service is ever out, and no operation gets lost. */
  readonly healthy?: boolean;
  readonly way?: Way;
}

export function randomWorld(seed: number, { healthy = false, way }: WorldOptions = {}): World {
  const random = createRandom(seed);
  const rate = pick(random, [20, 50, 100, 100, 100, 200, 500, 1000]);
  const units = Array.from({ length: pick(random, [1, 1, 1, 2, 3]) }, () => randomUnit(random, { healthy, way, rate }));
  const lastMs = Math.max(
    ...units.flatMap(({ outs }) => outs.map(({ fromMs, toMs }) => (toMs === Infinity ? fromMs : toMs))),
    WARM_UP_MS,
  );
  const endMs = lastMs + between(random, 500, 3000);
  const deadlineMs = pick(random, [100, 200, 500, 500, 500, 1000, 3000, 30_000]);
  const roomy = Math.min(64, Math.ceil((rate * (deadlineMs + 50)) / 1000));
  const inFlight = random.next() < 0.75 ? roomy : pick(random, [1, 2, 4, 8]);
  return {
    seed,
    units,
    spacingMs: 1000 / rate,
    deadlineMs,
    inFlight,
    endMs,
    latency: {
      oneWayMs: between(random, 0.1, 3),
      jitterMs: between(random, 0.05, 3),
      // With one or two operations at a time, a slow one is all that there is to see.
      stragglers: inFlight <= 2 ? 0 : pick(random, [0, 0, 0.002, 0.02]),
      stragglerMs: between(random, 5, 60),
      lost: healthy ? 0 : pick(random, [0, 0, 0.001, 0.005]),
    },
    connecting: randomConnecting(random),
    sleeps: random.next() < 0.5 ? randomSleeps(random, endMs) : [],
    paused: [],
  };
}

function randomUnit(
  random: Random,
  { healthy, way, rate }: { readonly healthy: boolean; readonly way: Way | undefined; readonly rate: number },
): UnitWorld {
  const count = healthy ? 0 : 1 + Math.floor(random.next() * 4);
  const outs: Out[] = [];
  let fromMs = WARM_UP_MS + between(random, 0, 500);
  for (let at = 0; at < count; at++) {
    const longest = rate > 200 ? 1500 : 6000;
    const short = random.next() < 0.3;
    const lengthMs = short ? between(random, 1, 100) : Math.exp(between(random, Math.log(50), Math.log(longest)));
    const never = at === count - 1 && random.next() < 0.1;
    const toMs = never ? Number.POSITIVE_INFINITY : fromMs + lengthMs;
    outs.push({ fromMs, toMs, way: way ?? pick(random, WAYS), afterMs: between(random, 0.1, 150) });
    fromMs += lengthMs + (random.next() < 0.3 ? between(random, 0.5, 60) : between(random, 60, 2000));
  }
  return { outs, slow: [] };
}

function randomConnecting(random: Random): Connecting {
  const how = pick(random, ['each', 'each', 'failFast', 'queue'] as const);
  if (how === 'each') return { how };
  const leastBackoffMs = between(random, 1, 100);
  return { how, leastBackoffMs, mostBackoffMs: leastBackoffMs + between(random, 1, 200) };
}

function randomSleeps(random: Random, endMs: number): World['sleeps'] {
  const sleeps: { fromMs: number; toMs: number }[] = [];
  for (let ms = between(random, 0, 2000); ms < endMs; ms += between(random, 100, 3000)) {
    const toMs = ms + between(random, 1, 150);
    sleeps.push({ fromMs: ms, toMs });
    ms = toMs;
  }
  return sleeps;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

function pick<T>(random: Random, items: readonly T[]): T {
  return random.pick(items) as T;
}
