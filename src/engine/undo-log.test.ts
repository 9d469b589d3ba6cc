import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UndoRecord } from '../core/kinds.ts';
import { identityOf } from '../core/process-identity.ts';
import { createUndoLog, listRuns, openUndoLog, runsDir, sweepDrafts } from './undo-log.ts';

let home = '';
const before = process.env['XDG_STATE_HOME'];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'firedrill-undo-'));
  process.env['XDG_STATE_HOME'] = home;
});
afterEach(async () => {
  if (before === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = before;
  await rm(home, { recursive: true, force: true });
});

function record(seq: number): UndoRecord {
  return {
    v: 1,
    runId: 'r',
    seq,
    step: 'kill',
    kind: 'process.kill',
    params: {},
    targets: [],
    prior: null,
    deadlineMs: 1000,
    state: 'planned',
  };
}

async function deadProcess(): Promise<unknown> {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = identityOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

describe('the undo log', () => {
  it('keeps records in order, with their states', async () => {
    const log = await createUndoLog('r');
    await log.write(record(1));
    await log.write(record(0));
    await log.mark(1, 'injected');
    expect((await openUndoLog('r').records()).map(({ seq, state }) => [seq, state])).toEqual([
      [0, 'planned'],
      [1, 'injected'],
    ]);
    expect((await readdir(join(runsDir(), 'r'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('knows its owner while it lives, and not after it', async () => {
    const log = await createUndoLog('r');
    expect(await openUndoLog('r').livingOwner()).toMatchObject({ pid: process.pid });
    await writeFile(join(runsDir(), 'r', 'owner.json'), JSON.stringify(await deadProcess()));
    expect(await log.livingOwner()).toBeUndefined();
    await writeFile(join(runsDir(), 'r', 'owner.json'), JSON.stringify({ ...identityOf(process.pid), startTime: '1' }));
    expect(await log.livingOwner()).toBeUndefined();
  });

  it('is never there without its owner, whoever looks', async () => {
    const seen = new Set<unknown>();
    let over = false;
    const look = async (): Promise<void> => {
      while (!over) for (const runId of await listRuns()) seen.add((await openUndoLog(runId).livingOwner())?.pid);
    };
    const looking = look();
    for (let n = 0; n < 30; n++) await createUndoLog(`r${n}`);
    over = true;
    await looking;
    expect([...seen]).toEqual([process.pid]);
  });

  it('that was only begun by a process that died is swept away, and no other', async () => {
    const dead = (await deadProcess()) as { readonly pid: number };
    for (const pid of [dead.pid, process.pid]) await mkdir(join(runsDir(), `.${pid}-other`), { recursive: true });
    await createUndoLog('r');
    await sweepDrafts();
    expect((await readdir(runsDir())).sort()).toEqual([`.${process.pid}-other`, 'r']);
    expect(await listRuns()).toEqual(['r']);
  });

  it('that cannot be written says where, and what that means', async () => {
    await writeFile(join(process.env['XDG_STATE_HOME'] ?? '', 'firedrill'), 'a file');
    await expect(createUndoLog('r')).rejects.toMatchObject({
      code: 'JOURNAL_FAILED',
      at: runsDir(),
      hint: expect.stringContaining('nothing is injected'),
    });
  });

  it('gives an undo to one claimant only', async () => {
    const log = await createUndoLog('r');
    await log.write(record(0));
    expect(await Promise.all([log.claim(0), openUndoLog('r').claim(0), openUndoLog('r').claim(0)])).toEqual(
      expect.arrayContaining([true, false, false]),
    );
    await log.release(0);
    expect(await log.claim(0)).toBe(true);
  });

  it('says once that a run was interrupted', async () => {
    const log = await createUndoLog('r');
    expect(await Promise.all([log.markInterrupted(), openUndoLog('r').markInterrupted()])).toEqual(
      expect.arrayContaining([true, false]),
    );
    expect(await log.markInterrupted()).toBe(false);
    await log.remove();
    await expect(log.markInterrupted()).rejects.toThrow('ENOENT');
  });

  it('takes a claim over from a process that died', async () => {
    const log = await createUndoLog('r');
    await log.write(record(0));
    await writeFile(join(runsDir(), 'r', 'undo-0000.claim'), JSON.stringify(await deadProcess()));
    expect(await log.claim(0)).toBe(true);
    expect(await openUndoLog('r').claim(0)).toBe(false);
  });

  it('is forgotten whole', async () => {
    const log = await createUndoLog('r');
    await log.write(record(0));
    expect(await listRuns()).toEqual(['r']);
    await log.remove();
    expect(await listRuns()).toEqual([]);
  });
});
