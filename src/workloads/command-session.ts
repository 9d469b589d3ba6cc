import { type Clock, createClock } from '../core/clock.ts';
import { addressEnvironment } from '../core/environment.ts';
import type { DrillError } from '../core/error.ts';
import type { LiveCounters } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { RunningWorkload, WorkloadContext } from '../core/kinds.ts';
import type { AddressBook } from '../core/node.ts';
import type { OpsHeader } from '../core/outcome.ts';
import { formatMs } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';
import { Consumption } from './command-consumption.ts';
import { Conversation } from './command-conversation.ts';
import { Operations } from './command-operations.ts';
import type { HelloLine, OperationLine } from './command-protocol.ts';
import { ReadBackLines } from './command-read-back.ts';
import { OpsRecorder } from './open-loop-recorder.ts';

const sweepEveryMs = 100;
const clockEveryMs = 1000;
/** A clock that moves by more than this during a run measures nothing. */
const clockToleranceNs = 1e6;

/** A program and what it is asked to do. */
export interface CommandParams {
  readonly run: readonly [string, ...string[]];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Per unit. */
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
  readonly units: readonly string[];
  readonly ledger: boolean;
  readonly consumes: boolean;
  readonly okMeans?: string | undefined;
  readonly startWithinMs: number;
  readonly stopWithinMs: number;
}

/** Where operations go once the program may send. */
interface Recording {
  readonly recorder: OpsRecorder;
  readonly operations: Operations | Consumption;
  readonly timers: readonly NodeJS.Timeout[];
}

/** One program, from its start to its end. */
export class CommandSession implements RunningWorkload {
  readonly #params: CommandParams;
  readonly #cx: WorkloadContext;
  readonly #clock: Clock;
  readonly #talk: Conversation;
  readonly #readBack: ReadBackLines;
  #recording: Recording | undefined;
  #stopping: Promise<void> | undefined;
  #recorded = false;
  #clockMoved = false;

  constructor(params: CommandParams, cx: WorkloadContext) {
    this.#params = params;
    this.#cx = cx;
    this.#clock = createClock(cx.originNs);
    this.#readBack = new ReadBackLines(params.units);
    this.#talk = new Conversation({
      workload: cx.name,
      run: params.run,
      cwd: params.cwd,
      env: { ...environmentOf(cx), ...params.env },
      logFile: cx.opsFile.replace(/\.ndjson$/, '.stderr.log'),
      originNs: cx.originNs,
      onOperation: (line) => this.#record(line),
      onRead: (line) => this.#readBack.add(line),
      onProblem: (error) => this.#problem(error),
    });
  }

  /** Resolves once the program has been told to send. */
  async start(): Promise<void> {
    const { startWithinMs, units, ratePerSecond, deadlineMs, consumes } = this.#params;
    const hello = await this.#talk.hello(startWithinMs, this.#cx.signal);
    this.#checkHello(hello);
    const offset = await this.#talk.handshake(startWithinMs, this.#cx.signal);
    const recorder = new OpsRecorder(this.#cx.opsFile, headerOf(this.#params, this.#cx.name, hello));
    recorder.failed.catch((error: DrillError) => this.#problem(error));
    const options = { units, deadlineMs, offset, recorder, nowMs: () => this.#clock.nowMs() };
    const operations = consumes ? new Consumption(options) : new Operations(options);
    const sweep = operations instanceof Operations ? [setInterval(() => operations.sweep(), sweepEveryMs)] : [];
    const checkClock = setInterval(() => void this.#checkClock(), clockEveryMs);
    this.#recording = { recorder, operations, timers: [...sweep, checkClock] };
    this.#write('started', { client: hello.client, clockErrorMs: offset.errorNs / 1e6 });
    this.#talk.start({ units, ratePerSecond, deadlineMs, seed: this.#cx.seed });
    void this.#watch();
  }

  counters(): LiveCounters {
    if (this.#recording === undefined) throw new Error('a program that does not send yet has no counters');
    return this.#recording.recorder.counters(this.#clock.nowMs());
  }

  async firstOk(withinMs: number): Promise<void> {
    const ask = (): true | undefined => (this.counters().ok > 0 ? true : undefined);
    const what = `the first ok of workload ${this.#cx.name}`;
    const ended = this.#talk.ended.then(({ how }) => {
      throw this.#talk.error(`it ended before its first ok (${how})`);
    });
    await Promise.race([waitFor(ask, { withinMs, everyMs: 10, signal: this.#cx.signal, what }), ended]);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async readBack(probes: AddressBook, withinMs: number): Promise<void> {
    const operations = this.#recording?.operations;
    if (this.#params.ledger) {
      await this.#talk.readBack(probes.rows, withinMs);
      const missing = this.#readBack.missing();
      if (missing.length > 0) throw this.#talk.error(`nothing was read back of ${missing.join(', ')}`);
    }
    // Beside the log, if it can read that: the order in which it has processed.
    if (operations instanceof Consumption) {
      for (const [at, unit] of this.#params.units.entries())
        this.#readBack.add({ read: [...operations.order(at)], unit, from: this.#cx.name, authoritative: false });
    }
    if (this.#params.ledger || this.#params.consumes) await this.#readBack.write(this.#cx.readBackFile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping ??= Promise.resolve();
    await this.#talk[Symbol.asyncDispose]();
    await this.#closeRecording().catch(() => undefined);
  }

  async #stop(): Promise<void> {
    this.#recording?.recorder.allowSilence(true);
    void this.#checkClock();
    try {
      if (!this.#talk.hasEnded) await this.#talk.stop(this.#params.deadlineMs + this.#params.stopWithinMs);
    } catch (error) {
      this.#problem(error as DrillError);
      await this.#talk[Symbol.asyncDispose]();
    }
    await this.#closeRecording();
    const { mistakes, clock } = this.#talk;
    const operations = this.#recording?.operations;
    this.#write('stopped', {
      linesNotUnderstood: mistakes,
      settledLate: operations instanceof Operations ? operations.late : 0,
      clockMovedMs: clock.movedNs / 1e6,
    });
  }

  async #closeRecording(): Promise<void> {
    if (this.#recording === undefined || this.#recorded) return;
    this.#recorded = true;
    for (const timer of this.#recording.timers) clearInterval(timer);
    this.#recording.operations.finish();
    await this.#recording.recorder.close();
  }

  #record(line: OperationLine): void {
    if (this.#recording === undefined) throw new Error('an operation before "start"');
    if (this.#recorded) throw new Error('an operation after "stopped"');
    const { operations } = this.#recording;
    if (operations instanceof Operations) {
      if ('sent' in line) operations.sent(line);
      else if ('settled' in line) operations.settled(line);
      else if ('notSent' in line) operations.notSent(line);
      else throw new Error('it reads, and the drill does not say so: set "consumes: true"');
    } else if ('sent' in line || 'settled' in line || 'notSent' in line) {
      throw new Error('it is to read, and sends: leave out "consumes"');
    } else operations.take(line);
  }

  #checkHello({ can }: HelloLine): void {
    const { ledger, consumes } = this.#params;
    if (ledger && !can.includes('readBack')) {
      const hint = 'add "can": ["readBack"] to the hello, or leave out ledger';
      throw this.#talk.error('it is to be a ledger, and its hello does not say that it can read back', { hint });
    }
    if (consumes && !can.includes('consume')) {
      const hint = 'add "can": ["consume"] to the hello, or leave out consumes';
      throw this.#talk.error('it is to read, and its hello does not say that it can consume', { hint });
    }
  }

  async #checkClock(): Promise<void> {
    const { clock } = this.#talk;
    await clock.check();
    if (clock.movedNs < clockToleranceNs || this.#clockMoved) return;
    this.#clockMoved = true;
    const message = `its clock moved by ${formatMs(clock.movedNs / 1e6)} against CLOCK_MONOTONIC`;
    this.#problem(this.#talk.error(message, { hint: 'let it take its times from a monotonic clock, in nanoseconds' }));
  }

  async #watch(): Promise<void> {
    const ending = await this.#talk.ended;
    if (this.#stopping !== undefined) return;
    this.#problem(await this.#talk.obituary('it ended by itself', ending));
  }

  #problem({ code, message, at, hint }: DrillError): void {
    const where = { ...(at === undefined ? {} : { at }), ...(hint === undefined ? {} : { hint }) };
    this.#cx.journal.write({ type: 'problem', code, message, ...where });
  }

  #write(state: 'started' | 'stopped', facts: JsonObject): void {
    this.#cx.journal.write({ type: 'workload', workload: this.#cx.name, state, facts });
  }
}

function environmentOf({ name, runId, seed, addresses }: WorkloadContext): Record<string, string> {
  const own = { FIREDRILL_RUN: runId, FIREDRILL_WORKLOAD: name, FIREDRILL_SEED: String(seed) };
  return { ...own, ...addressEnvironment(addresses) };
}

function headerOf(
  { units, ratePerSecond, deadlineMs, ledger, consumes, okMeans }: CommandParams,
  workload: string,
  { client }: HelloLine,
): OpsHeader {
  return {
    v: 1,
    workload,
    kind: 'command',
    client,
    units,
    spacingMs: 1000 / ratePerSecond,
    deadlineMs,
    ledger: ledger && !consumes,
    ...(consumes ? { records: true } : {}),
    okMeans: okMeans ?? (consumes ? 'processed' : `${client} says so`),
  };
}
