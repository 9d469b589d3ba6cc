import { describe, expect, it } from 'vitest';
import type { EventBody, RunStarted } from '../../core/journal.ts';
import { describeEvent } from './event-lines.ts';

const said = (event: EventBody): string | undefined => describeEvent({ ...event, atMs: 0 })?.text;
const run = { type: 'run', runId: 'r-1', runtime: 'attach', target: 'staging', seed: 7 } as unknown as RunStarted;

describe('a run on a cluster of somebody’s own', () => {
  it('is said to be on its target: nothing is called attach there', () => {
    expect(said(run)).toBe('run r-1 on target staging, seed 7');
    expect(said({ ...run, runtime: 'local', target: undefined })).toBe('run r-1 on local, seed 7');
  });

  it('says of a phase what its engine says of it', () => {
    expect(said({ type: 'phase', phase: 'preflight', state: 'begin', note: 'it is looked at' })).toBe(
      'preflight: it is looked at',
    );
  });

  it('does nothing to it in a pause', () => {
    const pause = { type: 'step', step: 'watch', verb: 'pause', kind: 'pause', targets: [] } as const;
    expect(said({ ...pause, state: 'called' })).toBe('step watch: waiting, and nothing is done');
  });
});
