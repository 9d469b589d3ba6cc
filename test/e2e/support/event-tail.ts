import { closeSync, openSync, readSync } from 'node:fs';
import type { JournalEvent } from '../../../src/core/journal.ts';

const chunk = Buffer.alloc(1 << 20);

/** events.ndjson as it grows. `read` returns all whole lines so far; of a file that is not there yet, none. */
export function tailEvents(file: string): { read(): readonly JournalEvent[] } {
  const events: JournalEvent[] = [];
  let offset = 0;
  let rest = '';
  return {
    read: () => {
      const added = readFrom(file, offset);
      offset += added.length;
      const lines = (rest + added.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(JSON.parse(line) as JournalEvent);
      return events;
    },
  };
}

function readFrom(file: string, offset: number): Buffer {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const parts: Buffer[] = [];
    for (let at = offset; ; ) {
      const count = readSync(fd, chunk, 0, chunk.length, at);
      if (count === 0) return Buffer.concat(parts);
      parts.push(Buffer.from(chunk.subarray(0, count)));
      at += count;
    }
  } finally {
    closeSync(fd);
  }
}
