import { describe, expect, it } from 'vitest';
import type { EventBody, Journal, StepState } from '../core/journal.ts';
import { momentOf, wholeRun, windowOf, windowSince } from './windows.ts';

type Stamped = EventBody & { readonly atMs: number };

function phase(name: 'method' | 'recovery' | 'drain', beginMs: number, endMs: number): Stamped[] {
  return [
    { type: 'phase', phase: name, state: 'begin', atMs: beginMs },
    { type: 'phase', phase: name, state: 'end', atMs: endMs },
  ];
}

function step(verb: 'fault' | 'action' | 'waitFor' | 'revert' | 'pause', state: StepState, atMs: number): Stamped {
  const evidence = { summary: 'seen', facts: {}, notBeforeMs: 1010, byMs: 1020 };
  const more = verb === 'fault' && state === 'confirmed' ? { evidence } : {};
  return { type: 'step', step: `a ${verb}`, verb, kind: verb, state, targets: [], atMs, ...more };
}

function journal(...events: readonly Stamped[]): Journal {
  return { run: {} as Journal['run'], events: [...phase('method', 500, 5000), ...events], ops: {}, readBacks: {} };
}

const fault = [step('fault', 'called', 1000), step('fault', 'confirmed', 1200), step('fault', 'revertCalled', 3000)];

describe('since', () => {
  it('a fault counts from when it took effect, within the error that its evidence leaves', () => {
    expect(momentOf('a fault', journal(...fault))).toMatchObject({
      notBeforeMs: 1010,
      byMs: 1020,
      revertCalledMs: 3000,
    });
  });

  it('a fault that was never proved has no clock', () => {
    expect(momentOf('a fault', journal(step('fault', 'called', 1000), step('fault', 'failed', 1100)))).toBeUndefined();
    expect(momentOf('another', journal(...fault))).toBeUndefined();
  });

  it.each(['action', 'revert'] as const)('an act (%s) counts from between its call and its end', (verb) => {
    const acted = journal(step(verb, 'called', 2000), step(verb, 'confirmed', 2400));
    expect(momentOf(`a ${verb}`, acted)).toMatchObject({ notBeforeMs: 2000, byMs: 2400 });
  });

  it.each(['waitFor', 'pause'] as const)('another step (%s) and a phase count from their begin', (verb) => {
    const waited = journal(step(verb, 'called', 2000), step(verb, 'confirmed', 2400));
    expect(momentOf(`a ${verb}`, waited)).toMatchObject({ notBeforeMs: 2000, byMs: 2000 });
    expect(momentOf('method', waited)).toMatchObject({ notBeforeMs: 500, byMs: 500 });
  });

  it('lasts until the workloads were stopped', () => {
    const run = journal(...fault, ...phase('drain', 7000, 8000));
    expect(windowSince('a fault', run)).toMatchObject({ fromMs: 1020, toMs: 7000 });
  });
});

describe('during', () => {
  it('a fault is while it was in effect, until we took it out', () => {
    expect(windowOf('a fault', journal(...fault))).toMatchObject({ fromMs: 1020, toMs: 3000 });
  });

  it('a fault that was never taken out lasts until the end', () => {
    const run = journal(...fault.slice(0, 2), ...phase('drain', 7000, 8000));
    expect(windowOf('a fault', run)).toMatchObject({ fromMs: 1020, toMs: 7000 });
  });

  it('a step or a phase is from its begin to its end', () => {
    const run = journal(
      step('pause', 'called', 2000),
      step('pause', 'confirmed', 2400),
      ...phase('recovery', 5000, 6000),
    );
    expect(windowOf('a pause', run)).toMatchObject({ fromMs: 2000, toMs: 2400 });
    expect(windowOf('recovery', run)).toMatchObject({ fromMs: 5000, toMs: 6000 });
    expect(windowOf('a fault', run)).toBeUndefined();
  });
});

it('without either, it is from the first step until the workloads were stopped', () => {
  expect(wholeRun(journal(...fault, ...phase('drain', 7000, 8000)))).toMatchObject({ fromMs: 500, toMs: 7000 });
});
