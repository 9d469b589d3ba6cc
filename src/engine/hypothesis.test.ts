import { describe, expect, it } from 'vitest';
import type { Drill } from '../core/drill.ts';
import { type SteadyResult, waitForSteady } from './hypothesis.ts';
import type { Reading, Samplers } from './samplers.ts';

const tolerance = { fields: { whole: { op: 'equals', value: 1 } } };
const drill = {
  steadyStateHypothesis: { probes: ['leaders', 'isr'].map((name) => ({ name, tolerance })) },
} as unknown as Drill;

/** Readings one after the other, each in when it says, from a wait that begins at 0. */
async function waited(readings: readonly (readonly [probe: string, fromMs: number, toMs: number, whole: 0 | 1])[]) {
  let nowMs = 0;
  const latest = new Map<string, Reading>();
  const listeners = new Set<(probe: string, reading: Reading) => void>();
  const samplers = {
    latest: (probe: string) => latest.get(probe),
    onReading: (heard: (probe: string, reading: Reading) => void) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
  } as unknown as Samplers;
  const ending = new AbortController();
  const cx = { drill, samplers, nowMs: () => nowMs, signal: ending.signal };
  let result: (SteadyResult & { readonly atMs: number }) | undefined;
  const done = waitForSteady(cx, { withinMs: 60_000, heldForMs: 1000 }).then((found) => {
    result = { ...found, atMs: nowMs };
  });
  for (const [probe, startedMs, atMs, whole] of readings) {
    nowMs = atMs;
    const reading: Reading = { ok: true, value: { whole }, startedMs, atMs };
    latest.set(probe, reading);
    for (const heard of listeners) heard(probe, reading);
    await Promise.resolve();
  }
  ending.abort();
  await done;
  return result;
}

describe('waiting for the steady state', () => {
  it('holds only once every probe was read after the last reading that deviated, as the judge counts it', async () => {
    const readings = [
      ['leaders', 100, 110, 1],
      ['isr', 120, 130, 0],
      ['isr', 220, 230, 1],
      ['leaders', 600, 610, 1],
      ['isr', 1300, 1310, 1],
      ['isr', 1650, 1660, 1],
    ] as const;
    expect(await waited(readings)).toEqual({ steady: true, notBeforeMs: 120, byMs: 610, atMs: 1660 });
  });

  it('counts from the last that deviated, also where another probe was read as deviating after it', async () => {
    const readings = [
      ['isr', 500, 510, 0],
      ['leaders', 100, 700, 0],
      ['isr', 710, 720, 1],
      ['leaders', 730, 740, 1],
      ['isr', 1800, 1810, 1],
    ] as const;
    expect(await waited(readings)).toEqual({ steady: true, notBeforeMs: 500, byMs: 740, atMs: 1810 });
  });

  it('begins anew when a probe deviates while it is held', async () => {
    const readings = [
      ['isr', 10, 20, 1],
      ['leaders', 10, 30, 1],
      ['isr', 900, 910, 0],
      ['isr', 1000, 1010, 1],
      ['leaders', 1100, 1110, 1],
    ] as const;
    expect(await waited(readings)).toMatchObject({ steady: false, because: 'the run was ended' });
  });
});
