import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../core/clock.ts';
import type { JournalEvent } from '../core/journal.ts';
import { findMountIsolation } from '../toolchain/mount-isolation.ts';
import { openJournal } from './writer.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-journal-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('a journal', () => {
  it('holds every event, stamped, in order, and tells each to who listens', async () => {
    const heard: JournalEvent[] = [];
    const journal = openJournal(dir, createClock(), { onEvent: (event) => heard.push(event) });
    for (let n = 0; n < 500; n++) journal.write({ type: 'mark', mark: `+${n}`, source: 's', detail: 'ü\n' });
    await journal.close();
    const lines = (await readFile(join(dir, 'events.ndjson'), 'utf8')).trimEnd().split('\n');
    const written = lines.map((line) => JSON.parse(line) as JournalEvent);
    expect(written).toEqual(heard);
    expect(written).toHaveLength(500);
    expect(written.every(({ atMs }, n) => atMs >= (written[n - 1]?.atMs ?? 0))).toBe(true);
    expect(journal.failure()).toBeUndefined();
  });

  it('takes nothing that comes after its end for a failure', async () => {
    const journal = openJournal(dir, createClock());
    journal.write({ type: 'end', status: 'completed' });
    const closing = journal.close();
    journal.write({ type: 'probe', probe: 'late', startedMs: 0, value: 1 });
    await closing;
    expect(journal.failure()).toBeUndefined();
    expect(await readFile(join(dir, 'events.ndjson'), 'utf8')).not.toContain('late');
  });
});

describe('a disk without room', () => {
  it('is told once, and never thrown', async () => {
    await symlink('/dev/full', join(dir, 'events.ndjson'));
    const told: string[] = [];
    const journal = openJournal(dir, createClock(), { onFailure: ({ code, hint }) => told.push(`${code} ${hint}`) });
    for (let n = 0; n < 50; n++) journal.write({ type: 'mark', mark: '+x', source: 's', detail: '' });
    await journal.close();
    journal.write({ type: 'end', status: 'interrupted' });
    expect(told).toEqual([expect.stringMatching(/^JOURNAL_FAILED Make room on the disk/)]);
    expect(journal.failure()?.message).toMatch(/no space left on device/);
  });

  it('is told also when there is no such folder', async () => {
    const journal = openJournal(join(dir, 'nothing'), createClock());
    journal.write({ type: 'end', status: 'completed' });
    await journal.close();
    expect(journal.failure()).toMatchObject({ code: 'JOURNAL_FAILED', message: /ENOENT/ });
  });

  it('makes the run inconclusive, with exit 6, and does not hide that it was undone', async ({ skip }) => {
    const isolation = await findMountIsolation({ env: process.env, signal: AbortSignal.timeout(10_000) });
    skip(isolation === undefined, 'no mount namespaces here: a disk of its own cannot be had');
    const mountIt = 'mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"';
    const program = join(import.meta.dirname, '../../test/journal-on-full-disk.ts');
    const [command = '', ...args] = [
      ...(isolation?.argv ?? []),
      'sh',
      '-c',
      mountIt,
      dir,
      process.execPath,
      program,
      dir,
    ];
    const printed: unknown = JSON.parse(execFileSync(command, args, { encoding: 'utf8' }));
    expect(printed).toMatchObject({
      told: ['JOURNAL_FAILED'],
      verdict: 'inconclusive',
      exit: 6,
      cluster: 'restored',
      status: 'interrupted',
      problems: expect.arrayContaining(['JOURNAL_FAILED']) as unknown,
      // What the verdict rests on is kept in memory; of a thousand readings after it, none.
      keptLate: 0,
    });
    expect((printed as { kept: number }).kept).toBeGreaterThan(3);
  });
});
