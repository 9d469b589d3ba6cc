// A run's folder → what the judge reads. A last line that a crash cut off is left out, and counted for operations.
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DrillError } from '../core/error.ts';
import type { Journal, JournalEvent, RunStarted } from '../core/journal.ts';
import type { Ops, OpsHeader, ReadBack } from '../core/outcome.ts';
import { createOpsColumns } from './ops-columns.ts';
import type { ReadBackHeader } from './ops-format.ts';

/** Throws JOURNAL_FAILED when there is no journal in the folder. */
export async function readJournal(dir: string): Promise<Journal> {
  const events = await readEvents(join(dir, 'events.ndjson'));
  const run = events.find((event): event is JournalEvent & RunStarted => event.type === 'run');
  if (run === undefined) {
    throw new DrillError('JOURNAL_FAILED', 'there is no recorded run here', {
      at: dir,
      hint: 'Name a folder under reports/ that holds events.ndjson.',
    });
  }
  const opsDir = join(dir, 'ops');
  const names = await readdir(opsDir).catch(() => []);
  const ops: Record<string, Ops> = {};
  const readBacks: Record<string, readonly ReadBack[]> = {};
  for (const name of names.toSorted()) {
    if (name.endsWith('.read.ndjson'))
      readBacks[basename(name, '.read.ndjson')] = await readReadBacks(join(opsDir, name));
    else if (name.endsWith('.ndjson')) {
      const read = await readOps(join(opsDir, name));
      if (read !== undefined) ops[basename(name, '.ndjson')] = read;
    }
  }
  return { run, events, ops, readBacks };
}

async function readEvents(file: string): Promise<readonly JournalEvent[]> {
  const events: JournalEvent[] = [];
  await eachLine(file, (line) => {
    const event = parseLine<JournalEvent>(line);
    if (event !== undefined) events.push(event);
  });
  return events;
}

async function readOps(file: string): Promise<Ops | undefined> {
  let header: OpsHeader | undefined;
  let columns: ReturnType<typeof createOpsColumns> | undefined;
  let truncatedLines = 0;
  await eachLine(file, (line) => {
    if (columns === undefined) {
      header = parseLine<OpsHeader>(line);
      columns = createOpsColumns();
      return;
    }
    const row = parseLine<readonly (number | string | null)[]>(line);
    if (row === undefined) truncatedLines++;
    else columns.add(row);
  });
  return header === undefined || columns === undefined ? undefined : { header, truncatedLines, ...columns.finish() };
}

async function readReadBacks(file: string): Promise<readonly ReadBack[]> {
  const copies: { header: ReadBackHeader; values: number[] }[] = [];
  await eachLine(file, (line) => {
    const item = parseLine<ReadBackHeader | readonly number[]>(line);
    if (item === undefined) return;
    if (Array.isArray(item)) for (const value of item) copies.at(-1)?.values.push(value);
    else copies.push({ header: item as ReadBackHeader, values: [] });
  });
  return copies.map(({ header, values }) => ({ ...header, values: Uint32Array.from(values) }));
}

function parseLine<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}

/** Lines without their ends; an unfinished last one is told too. */
async function eachLine(file: string, heard: (line: string) => void): Promise<void> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') heard(line);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (rest !== '') heard(rest);
}
