// events.ndjson: every event in order, stamped when it is written. Writing never throws: what could not be written is
// remembered, and the run says so.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Clock } from '../core/clock.ts';
import { DrillError } from '../core/error.ts';
import type { EventBody, Journal, JournalEvent, JournalSink } from '../core/journal.ts';

export interface OpenJournal extends JournalSink {
  /** Resolves when everything is on its way to the disk, or when it is known that it cannot be. */
  close(): Promise<void>;
  /** Why the journal is not whole, if it is not. */
  failure(): DrillError | undefined;
  /** What was read back of it, with what the disk has no room for: how the run was undone, and why it is not whole. */
  complete(read: Journal): Journal;
}

export interface JournalOptions {
  /** Hears every event, whether it could be written or not. */
  readonly onEvent?: (event: JournalEvent) => void;
  /** Called once, when the first write has failed. */
  readonly onFailure?: (failure: DrillError) => void;
}

interface Pending {
  readonly number: number;
  readonly event: JournalEvent;
}

export function openJournal(dir: string, clock: Clock, options: JournalOptions = {}): OpenJournal {
  const file = join(dir, 'events.ndjson');
  const stream = createWriteStream(file);
  let failure: DrillError | undefined;
  let count = 0;
  let closed = false;
  /** On their way to the disk, in order; after a failure they never get there. */
  const pending: Pending[] = [];
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
      // A probe that was asked before the end may answer after it: that is no part of the run.
      if (closed) return;
      const event: JournalEvent = { atMs: clock.nowMs(), ...body };
      const number = count++;
      const written = (error?: Error | null): void => {
        if (!error) pending.shift();
      };
      if (failure === undefined || !isSample(event)) pending.push({ number, event });
      if (failure === undefined) stream.write(`${JSON.stringify(event)}\n`, written);
      options.onEvent?.(event);
    },
    close: async () => {
      closed = true;
      stream.end();
      await done;
    },
    failure: () => failure,
    complete: (read) => (failure === undefined ? read : withUnwritten(read, pending, failure)),
  };
}

/** Many, and of no use without a gap before them. */
function isSample({ type }: JournalEvent): boolean {
  return type === 'probe' || type === 'heartbeat' || type === 'machine';
}

/** Of what failed to be written a part may be there: events are in the file in the order of their numbers. */
function withUnwritten(read: Journal, pending: readonly Pending[], failure: DrillError): Journal {
  const { code, message, at = '', hint = '' } = failure;
  const unwritten = pending.filter(({ number }) => number >= read.events.length).map(({ event }) => event);
  const events = [...read.events, ...unwritten];
  const atMs = events.at(-1)?.atMs ?? 0;
  return { ...read, events: [...events, { type: 'problem', atMs, code, message, at, hint }] };
}
