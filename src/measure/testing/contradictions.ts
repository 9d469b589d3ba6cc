// What was measured, held against the truth of a simulated world.
import { type Gap, type Outages, outagesOf } from '../outages.ts';
import { healthyTerms } from '../service.ts';
import type { OutageTerms } from '../terms.ts';
import { floorIn } from '../unasked.ts';
import { type Absence, type Simulated, simulate } from './simulate.ts';
import type { World } from './world.ts';

/** Times are recorded in microseconds. */
const MICRO = 0.002;

export interface MeasuredUnit extends Outages {
  readonly terms: OutageTerms;
}

/** As the measuring does it: what is healthy is learnt before the first outage. */
export function measureUnit({ ops }: Simulated, unit: number, world: World): MeasuredUnit {
  const firstMs = Math.min(...world.units.flatMap(({ outs, slow }) => [...outs, ...slow].map(({ fromMs }) => fromMs)));
  const terms = healthyTerms(ops, unit, Number.isFinite(firstMs) ? firstMs : undefined);
  return { ...outagesOf(ops, unit, terms), terms };
}

/** What is wrong in what was measured, one line each. Empty: it holds. */
export function contradictions(world: World): readonly string[] {
  const simulated = simulate(world);
  return world.units.flatMap((_, unit) => contradictionsOf(unit, simulated, world));
}

function contradictionsOf(unit: number, simulated: Simulated, world: World): readonly string[] {
  const measured = measureUnit(simulated, unit, world);
  const absent = (simulated.absent[unit] ?? []).filter(({ fromMs }) => fromMs < world.endMs);
  const servedAtMs = simulated.servedAtMs[unit] ?? [];
  const noneServed = (fromMs: number, toMs: number): boolean => !servedAtMs.some((ms) => ms >= fromMs && ms < toMs);
  // Service that nobody got is none. And one that was back for less than this may be taken for none.
  const resolutionMs = measured.terms.lateMs + measured.terms.spacingMs;
  const truths = merged(absent, noneServed);
  const coarse = merged(absent, (fromMs, toMs) => toMs - fromMs < resolutionMs || noneServed(fromMs, toMs));
  return [
    ...truths.flatMap((truth) => missed(truth, world, measured)),
    ...measured.gaps.flatMap((gap) => overstated(gap, coarse, simulated.slowOnes[unit] ?? [])),
  ].map((what) => `unit ${unit}: ${what}`);
}

function merged(absent: readonly Absence[], asOne: (fromMs: number, toMs: number) => boolean): readonly Absence[] {
  const stretches: Absence[] = [];
  for (const { fromMs, toMs } of absent) {
    const last = stretches.at(-1);
    if (last !== undefined && asOne(last.toMs, fromMs)) stretches[stretches.length - 1] = { fromMs: last.fromMs, toMs };
    else stretches.push({ fromMs, toMs });
  }
  return stretches;
}

/** Above the floor it has to be found, whole, by one that is not shorter. */
function missed({ fromMs, toMs }: Absence, world: World, measured: MeasuredUnit): readonly string[] {
  const { gaps } = measured;
  const told = `${fromMs.toFixed(1)} to ${toMs.toFixed(1)}`;
  const seenMs = Math.min(toMs, world.endMs) - fromMs;
  const floorMs = floorIn(measured, { fromMs, toMs: Math.min(toMs, world.endMs) });
  const covering = gaps.filter((gap) => gap.fromMs <= fromMs && (gap.toMs ?? Infinity) >= toMs);
  if (covering.length === 0)
    return seenMs > floorMs ? [`${told} was missed, with a floor of ${floorMs.toFixed(1)}`] : [];
  const highMs = Math.max(...covering.map((gap) => gap.highMs ?? Infinity));
  if (highMs < toMs - fromMs) return [`${told}: high is ${highMs.toFixed(1)}`];
  if (toMs === Infinity && seenMs > floorMs && covering.every((gap) => gap.toMs !== undefined))
    return [`${told}: it has an end`];
  return [];
}

/** No lower bound may be above the longest true outage that lies in it; it had begun, and had not ended, when it says. */
function overstated(gap: Gap, truths: readonly Absence[], slowOnes: readonly Absence[]): readonly string[] {
  const inside = truths.filter(({ fromMs, toMs }) => fromMs < (gap.toMs ?? Infinity) && toMs > gap.fromMs);
  const longestMs = Math.max(0, ...inside.map(({ fromMs, toMs }) => toMs - fromMs));
  const endMs = Math.max(...inside.map(({ toMs }) => toMs));
  const beginMs = Math.min(...inside.map(({ fromMs }) => fromMs));
  // Who asked with an operation that was slow by itself had no service for as long.
  const excused = (ms: number): boolean => slowOnes.some(({ fromMs, toMs }) => ms >= fromMs - MICRO && ms <= toMs);
  if (gap.lowMs === 0 || excused(gap.endedAfterMs) || excused(gap.begunByMs)) return [];
  const told = `${gap.fromMs.toFixed(1)} to ${gap.toMs?.toFixed(1)}`;
  return [
    ...(gap.lowMs > longestMs + MICRO ? [`low is ${gap.lowMs.toFixed(2)}, and it was ${longestMs.toFixed(2)}`] : []),
    ...(gap.endedAfterMs > endMs + MICRO
      ? [`it ended at ${endMs.toFixed(1)}, not after ${gap.endedAfterMs.toFixed(1)}`]
      : []),
    ...(gap.begunByMs < beginMs - MICRO
      ? [`it began at ${beginMs.toFixed(1)}, not by ${gap.begunByMs.toFixed(1)}`]
      : []),
  ].map((what) => `${told}: ${what}`);
}
