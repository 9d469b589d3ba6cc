import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendRollback } from './append.ts';
import { readJournal } from './reader.ts';

const rollback = { at: '2026-11-21T14:00:00Z', by: 'somebody', done: ['all'], failures: [], removed: true };
let dir = '';
let file = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-append-'));
  file = join(dir, 'events.ndjson');
  const events = [
    { type: 'run', v: 1, runId: 'r', atMs: 0 },
    { type: 'phase', phase: 'method', state: 'begin', atMs: 17.5 },
  ];
  await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
});
afterEach(() => rm(dir, { recursive: true }));

describe('a rollback', () => {
  it('stands at the end of the journal, at the moment of the last event', async () => {
    await appendRollback(dir, rollback);
    const { events } = await readJournal(dir);
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toEqual({ type: 'rolledBack', atMs: 17.5, ...rollback });
  });

  it('takes the place of a line that was cut off when the process was killed', async () => {
    await appendFile(file, '{"atMs":20,"type":"pro');
    await appendRollback(dir, rollback);
    expect((await readJournal(dir)).events.map(({ type }) => type)).toEqual(['run', 'phase', 'rolledBack']);
    expect(await readFile(file, 'utf8')).toMatch(/\n$/);
  });

  it('cannot be kept where there is no journal', async () => {
    await rm(file);
    await expect(appendRollback(dir, rollback)).rejects.toThrow('ENOENT');
  });
});
