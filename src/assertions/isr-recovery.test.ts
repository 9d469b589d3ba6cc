// What the readings of kafka.replication say of replicas that fell out of step, and what they leave open.
import { describe, expect, it } from 'vitest';
import type { AssertionSpec } from '../core/drill.ts';
import type { Journal, JournalEvent } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { Finding } from '../core/report.ts';
import { isrRecovery } from './isr-recovery.ts';

const killMs = 1000;
const drainMs = 40_000;

/** What is missing from when on, in order of time. */
type Story = readonly (readonly [fromMs: number, missing: Readonly<Record<string, readonly number[]>>])[];

/** Fenced 8 s after it was killed, in step again at 20 s: one partition after the other. */
const killed: Story = [
  [9000, { 'orders/0': [1], 'orders/1': [1] }],
  [19_000, { 'orders/1': [1] }],
  [20_000, {}],
];

function reading(startedMs: number, story: Story): JournalEvent {
  const missing = story.findLast(([fromMs]) => fromMs <= startedMs)?.[1] ?? {};
  const notWhole = Object.fromEntries(Object.entries(missing).map(([unit, brokers]) => [unit, { missing: brokers }]));
  const value = { isrWhole: Object.keys(missing).length === 0, notWhole } as unknown as JsonObject;
  return { type: 'probe', probe: 'kafka.replication', startedMs, value, atMs: startedMs + 20 };
}

interface Case {
  readonly story?: Story;
  readonly spec?: Partial<AssertionSpec>;
  readonly change?: (event: JournalEvent & { type: 'probe' }) => JournalEvent | undefined;
}

function judged({ story = killed, spec = {}, change = (event) => event }: Case = {}): Finding {
  const step = { type: 'step', step: 'kill', verb: 'fault', kind: 'process.kill', targets: ['broker-1'] } as const;
  const readings: JournalEvent[] = [];
  for (let startedMs = 100; startedMs < drainMs; startedMs += 100) {
    const changed = change(reading(startedMs, story) as JournalEvent & { type: 'probe' });
    if (changed !== undefined) readings.push(changed);
  }
  const events: JournalEvent[] = [
    { type: 'phase', phase: 'method', state: 'begin', atMs: killMs - 10 },
    { ...step, state: 'called', atMs: killMs - 5 },
    {
      ...step,
      state: 'confirmed',
      evidence: { summary: 'gone', facts: {}, notBeforeMs: killMs, byMs: killMs },
      atMs: killMs,
    },
    { type: 'phase', phase: 'drain', state: 'begin', atMs: drainMs },
    ...readings,
  ];
  return isrRecovery.check(
    {},
    {
      journal: { events } as unknown as Journal,
      measured: {},
      spec: {
        name: 'isrRecovery',
        kind: 'isrRecovery',
        of: [],
        since: 'kill',
        during: undefined,
        probe: { name: 'kafka.replication', kind: 'kafka.replication', params: {}, everyMs: 100, timeoutMs: 400 },
        tolerance: undefined,
        withinMs: 30_000,
        forMs: 2000,
        params: {},
        position: { file: 'x', line: 1, col: 1 },
        ...spec,
      },
    },
  );
}

const without =
  (fromMs: number, toMs: number) =>
  (event: JournalEvent & { type: 'probe' }): JournalEvent | undefined =>
    event.startedMs >= fromMs && event.startedMs < toMs ? undefined : event;

describe('isrRecovery', () => {
  it('counts from the step until the last replica is in step, and says which it was', () => {
    expect(judged()).toEqual({
      verdict: 'passed',
      expected: 'within 30.00 s every ISR is its replica set again, for 2.00 s',
      actual: 'after 18.90 s to 19.02 s; last was orders/1 without broker 1',
      because: '',
      data: { lowMs: 18_900, highMs: 19_020, shrunkAtMs: 9020, recoveredAtMs: 20_020, last: { 'orders/1': [1] } },
    });
  });

  it('does not take the seconds before a dead broker is fenced for a recovery', () => {
    expect(judged({ spec: { withinMs: 5000 } })).toMatchObject({ verdict: 'failed', because: 'it came too late' });
  });

  it('proves nothing where the limit lies within its error', () => {
    expect(judged({ spec: { withinMs: 18_950 } }).verdict).toBe('inconclusive');
    expect(judged({ change: without(19_500, 26_000), spec: { withinMs: 20_000 } }).verdict).toBe('inconclusive');
  });

  it('fails when a replica stays out of step, and names it', () => {
    expect(judged({ story: killed.slice(0, 2) })).toMatchObject({
      verdict: 'failed',
      actual: 'orders/1 without broker 1 at the end, after 38.90 s',
      data: { recoveredAtMs: null, last: { 'orders/1': [1] } },
    });
    const unwatched = { story: killed.slice(0, 2), spec: { withinMs: 60_000 } };
    expect(judged(unwatched)).toMatchObject({ verdict: 'inconclusive', because: 'it was watched for 38.90 s only' });
  });

  it('asks for a whole ISR that stays', () => {
    const flapping: Story = [...killed, [21_000, { 'orders/0': [1] }], [25_000, {}]];
    expect(judged({ story: flapping }).actual).toMatch(/^after 23\.90 s to 24\.02 s; last was orders\/0/);
    expect(judged({ story: flapping, spec: { forMs: 500 } }).actual).toMatch(/^after 18\.90 s/);
    expect(judged({ spec: { forMs: 25_000 } }).verdict).toBe('inconclusive');
  });

  it('does not take silence for a whole ISR', () => {
    const dark = judged({ change: without(20_000, drainMs) });
    expect(dark).toMatchObject({ verdict: 'inconclusive', data: { recoveredAtMs: null } });
    const gap = judged({ change: without(20_500, 23_000) });
    expect(gap.actual).toMatch(/^after 18\.90 s to 22\.02 s/);
  });

  it('holds where no ISR was seen to shrink, unless one could have done so unseen', () => {
    expect(judged({ story: [] })).toMatchObject({
      verdict: 'passed',
      actual: 'no ISR was seen to shrink in 390 readings',
    });
    expect(judged({ story: [], change: without(9000, 12_000) }).verdict).toBe('inconclusive');
  });

  it('says when it was over before the clock began', () => {
    const early: Story = [
      [200, { 'orders/0': [1] }],
      [700, {}],
    ];
    expect(judged({ story: early }).actual).toMatch(/^every ISR was whole already in \d+ readings$/);
    expect(judged({ story: early, spec: { forMs: 60_000 } })).toMatchObject({
      verdict: 'inconclusive',
      because: 'it was watched for 38.90 s only',
    });
  });

  it('needs the probe that tells of replicas', () => {
    const change = (event: JournalEvent & { type: 'probe' }) => ({ ...event, value: { isrWhole: true } });
    expect(judged({ change })).toMatchObject({ verdict: 'inconclusive', actual: 'no data' });
  });
});
