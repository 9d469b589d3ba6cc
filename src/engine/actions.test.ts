import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionStep } from '../core/drill.ts';
import type { EventBody } from '../core/journal.ts';
import type { Action, UndoRecord } from '../core/kinds.ts';
import { type Act, runAction, undoActions } from './actions.ts';
import type { Session } from './session.ts';
import { createUndoLog, type UndoLog } from './undo-log.ts';

const homeBefore = process.env['XDG_STATE_HOME'];
let home = '';
let log: UndoLog;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'firedrill-actions-'));
  process.env['XDG_STATE_HOME'] = home;
  log = await createUndoLog('run');
});
afterEach(async () => {
  if (homeBefore === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = homeBefore;
  await rm(home, { recursive: true, force: true });
});

/** A session with one kind of act, and nothing else in it. */
function sessionWith(action: Pick<Action<unknown>, 'run' | 'revert'>): Session & { readonly events: EventBody[] } {
  const events: EventBody[] = [];
  const part = {
    runId: 'run',
    undoLog: log,
    events,
    journal: { write: (event: EventBody) => events.push(event) },
    clock: { originNs: 0n, nowMs: () => 0 },
    plan: {
      services: new Map(),
      registry: { actions: new Map([['act', { kind: 'act', needs: () => [], ...action }]]) },
    },
    cluster: { spec: { nodes: [] } },
    workloads: new Map(),
    ending: new AbortController().signal,
  };
  return part as unknown as Session & { readonly events: EventBody[] };
}

const step = (name: string): ActionStep =>
  ({
    verb: 'action',
    kind: 'act',
    name,
    params: {},
    position: { file: 'x', line: 1, col: 1 },
  }) as unknown as ActionStep;
const before = { atMs: 0, nodes: [], services: {} };
const act = (name: string, seq: number): Act => ({ step: step(name), seq, before });
const done = { summary: 'done', facts: {} };

describe('what an act leaves behind', () => {
  it('is on disk before the act, and undone once, last in first out', async () => {
    const onDisk: number[] = [];
    const undone: string[] = [];
    const session = sessionWith({
      run: async (_, cx) => {
        await cx.undoWith('mine');
        onDisk.push((await log.records()).length);
        return done;
      },
      revert: async ({ step: name, prior }: UndoRecord) => {
        undone.push(`${name} ${JSON.stringify(prior)}`);
        return done;
      },
    });
    await runAction(act('first', 0), session);
    await runAction(act('second', 1), session);
    expect(onDisk).toEqual([1, 2]);
    await undoActions(session);
    await undoActions(session);
    expect(undone).toEqual(['second "mine"', 'first "mine"']);
    expect((await log.records()).map(({ state }) => state)).toEqual(['reverted', 'reverted']);
    expect(session.events).toMatchObject([
      { step: 'second', state: 'revertCalled' },
      { step: 'second', state: 'reverted' },
      { step: 'first', state: 'revertCalled' },
      { step: 'first', state: 'reverted' },
    ]);
  });

  it('is undone with what was said last, and not at all where nothing is left', async () => {
    const undone: unknown[] = [];
    const says = ['early', 'late'];
    const session = sessionWith({
      run: async (_, cx) => {
        for (const prior of says) await cx.undoWith(prior);
        return done;
      },
      revert: async ({ prior }) => {
        undone.push(prior);
        return done;
      },
    });
    await runAction(act('act', 0), session);
    says.push(null as unknown as string);
    await runAction(act('nothing', 1), session);
    await undoActions(session);
    expect(undone).toEqual(['late']);
  });

  it('is undone of an act that threw, and stays in the log where it could not be', async () => {
    const session = sessionWith({
      run: async (_, cx) => {
        await cx.undoWith('half');
        throw new Error('broken');
      },
      revert: async () => {
        throw new Error('still broken');
      },
    });
    await expect(runAction(act('act', 0), session)).rejects.toThrow('broken');
    await expect(undoActions(session)).rejects.toMatchObject({ code: 'UNDO_FAILED', hint: 'firedrill rollback run' });
    expect((await log.records()).map(({ state }) => state)).toEqual(['failed']);
  });
});
