// What happens to a run after its end: the only thing that is ever added to a journal that is closed.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEvent, RolledBackEvent } from '../core/journal.ts';
import { eachLine, jsonOf } from './byte-lines.ts';

/** Adds it to the journal in `dir`, and to the disk. Throws where there is no journal, or it cannot be written. */
export async function appendRollback(dir: string, rollback: Omit<RolledBackEvent, 'type'>): Promise<void> {
  const file = join(dir, 'events.ndjson');
  await using handle = await open(file, 'r+');
  const { lastMs, tornBytes } = await endOf(file);
  const { size } = await handle.stat();
  const event: JournalEvent = { atMs: lastMs, type: 'rolledBack', ...rollback };
  // What a crash cut off is no event, and must not become a line that cannot be read.
  await handle.truncate(size - tornBytes);
  await handle.write(`${JSON.stringify(event)}\n`, size - tornBytes);
  await handle.sync();
}

async function endOf(file: string): Promise<{ readonly lastMs: number; readonly tornBytes: number }> {
  let [lastMs, tornBytes] = [0, 0];
  await eachLine(file, (line) => {
    const event = line.whole ? (jsonOf(line) as { readonly atMs?: unknown } | undefined) : undefined;
    if (typeof event?.atMs === 'number') lastMs = event.atMs;
    if (!line.whole) tornBytes = line.to - line.from;
  });
  return { lastMs, tornBytes };
}
