// The open loop: operations are due by the clock, whatever became of those before, and each settles by its deadline.
import type { Clock } from '../core/clock.ts';
import { type Operation, PendingOperation, type Settlement } from './open-loop-operation.ts';
import type { OpsRecorder } from './open-loop-recorder.ts';

export interface OpenLoopOptions {
  readonly units: number;
  /** Per unit. */
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
  /** Operations that may wait at once, per unit; over it they are notSent. Default: `defaultInFlight`. */
  readonly inFlight?: number | undefined;
  readonly clock: Clock;
  readonly recorder: Pick<OpsRecorder, 'record'>;
  /** Sends one operation, without blocking. A rejection is recorded as unknown; what comes after the deadline is dropped. */
  send(operation: Operation): Promise<Settlement>;
}

export interface OpenLoop {
  /** From now on; what is under way is not touched. */
  setRate(ratePerSecond: number): void;
  /** While paused nothing is due, and nothing is caught up on afterwards. */
  setPaused(paused: boolean): void;
  /** Sends nothing more; resolves when all that is under way has settled, by the deadline at the latest. */
  stop(): Promise<void>;
}

/** Operations are sent this late on a busy machine, and then also expire late. */
const latenessMs = 50;

/** As many as come due within a deadline, with room for late ones; at most 64. */
export function defaultInFlight(ratePerSecond: number, deadlineMs: number): number {
  return Math.min(64, Math.ceil((ratePerSecond * (deadlineMs + latenessMs)) / 1000));
}

/** Starts at once: operation i of unit u is due at the start + (i + u / units) / rate. */
export function runOpenLoop(options: OpenLoopOptions): OpenLoop {
  return new RunningOpenLoop(options);
}

interface Schedule {
  /** When number `base` is due. */
  baseMs: number;
  base: number;
  next: number;
  waiting: number;
}

class RunningOpenLoop implements OpenLoop {
  readonly #options: OpenLoopOptions;
  readonly #inFlight: number;
  readonly #schedules: readonly Schedule[];
  /** In the order in which they were sent, which is that of their deadlines. */
  readonly #waiting = new Set<PendingOperation>();
  #spacingMs: number;
  #stopped = false;
  #paused = false;
  #timer: NodeJS.Timeout | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
    this.#inFlight = options.inFlight ?? defaultInFlight(options.ratePerSecond, options.deadlineMs);
    this.#schedules = Array.from({ length: options.units }, () => ({ baseMs: 0, base: 0, next: 0, waiting: 0 }));
    this.#spacingMs = 1000 / options.ratePerSecond;
    this.#rebase();
  }

  setRate(ratePerSecond: number): void {
    this.#spacingMs = 1000 / ratePerSecond;
    this.#rebase();
  }

  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#rebase();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#waiting.size > 0) {
      await new Promise<void>((resolve) => {
        const before = this.#onIdle;
        this.#onIdle = () => {
          before?.();
          resolve();
        };
      });
    }
    clearTimeout(this.#timer);
  }

  get #sending(): boolean {
    return !this.#stopped && !this.#paused;
  }

  #rebase(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#schedules.forEach((schedule, unit) => {
      schedule.baseMs = nowMs + (unit * this.#spacingMs) / this.#schedules.length;
      schedule.base = schedule.next;
    });
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#arm();
  }

  /** One timer for whatever comes first: the next one due or the next deadline. */
  #arm(): void {
    if (this.#timer !== undefined) return;
    const [oldest] = this.#waiting;
    let wakeMs = oldest?.expiresMs ?? Number.POSITIVE_INFINITY;
    if (this.#sending) for (const each of this.#schedules) wakeMs = Math.min(wakeMs, this.#dueMs(each));
    if (wakeMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#wake(), Math.max(1, Math.ceil(wakeMs - this.#options.clock.nowMs())));
  }

  /** Works after the poll phase, so that an answer that has arrived by now is not taken for a timeout. */
  #wake(): void {
    setImmediate(() => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#expire();
      if (this.#sending) for (const [unit, schedule] of this.#schedules.entries()) this.#sendDue(schedule, unit);
      this.#arm();
    });
  }

  #dueMs(schedule: Schedule): number {
    return schedule.baseMs + (schedule.next - schedule.base) * this.#spacingMs;
  }

  #sendDue(schedule: Schedule, unit: number): void {
    const { clock, deadlineMs, recorder } = this.#options;
    for (;;) {
      const [dueMs, nowMs] = [this.#dueMs(schedule), clock.nowMs()];
      if (dueMs > nowMs) return;
      const i = schedule.next++;
      if (schedule.waiting >= this.#inFlight) {
        recorder.record({ i, unit, dueMs, sentMs: nowMs, settledMs: nowMs, outcome: 'notSent' });
      } else {
        schedule.waiting += 1;
        void this.#run(new PendingOperation({ unit, i, dueMs, deadlineMs, clock }));
      }
    }
  }

  async #run(operation: PendingOperation): Promise<void> {
    this.#waiting.add(operation);
    try {
      this.#settle(operation, await this.#options.send(operation));
    } catch (error) {
      this.#settle(operation, { outcome: 'unknown', errorCode: codeOf(error) });
    }
  }

  #settle(operation: PendingOperation, { outcome, errorCode }: Settlement): void {
    const settledMs = this.#options.clock.nowMs();
    if (!this.#waiting.delete(operation)) return;
    const schedule = this.#schedules[operation.unit];
    if (schedule !== undefined) schedule.waiting -= 1;
    const { i, unit, dueMs, sentMs } = operation;
    this.#options.recorder.record({ i, unit, dueMs, sentMs, settledMs, outcome, errorCode });
    if (this.#waiting.size === 0) this.#onIdle?.();
  }

  #expire(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const operation of this.#waiting) {
      if (operation.expiresMs > nowMs) return;
      this.#settle(operation, operation.expiresAs);
      operation.abort();
    }
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'ERROR';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
