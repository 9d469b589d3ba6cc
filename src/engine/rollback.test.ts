import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Registry } from '../core/kinds.ts';
import { rollback } from './rollback.ts';
import { createUndoLog } from './undo-log.ts';

const registry = { runtimes: new Map(), faults: new Map() } as unknown as Registry;
const options = { onProgress: () => undefined };
const before = process.env['XDG_STATE_HOME'];
let home = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'firedrill-rollback-'));
  process.env['XDG_STATE_HOME'] = home;
});
afterEach(async () => {
  if (before === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = before;
  await rm(home, { recursive: true, force: true });
});

describe('rollback', () => {
  it('does not say that it rolled back a run that there is not', async () => {
    await expect(rollback(registry, { ...options, runId: 'mistyped' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('no run "mistyped"'),
    });
  });

  it('leaves a run alone whose process lives, and says so when it is named', async () => {
    await createUndoLog('mine');
    expect(await rollback(registry, options)).toEqual([]);
    await expect(rollback(registry, { ...options, runId: 'mine' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
