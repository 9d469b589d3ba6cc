import { describe, expect, it } from 'vitest';
import type { Journal, JournalEvent } from '../core/journal.ts';
import { steadyStateAgain } from './hypothesis.ts';

const position = { file: 'x.drill.yaml', line: 3, col: 5 };
const timing = { recoveryWithinMs: 60_000, heldForMs: 5000 };
const run = { type: 'run', drill: { timing, steadyStateHypothesis: { title: '', probes: [{ name: 'p', position }] } } };
const fault = { type: 'step', step: 'kill', verb: 'fault', kind: 'process.kill', targets: [] } as const;

/** Hurt, reverted at 10 s, steady again since 11 s, and watched until `untilMs`. */
function journal(untilMs: number): Journal {
  const events: JournalEvent[] = [
    { ...fault, state: 'called', atMs: 1000 },
    { ...fault, state: 'confirmed', atMs: 1001 },
    { type: 'phase', phase: 'recovery', state: 'begin', atMs: 10_000 },
    { type: 'steadyAgain', notBeforeMs: 10_900, byMs: 11_000, atMs: untilMs },
    { type: 'phase', phase: 'recovery', state: 'end', atMs: untilMs },
  ];
  return { run, events, ops: {}, readBacks: {} } as unknown as Journal;
}

describe('the steady state after a drill', () => {
  it('is back once it has held for as long as it must', () => {
    expect(steadyStateAgain(journal(16_000))).toMatchObject([
      { verdict: 'passed', actual: '900 ms to 1.00 s', position },
    ]);
  });

  it('is not said to be back by a run that was ended before that', () => {
    expect(steadyStateAgain(journal(12_100))).toMatchObject([
      { verdict: 'inconclusive', because: 'the run was ended: it was watched for 1.10 s of them only' },
    ]);
  });
});
