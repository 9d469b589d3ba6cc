// events.ndjson: every event in order, stamped when it is written. Writing never throws: what could not be written is
// remembered, and the run says so.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Clock } from '../core/clock.ts';
import { DrillError } from '../core/error.ts';
import type { EventBody, JournalEvent, JournalSink } from '../core/journal.ts';

export interface OpenJournal extends JournalSink {
  /** Resolves when everything is on its way to the disk, or when it is known that it cannot be. */
  close(): Promise<void>;
  /** Why the journal is not whole, if it is not. */
  failure(): DrillError | undefined;
  /** Events that are not in the file, in order: all that came after it could not be written any more. */
  unwritten(): readonly JournalEvent[];
}

export interface JournalOptions {
  /** Hears every event, whether it could be written or not. */
  readonly onEvent?: (event: JournalEvent) => void;
  /** Called once, when the first write has failed. */
  readonly onFailure?: (failure: DrillError) => void;
}

export function openJournal(dir: string, clock: Clock, options: JournalOptions = {}): OpenJournal {
  const file = join(dir, 'events.ndjson');
  const stream = createWriteStream(file);
  let failure: DrillError | undefined;
  // On their way to the disk, the oldest first.
  const pending: JournalEvent[] = [];
  const done = finished(stream).catch((cause: Error) => {
    failure = new DrillError('JOURNAL_FAILED', `the journal could not be written: ${cause.message}`, {
      at: file,
      hint: 'Make room on the disk that holds it. What happened after that is not recorded.',
      cause,
    });
    options.onFailure?.(failure);
  });
  return {
    write: (body: EventBody) => {
      const event: JournalEvent = { atMs: clock.nowMs(), ...body };
      pending.push(event);
      const written = (error?: Error | null): void => {
        if (!error) pending.shift();
      };
      if (failure === undefined) stream.write(`${JSON.stringify(event)}\n`, written);
      options.onEvent?.(event);
    },
    close: async () => {
      stream.end();
      await done;
    },
    failure: () => failure,
    unwritten: () => pending,
  };
}
