import type { Clock } from '../core/clock.ts';
import type { Outcome } from '../core/outcome.ts';

/** What became of an operation that was sent, with the reason when it was not ok: `READONLY`, `TIMEOUT`, `503`. */
export interface Settlement {
  readonly outcome: Exclude<Outcome, 'notSent'>;
  readonly errorCode?: string | undefined;
}

export const OK: Settlement = { outcome: 'ok' };
export const TIMED_OUT: Settlement = { outcome: 'unknown', errorCode: 'TIMEOUT' };

/** One operation under way, as its client sees it. */
export interface Operation {
  /** Index into the units. */
  readonly unit: number;
  /** Its number within the unit, and its value id in a ledger. */
  readonly i: number;
  /** When it is settled at the latest, on the run's clock. */
  readonly expiresMs: number;
  /** Aborted when the deadline passes: the client then gives up whatever it waits on. */
  readonly signal: AbortSignal;
  /** What it is recorded as if the deadline passes; `TIMED_OUT` unless the client says otherwise. */
  expiresAs: Settlement;
  /** For clients that connect first: the command is written now, and from here it may be applied. */
  writing(): void;
}

export interface OperationStart {
  readonly unit: number;
  readonly i: number;
  readonly dueMs: number;
  readonly deadlineMs: number;
  readonly clock: Clock;
}

/** The loop's side of an operation: it also knows when it was due and sent, and can be given up. */
export class PendingOperation implements Operation {
  readonly unit: number;
  readonly i: number;
  readonly dueMs: number;
  readonly expiresMs: number;
  /** When it was handed to its client: a wait for a connection is part of what the operation took. */
  readonly sentMs: number;
  expiresAs: Settlement = TIMED_OUT;
  #abort: AbortController | undefined;
  #aborted = false;

  constructor(start: OperationStart) {
    this.unit = start.unit;
    this.i = start.i;
    this.dueMs = start.dueMs;
    this.sentMs = start.clock.nowMs();
    this.expiresMs = this.sentMs + start.deadlineMs;
  }

  /** Made when it is asked for: most operations never need one. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#aborted) this.#abort.abort();
    return this.#abort.signal;
  }

  writing(): void {
    if (!this.#aborted) this.expiresAs = TIMED_OUT;
  }

  abort(): void {
    this.#aborted = true;
    this.#abort?.abort();
  }
}
