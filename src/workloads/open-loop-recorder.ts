// Where operations are written down: the ops file, in batches, and the live counters.
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { DrillError } from '../core/error.ts';
import type { LiveCounters } from '../core/journal.ts';
import type { OpsHeader } from '../core/outcome.ts';
import { encodeHeader, encodeOp, type OpRecord } from '../journal/ops-format.ts';
import { Counters } from './open-loop-counters.ts';

const batchBytes = 64 * 1024;
const batchMs = 250;

/** Writes the ops file of one workload. What cannot be written is never passed over: `failed` rejects, and so does `close`. */
export class OpsRecorder {
  /** Rejects with JOURNAL_FAILED when the file cannot be written; otherwise pending until it is closed. */
  readonly failed: Promise<void>;
  readonly #stream: WriteStream;
  readonly #counters: Counters;
  readonly #timer: NodeJS.Timeout;
  #batch: string;

  constructor(file: string, header: OpsHeader) {
    const { units, spacingMs, records, deadlineMs } = header;
    const most = records === true ? { mostSilenceMs: deadlineMs } : {};
    this.#counters = new Counters({ units: units.length, spacingMs, ...most });
    this.#batch = encodeHeader(header);
    this.#stream = createWriteStream(file);
    this.failed = finished(this.#stream).catch((cause: unknown) => {
      throw new DrillError('JOURNAL_FAILED', `operations cannot be written: ${messageOf(cause)}`, {
        at: file,
        hint: 'make room on the disk that holds it, and check that the directory may be written to',
        cause,
      });
    });
    this.failed.catch(() => undefined);
    this.#timer = setInterval(() => this.#flush(), batchMs);
  }

  record(op: OpRecord): void {
    this.#counters.add(op);
    this.#batch += encodeOp(op);
    if (this.#batch.length > batchBytes) this.#flush();
  }

  /** After a change of rate, so that a silence is measured against the new one. */
  setSpacing(spacingMs: number): void {
    this.#counters.setSpacing(spacingMs);
  }

  /** While nothing is sent on purpose. */
  allowSilence(allowed: boolean): void {
    this.#counters.allowSilence(allowed);
  }

  counters(nowMs: number): LiveCounters {
    return this.#counters.read(nowMs);
  }

  /** Resolves when all that was recorded is in the file. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    this.#stream.end();
    await this.failed;
  }

  #flush(): void {
    if (this.#batch === '') return;
    if (!this.#stream.destroyed) this.#stream.write(this.#batch);
    this.#batch = '';
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
