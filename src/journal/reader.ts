// A run's folder → what the judge reads. What a crash cut off is left out, and said.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DrillError } from '../core/error.ts';
import type { Journal, JournalEvent, RunStarted } from '../core/journal.ts';
import type { Ops, ReadBack } from '../core/outcome.ts';
import { eachLine, jsonOf } from './byte-lines.ts';
import { readOps } from './ops-file.ts';
import { readReadBacks } from './read-backs.ts';

const READ_BACK = '.read.ndjson';
const OPS = '.ndjson';

/** Throws JOURNAL_FAILED when there is no journal in the folder, or one of another version. */
export async function readJournal(dir: string): Promise<Journal> {
  const events = await readEvents(join(dir, 'events.ndjson'));
  const run = runOf(events, dir);
  const opsDir = join(dir, 'ops');
  const names: readonly string[] = await readdir(opsDir).catch(() => []);
  const ops: Record<string, Ops> = {};
  const readBacks: Record<string, readonly ReadBack[]> = {};
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    const file = join(opsDir, name);
    if (name.endsWith(READ_BACK)) {
      const copies = await readReadBacks(file);
      if (copies !== undefined) readBacks[basename(name, READ_BACK)] = copies;
    } else if (name.endsWith(OPS)) {
      const read = await readOps(file);
      if (read !== undefined) ops[basename(name, OPS)] = read;
    }
  }
  return { run, events, ops, readBacks };
}

function runOf(events: readonly JournalEvent[], dir: string): JournalEvent & RunStarted {
  const run = events.find((event): event is JournalEvent & RunStarted => event.type === 'run');
  if (run === undefined) {
    throw new DrillError('JOURNAL_FAILED', 'there is no recorded run here', {
      at: dir,
      hint: 'Name a folder under reports/ that holds events.ndjson.',
    });
  }
  if (run.v !== 1) {
    throw new DrillError('JOURNAL_FAILED', `this run was recorded in version ${String(run.v)}, and 1 can be read`, {
      at: dir,
      hint: 'Judge it with the version of firedrill that recorded it.',
    });
  }
  return run;
}

/** Lines that cannot be read are a problem of the run, but for a last one without an end: every crash leaves that. */
async function readEvents(file: string): Promise<readonly JournalEvent[]> {
  const events: JournalEvent[] = [];
  let damaged = 0;
  await eachLine(file, (line) => {
    const event = jsonOf(line);
    if (isEvent(event)) events.push(event);
    else if (line.whole) damaged++;
  });
  if (damaged > 0) {
    const message = `${damaged} of its lines cannot be read`;
    events.push({ type: 'problem', atMs: events.at(-1)?.atMs ?? 0, code: 'JOURNAL_FAILED', message, at: file });
  }
  return events;
}

function isEvent(value: unknown): value is JournalEvent {
  return typeof value === 'object' && value !== null && 'type' in value && 'atMs' in value;
}
