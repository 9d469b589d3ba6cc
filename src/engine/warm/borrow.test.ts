import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../core/journal.ts';
import { createTrust } from './borrow.ts';

const step = (state: 'called' | 'revertFailed'): EventBody => ({
  type: 'step',
  step: 'kill',
  verb: 'fault',
  kind: 'process.kill',
  state,
  targets: [],
});
const restored = (clean: boolean): EventBody => ({ type: 'restored', clean, differences: [], moved: [] });
const undoFailed: EventBody = { type: 'problem', code: 'UNDO_FAILED', message: '' };

describe('a warm cluster after a run', () => {
  it.each<[string, boolean, readonly EventBody[]]>([
    ['that did nothing to it is kept', true, []],
    ['that left it as it was is kept', true, [step('called'), restored(true)]],
    ['that left it otherwise goes', false, [step('called'), restored(false)]],
    ['that did not come to look goes', false, [step('called')]],
    ['whose revert failed goes, whatever was seen later', false, [step('revertFailed'), restored(true)]],
    ['whose acts were not undone goes', false, [step('called'), restored(true), undoFailed]],
  ])('%s', (_, kept, events) => {
    const trust = createTrust();
    for (const event of events) trust.hear({ ...event, atMs: 0 });
    expect(trust.isKept()).toBe(kept);
  });
});
