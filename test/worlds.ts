// Random worlds for the simulation, and what in a measurement contradicts the truth of one.
import { createRandom, type Random } from '../src/core/random.ts';
import { type Gap, type Outages, outagesOf } from '../src/measure/outages.ts';
import { healthyTerms } from '../src/measure/service.ts';
import type { OutageTerms } from '../src/measure/terms.ts';
import { floorIn } from '../src/measure/unasked.ts';
import { MODES, type Mode, type Outage, type Simulated, simulate, type World } from './simulation.ts';

const WARM_UP_MS = 4000;

export interface WorldOptions {
  readonly mode?: Mode;
  /** Per second. */
  readonly rate?: number;
}

/** Up to four outages of 1 ms to 8 s, close together and far apart, seen by clients of all sorts. */
export function randomWorld(seed: number, options: WorldOptions = {}): World {
  const random = createRandom(seed);
  const rate = options.rate ?? pick(random, [20, 50, 100, 100, 200, 500]);
  const outages = randomOutages(random, options.mode);
  const last = outages.at(-1) as Outage;
  const endMs = (Number.isFinite(last.toMs) ? last.toMs : last.fromMs) + 3000;
  const deadlineMs = pick(random, [200, 500, 1000, 3000]);
  const roomy = Math.min(64, Math.ceil((rate * deadlineMs) / 1000) + 1);
  const inFlight = random.next() < 0.75 ? roomy : pick(random, [1, 2, 4, 8]);
  const latency = {
    oneWayMs: between(random, 0.1, 3),
    jitterMs: between(random, 0.05, 1.5),
    // With one or two operations at a time, or few in a second, a slow one is all that there is to see.
    stragglers: inFlight <= 2 || rate < 50 ? 0 : pick(random, [0, 0.002, 0.02]),
    stragglerMs: between(random, 5, 60),
  };
  const stalls = random.next() < 0.5 ? randomStalls(random, endMs) : [];
  return { seed, spacingMs: 1000 / rate, deadlineMs, inFlight, endMs, outages, latency, stalls };
}

function randomOutages(random: Random, mode: Mode | undefined): readonly Outage[] {
  const count = 1 + Math.floor(random.next() * 4);
  const outages: Outage[] = [];
  let fromMs = WARM_UP_MS + between(random, 0, 500);
  for (let at = 0; at < count; at++) {
    const short = random.next() < 0.3;
    const lengthMs = short ? between(random, 1, 100) : Math.exp(between(random, Math.log(50), Math.log(8000)));
    const never = at === count - 1 && random.next() < 0.1;
    const toMs = never ? Number.POSITIVE_INFINITY : fromMs + lengthMs;
    outages.push({ fromMs, toMs, mode: mode ?? pick(random, MODES) });
    fromMs += lengthMs + (random.next() < 0.3 ? between(random, 0.5, 60) : between(random, 60, 3000));
  }
  return outages;
}

function randomStalls(random: Random, endMs: number): World['stalls'] {
  const stalls: { fromMs: number; toMs: number }[] = [];
  for (let ms = between(random, 0, 2000); ms < endMs; ms += between(random, 100, 3000)) {
    const toMs = ms + between(random, 1, 80);
    stalls.push({ fromMs: ms, toMs });
    ms = toMs;
  }
  return stalls;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

function pick<T>(random: Random, items: readonly T[]): T {
  return random.pick(items) as T;
}

export interface Measured extends Outages {
  readonly terms: OutageTerms;
}

/** As the measuring does it: what is healthy is learnt before the first outage. */
export function measureWorld(world: World, { ops }: Simulated): Measured {
  const terms = healthyTerms(ops, 0, world.outages[0]?.fromMs);
  return { ...outagesOf(ops, 0, terms), terms };
}

/** What is wrong in what was measured, one line each. Empty = it holds. */
export function contradictions(world: World): readonly string[] {
  const simulated = simulate(world);
  const measured = measureWorld(world, simulated);
  const served = (from: number, to: number): boolean => simulated.servedAtMs.some((ms) => ms >= from && ms < to);
  // Service that served nobody is none; and one that was back for less than this may be taken for none.
  const resolutionMs = measured.terms.lateMs + measured.terms.spacingMs;
  const truths = merged(world, (from, to) => !served(from, to));
  const coarse = merged(world, (from, to) => !served(from, to) || to - from < resolutionMs);
  return [
    ...truths.flatMap((truth) => uncovered(truth, world, measured)),
    ...measured.gaps.flatMap((gap) => overstated(gap, coarse)),
  ];
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

function merged({ outages, endMs }: World, asOne: (fromMs: number, toMs: number) => boolean): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { fromMs, toMs } of outages) {
    const last = stretches.at(-1);
    if (last !== undefined && asOne(last.toMs, fromMs)) stretches[stretches.length - 1] = { fromMs: last.fromMs, toMs };
    else if (fromMs < endMs) stretches.push({ fromMs, toMs });
  }
  return stretches;
}

/** An outage above the floor has to be found, whole, and with an upper bound that is not below it. */
function uncovered({ fromMs, toMs }: Stretch, world: World, measured: Measured): readonly string[] {
  const { gaps } = measured;
  const covering = gaps.filter((gap) => gap.fromMs <= fromMs && (gap.toMs ?? Infinity) >= toMs);
  const lengthMs = toMs - fromMs;
  const seenMs = Math.min(toMs, world.endMs) - fromMs;
  const floorMs = floorIn(measured, { fromMs, toMs: fromMs + seenMs });
  const told = `${fromMs.toFixed(1)} to ${toMs.toFixed(1)}`;
  if (covering.length === 0)
    return seenMs > floorMs ? [`${told} was missed, with a floor of ${floorMs.toFixed(1)}`] : [];
  if (!covering.some(({ highMs }) => (highMs ?? Infinity) >= lengthMs)) return [`${told}: high is too low`];
  if (toMs === Infinity && covering.every((gap) => gap.toMs !== undefined))
    return [`${told}: it ended in the measurement`];
  return [];
}

/** No lower bound may be above the longest outage that lies in it. */
function overstated(gap: Gap, truths: readonly Stretch[]): readonly string[] {
  const inside = truths.filter(({ fromMs, toMs }) => fromMs < (gap.toMs ?? Infinity) && toMs > gap.fromMs);
  const longestMs = Math.max(0, ...inside.map(({ fromMs, toMs }) => toMs - fromMs));
  const endMs = Math.max(...inside.map(({ toMs }) => toMs));
  const wrong: string[] = [];
  if (gap.lowMs > longestMs + 1e-9)
    wrong.push(`low ${gap.lowMs.toFixed(2)}, but the outage was ${longestMs.toFixed(2)}`);
  if (gap.lowMs > 0 && gap.endedAfterMs > endMs) wrong.push(`ended at ${endMs}, and not after ${gap.endedAfterMs}`);
  return wrong;
}
