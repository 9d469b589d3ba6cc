import { describe, expect, it } from 'vitest';
import type { Journal, JournalEvent } from '../core/journal.ts';
import { steadyAgainAt, steadyStateAgain } from './hypothesis.ts';

const position = { file: 'x.drill.yaml', line: 3, col: 5 };
const timing = { recoveryWithinMs: 60_000, heldForMs: 5000 };
const run = {
  type: 'run',
  drill: {
    timing,
    steadyStateHypothesis: {
      title: '',
      probes: [{ name: 'p', position, tolerance: { fields: { primaries: { op: 'equals', value: 1 } } } }],
    },
  },
};
const fault = { type: 'step', step: 'kill', verb: 'fault', kind: 'process.kill', targets: [] } as const;

/** Hurt, reverted at 10 s at the latest, steady again since 11 s, and watched until `untilMs`. */
function journal(untilMs: number, more: readonly JournalEvent[] = []): Journal {
  const events: JournalEvent[] = [
    { ...fault, state: 'called', atMs: 1000 },
    { ...fault, state: 'confirmed', atMs: 1001 },
    ...more,
    { type: 'phase', phase: 'recovery', state: 'begin', atMs: 10_000 },
    reading(10_900, 0),
    reading(10_990, 1),
    { type: 'steadyAgain', notBeforeMs: 10_900, byMs: 11_000, atMs: untilMs },
    { type: 'phase', phase: 'recovery', state: 'end', atMs: untilMs },
  ];
  return { run, events, ops: {}, readBacks: {} } as unknown as Journal;
}

const reading = (startedMs: number, primaries: number): JournalEvent => {
  return { type: 'probe', probe: 'p', startedMs, value: { primaries }, atMs: startedMs + 10 };
};

/** A step that took its time followed the revert. */
const revertedAt = (ms: number): readonly JournalEvent[] => [
  { ...fault, state: 'revertCalled', atMs: ms },
  { ...fault, state: 'reverted', atMs: ms + 50 },
];

describe('the steady state after a drill', () => {
  it('was back when the readings say so, not when the runner began to wait for it', () => {
    const whole = journal(16_000, [...revertedAt(2000), reading(2100, 1)]);
    const events = whole.events.filter((event) => event.type !== 'probe' || event.startedMs < 10_000);
    const steady = { ...whole, events };
    expect(steadyAgainAt(steady)).toEqual({ lowMs: 2000, highMs: 2110 });
    expect(steadyStateAgain(steady)).toMatchObject([{ data: { notBeforeMs: 2000, byMs: 2110 } }]);
    expect(steadyAgainAt({ ...steady, events: events.filter(({ type }) => type !== 'steadyAgain') })).toBeUndefined();
  });

  it('is back once it has held for as long as it must', () => {
    expect(steadyStateAgain(journal(16_000))).toMatchObject([
      { verdict: 'passed', actual: '900 ms to 1.00 s', position },
    ]);
  });

  it('counts from the revert, whatever was done between that and the wait for it', () => {
    expect(steadyStateAgain(journal(16_000, revertedAt(2000)))).toMatchObject([
      { verdict: 'passed', actual: '8.85 s to 9.00 s', data: { lowMs: 8850, highMs: 9000 } },
    ]);
    const early = [...revertedAt(2000), reading(4000, 0), reading(4100, 1)];
    const all = journal(16_000, early);
    const steady = {
      ...all,
      events: all.events.filter((event) => event.type !== 'probe' || event.startedMs !== 10_900),
    };
    expect(steadyStateAgain(steady)).toMatchObject([{ verdict: 'passed', actual: '1.95 s to 2.11 s' }]);
  });

  it('fails when it came after its time, although it was waited for', () => {
    const late = journal(90_000, revertedAt(2000));
    const events = late.events.map((event) =>
      event.type === 'probe' ? { ...event, startedMs: event.startedMs + 70_000, atMs: event.atMs + 70_000 } : event,
    );
    expect(steadyStateAgain({ ...late, events })).toMatchObject([{ verdict: 'failed', because: 'it came too late' }]);
  });

  it('is not said to be back by a run that was ended before that', () => {
    expect(steadyStateAgain(journal(12_100))).toMatchObject([
      { verdict: 'inconclusive', because: 'the run was ended: it was watched for 1.10 s only' },
    ]);
  });
});
