// Recovery times against the truth of simulated worlds: a fault whose effect is known, seen through its own error.
import { describe, expect, it } from 'vitest';
import type { EventBody, Journal, JournalEvent } from '../core/journal.ts';
import { createRandom, type Random } from '../core/random.ts';
import { recoveryTime } from './recovery.ts';
import { simulate } from './testing/simulate.ts';
import type { Out, Way, World } from './testing/world.ts';

const WORLDS = 500;
const TIMEOUT_MS = 120_000;
const HELD_FOR_MS = 1000;
const SPACING_MS = 10;
const FAULT_MS = 3000;

interface Fault {
  readonly step: string;
  readonly atMs: number;
  /** It took effect between so long before and so long after what is called its moment. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly revertMs: number;
}

/** What one unit goes through while a fault is in. */
interface Fate {
  readonly outs: readonly Out[];
  /** When service went: at the fault, or later. */
  readonly beginMs: number;
  /** From then until it was back. */
  readonly recoveredMs: number | undefined;
  /** The longest outage after it had recovered, with the fault still in. */
  readonly againMs: number;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

/** Those that somebody who asks is failed by. */
const failing: readonly Way[] = ['refuse', 'drop', 'reject'];

function out(random: Random, fromMs: number, toMs: number, ways: readonly Way[] = [...failing, 'hold']): Out {
  return { fromMs, toMs, way: random.pick(ways) ?? 'drop', afterMs: between(random, 1, 50) };
}

type Story = 'none' | 'recovers' | 'flaps' | 'stutters' | 'again' | 'rescued' | 'never' | 'disturbed by the revert';
const stories: readonly Story[] = [
  'none',
  'recovers',
  'flaps',
  'stutters',
  'again',
  'rescued',
  'never',
  'disturbed by the revert',
];

function fateOf(story: Story, { atMs, revertMs }: Fault, random: Random): Fate {
  const beginMs = atMs + (random.next() < 0.5 ? 0 : between(random, 0, 500));
  const endMs = beginMs + between(random, 200, 2500);
  const told = (outs: readonly Out[], recoveredMs: number | undefined, againMs = 0): Fate => ({
    outs,
    beginMs,
    recoveredMs: recoveredMs === undefined ? undefined : Math.max(0, recoveredMs - beginMs),
    againMs,
  });
  const first = out(random, beginMs, endMs);
  switch (story) {
    case 'none':
      return told([], beginMs);
    case 'recovers':
      return told([first], endMs);
    case 'flaps': {
      const next = endMs + between(random, 100, HELD_FOR_MS - 100);
      const lastMs = next + between(random, 100, 700);
      return told([first, out(random, next, lastMs, failing)], lastMs);
    }
    case 'stutters': {
      const next = endMs + between(random, 100, HELD_FOR_MS - 100);
      const lengthMs = between(random, 100, 200);
      return told([first, out(random, next, next + lengthMs, ['hold'])], endMs, lengthMs);
    }
    case 'again': {
      const next = endMs + HELD_FOR_MS + between(random, 150, 500);
      const lengthMs = between(random, 150, 600);
      return told([first, out(random, next, next + lengthMs)], endMs, lengthMs);
    }
    case 'rescued':
      return told([out(random, beginMs, revertMs + between(random, 5, 800))], undefined);
    case 'never':
      return told([out(random, beginMs, Number.POSITIVE_INFINITY)], undefined);
    case 'disturbed by the revert': {
      const next = revertMs + between(random, 30, 300);
      return told([first, out(random, next, next + between(random, 100, 600))], endMs);
    }
  }
}

function journalOf(world: World, faults: readonly Fault[]): Journal {
  const { ops } = simulate(world);
  const bodies = faults.flatMap(({ step, atMs, beforeMs, afterMs, revertMs }): (EventBody & { atMs: number })[] => {
    const event = { type: 'step', step, verb: 'fault', kind: 'process.kill', targets: [] } as const;
    const evidence = { summary: '', facts: {}, notBeforeMs: atMs - beforeMs, byMs: atMs + afterMs };
    return [
      { ...event, state: 'called', atMs: atMs - beforeMs - 5 },
      { ...event, state: 'confirmed', evidence, atMs: atMs + afterMs + 20 },
      { ...event, state: 'revertCalled', atMs: revertMs },
      { ...event, state: 'reverted', atMs: revertMs + 50 },
    ];
  });
  const phases: JournalEvent[] = [
    { type: 'phase', phase: 'method', state: 'begin', atMs: FAULT_MS - 200 },
    { type: 'phase', phase: 'drain', state: 'begin', atMs: world.endMs },
    { type: 'end', status: 'completed', atMs: world.endMs + 100 },
  ];
  const drill = { timing: { heldForMs: HELD_FOR_MS } };
  const events = [...bodies, ...phases].toSorted((a, b) => a.atMs - b.atMs);
  return { run: { type: 'run', drill } as unknown as Journal['run'], events, ops: { writes: ops }, readBacks: {} };
}

function worldWith(seed: number, units: readonly (readonly Out[])[], endMs: number): World {
  return {
    seed,
    units: units.map((outs) => ({ outs, slow: [] })),
    spacingMs: SPACING_MS,
    deadlineMs: 300,
    inFlight: 64,
    endMs,
    latency: { oneWayMs: 0.5, jitterMs: 1, stragglers: 0, stragglerMs: 0, lost: 0 },
    connecting: { how: 'each' },
    sleeps: [],
    paused: [],
  };
}

function seeds(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

function randomFault(random: Random): Fault {
  const afterMs = between(random, 0, 150);
  return {
    step: 'kill',
    atMs: FAULT_MS,
    beforeMs: between(random, 0, 150),
    afterMs,
    revertMs: FAULT_MS + between(random, 6500, 7500),
  };
}

describe.each(stories)('a unit to which this happens: %s', (story) => {
  it('has its true recovery time between the bounds', { timeout: TIMEOUT_MS }, () => {
    const wrong = seeds(WORLDS / stories.length).flatMap((seed) => {
      const random = createRandom(seed);
      const fault = randomFault(random);
      const fate = fateOf(story, fault, random);
      const recovery = recoveryTime('writes', 'kill', journalOf(worldWith(seed, [fate.outs], 12_500), [fault]));
      return contradictions(recovery, [fate], fault).map((what) => `seed ${seed}: ${what}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('several units', () => {
  it('count as the worst of them', { timeout: TIMEOUT_MS }, () => {
    const wrong = seeds(WORLDS / 5).flatMap((seed) => {
      const random = createRandom(seed);
      const fault = randomFault(random);
      const fates = [1, 2, 3].map(() => fateOf(random.pick(stories) ?? 'none', fault, random));
      const outs = fates.map((fate) => fate.outs);
      const recovery = recoveryTime('writes', 'kill', journalOf(worldWith(seed, outs, 12_500), [fault]));
      return contradictions(recovery, fates, fault).map((what) => `seed ${seed}: ${what}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('a second fault', () => {
  it('is counted from itself, and the first one as before', { timeout: TIMEOUT_MS }, () => {
    const wrong = seeds(WORLDS / 6).flatMap((seed) => {
      const random = createRandom(seed);
      const first = { ...randomFault(random), revertMs: FAULT_MS + 4000 };
      const second = { ...randomFault(random), step: 'again', atMs: FAULT_MS + 6000, revertMs: FAULT_MS + 13_000 };
      const [one, other] = [fateOf('recovers', first, random), fateOf('flaps', second, random)];
      const journal = journalOf(worldWith(seed, [[...one.outs, ...other.outs]], 18_000), [first, second]);
      return [
        ...contradictions(recoveryTime('writes', 'kill', journal), [one], first),
        ...contradictions(recoveryTime('writes', 'again', journal), [other], second),
      ].map((what) => `seed ${seed}: ${what}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** What is wrong with it, in words. */
function contradictions(
  recovery: ReturnType<typeof recoveryTime>,
  fates: readonly Fate[],
  { afterMs, revertMs }: Fault,
): readonly string[] {
  if (recovery === undefined) return ['nothing was measured'];
  const { lowMs, highMs, rescuedByRevert, again } = recovery;
  const lost = fates.some(({ recoveredMs }) => recoveredMs === undefined);
  const back = fates.every(({ outs }) => outs.every(({ toMs }) => Number.isFinite(toMs)));
  const lengths = fates.map(({ beginMs, recoveredMs }) => recoveredMs ?? revertMs - beginMs);
  const trueMs = Math.max(...lengths);
  const lostMs = Math.max(...fates.map((fate) => (fate.recoveredMs === undefined ? revertMs - fate.beginMs : 0)));
  const againMs = Math.max(...fates.map((fate) => fate.againMs));
  const wrong = {
    'low is too high': lowMs > trueMs,
    'low is too low for the time that the fault was in': lost && lowMs < lostMs - afterMs - 30,
    'it has an end': lost && highMs !== undefined,
    'high is too low': !lost && (highMs ?? -1) < trueMs,
    'it was rescued': !lost && rescuedByRevert,
    'it was not rescued': lost && back && !rescuedByRevert,
    'it was out again, which is not told': againMs > 0 && again === undefined,
    'it was not out again for so long': again !== undefined && again.lowMs > (lost ? Infinity : againMs),
    'it was out again for longer': !lost && againMs > (again?.highMs ?? Infinity),
  };
  const found = Object.entries(wrong).filter(([, isWrong]) => isWrong);
  return found.map(([what]) => `${what}: ${lowMs} to ${highMs}, true ${lost ? 'none' : trueMs}`);
}
