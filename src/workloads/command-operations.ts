// From lines of a program to operations with an outcome, each settled by its deadline.
import type { Outcome } from '../core/outcome.ts';
import { type ClockOffset, toRunMs } from './command-clock.ts';
import { type NotSentLine, type SentLine, type SettledLine, unitIndex } from './command-protocol.ts';
import type { OpsRecorder } from './open-loop-recorder.ts';

/** How long after a deadline the line that settles an operation is waited for: programs and pipes may be slow. */
const graceMs = 500;
/** A time that lies ahead by more than this was not read from the clock of the handshake. */
const aheadMs = 10;
const timeout = 'TIMEOUT';

export interface OperationsOptions {
  readonly units: readonly string[];
  readonly deadlineMs: number;
  readonly offset: ClockOffset;
  readonly recorder: Pick<OpsRecorder, 'record'>;
  /** On the run's clock. */
  nowMs(): number;
}

interface Pending {
  readonly unit: number;
  readonly dueMs: number;
  readonly sentMs: number;
  /** When no line is waited for any more. */
  readonly giveUpMs: number;
}

/**
 * Every number is sent once and settled once. Recorded intervals are wider than the program's by the error of its
 * clock at both ends, so that what is measured from them is never too good.
 */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #errorMs: number;
  readonly #used = new Numbers();
  readonly #pending = new Map<number, Pending>();
  /** Lines that settled what was settled already, by another line or by its deadline. */
  late = 0;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#errorMs = Math.ceil(options.offset.errorNs / 1000) / 1000;
  }

  /** Throws an Error that says what is wrong, as the others do. */
  sent({ sent: i, unit, at, due = at }: SentLine): void {
    const [sentMs, dueMs] = [this.#time(at), this.#time(Math.min(due, at))];
    const index = unitIndex(this.#options.units, unit);
    this.#use(i);
    const giveUpMs = Math.max(sentMs + this.#options.deadlineMs, this.#options.nowMs()) + graceMs;
    this.#pending.set(i, { unit: index, dueMs, sentMs, giveUpMs });
  }

  settled({ settled: i, outcome, code, at }: SettledLine): void {
    const settledMs = this.#time(at);
    const pending = this.#pending.get(i);
    if (pending === undefined) {
      if (!this.#used.has(i)) throw new Error(`operation ${i} was settled and never sent`);
      this.late += 1;
      return;
    }
    if (settledMs < pending.sentMs) throw new Error(`operation ${i} was settled before it was sent`);
    if (settledMs - pending.sentMs > this.#options.deadlineMs) this.#expire(i, pending);
    else this.#record(i, pending, { settledMs, outcome, errorCode: outcome === 'ok' ? undefined : code });
  }

  notSent({ notSent: i, unit, at }: NotSentLine): void {
    const atMs = this.#time(at);
    const index = unitIndex(this.#options.units, unit);
    this.#use(i);
    this.#record(i, { unit: index, dueMs: atMs, sentMs: atMs }, { settledMs: atMs, outcome: 'notSent' });
  }

  /** Settles what has passed its deadline and was waited for long enough. Lines come in order of time, nearly. */
  sweep(): void {
    const nowMs = this.#options.nowMs();
    for (const [i, pending] of this.#pending) {
      if (pending.giveUpMs > nowMs) return;
      this.#expire(i, pending);
    }
  }

  /** No line comes any more. */
  finish(): void {
    for (const [i, pending] of this.#pending) this.#expire(i, pending);
  }

  #expire(i: number, pending: Pending): void {
    const settledMs = pending.sentMs + this.#options.deadlineMs;
    this.#record(i, pending, { settledMs, outcome: 'unknown', errorCode: timeout });
  }

  #record(
    i: number,
    { unit, dueMs, sentMs }: Omit<Pending, 'giveUpMs'>,
    { settledMs, outcome, errorCode }: { settledMs: number; outcome: Outcome; errorCode?: string | undefined },
  ): void {
    this.#pending.delete(i);
    const errorMs = this.#errorMs;
    this.#options.recorder.record({
      i,
      unit,
      dueMs: dueMs - errorMs,
      sentMs: sentMs - errorMs,
      settledMs: settledMs + errorMs,
      outcome,
      errorCode,
    });
  }

  #time(atNs: number): number {
    const ms = toRunMs(atNs, this.#options.offset);
    const ahead = ms - this.#options.nowMs() - this.#errorMs;
    if (ahead > aheadMs)
      throw new Error(`"at" is ${Math.round(ahead)} ms ahead of the clock that answered the handshake`);
    return ms;
  }

  #use(i: number): void {
    if (this.#used.has(i)) throw new Error(`operation ${i} was sent twice`);
    this.#used.add(i);
  }
}

/** A gap this wide in what should count up from 0 is a mistake, and would cost memory. */
const widestGap = 1_000_000;

/** A bit for each number, in memory that grows with the highest. */
class Numbers {
  #bits = new Uint8Array(1024);
  #highest = -1;

  has(i: number): boolean {
    return ((this.#bits[Math.floor(i / 8)] ?? 0) & (1 << (i & 7))) !== 0;
  }

  add(i: number): void {
    if (i > this.#highest + widestGap)
      throw new Error(`operation ${i} after ${this.#highest}: numbers count up from 0`);
    this.#highest = Math.max(this.#highest, i);
    const at = Math.floor(i / 8);
    if (at >= this.#bits.length) {
      const grown = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (i & 7));
  }
}
