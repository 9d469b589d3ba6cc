// The talk with a program from its hello to its end: docs/bring-your-own-client.md says what may be said when.
import { DrillError, type ErrorDetails } from '../core/error.ts';
import type { AddressRow } from '../core/node.ts';
import { formatMs } from '../core/units.ts';
import { type ClockOffset, ProgramClock } from './command-clock.ts';
import { type Ending, Program, type ProgramOptions } from './command-program.ts';
import {
  type HelloLine,
  type OperationLine,
  PROTOCOL_VERSION,
  parseProgramLine,
  type ReadLine,
  type StartOrder,
} from './command-protocol.ts';

/** Further ones are counted. */
const toldMistakes = 3;

export interface ConversationOptions extends Omit<ProgramOptions, 'onLine'> {
  readonly workload: string;
  readonly originNs: bigint;
  /** Throws an Error that says what is wrong with the line. */
  onOperation(line: OperationLine): void;
  onRead(line: ReadLine): void;
  /** The talk goes on, and what it measures proves nothing. */
  onProblem(error: DrillError): void;
}

export class Conversation implements AsyncDisposable {
  readonly ended: Promise<Ending>;
  readonly clock: ProgramClock;
  /** Lines that were not understood. */
  mistakes = 0;
  hasEnded = false;
  readonly #options: ConversationOptions;
  readonly #program: Program;
  readonly #hello = Promise.withResolvers<HelloLine>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #readBackDone = Promise.withResolvers<void>();
  #silent = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#program = new Program({
      ...options,
      onLine: (text, number, arrivedNs) => this.#receive(text, number, arrivedNs),
    });
    this.ended = this.#program.ended;
    void this.ended.then(() => {
      this.hasEnded = true;
    });
    this.clock = new ProgramClock(options.originNs, (line) => this.#program.send(line));
  }

  async hello(withinMs: number, signal: AbortSignal): Promise<HelloLine> {
    const hello = await this.#expect(this.#hello.promise, { what: 'its hello', withinMs, signal });
    if (hello.firedrill === PROTOCOL_VERSION) return hello;
    throw this.error(`it speaks version ${hello.firedrill} of the protocol, and this is version ${PROTOCOL_VERSION}`);
  }

  handshake(withinMs: number, signal: AbortSignal): Promise<ClockOffset> {
    return this.#expect(this.clock.handshake(), { what: 'an answer to "clock"', withinMs, signal });
  }

  start(order: StartOrder): void {
    this.#program.send({ start: order });
  }

  /** Resolves when the program says that it has stopped, or exits with code 0. */
  async stop(withinMs: number): Promise<void> {
    this.#program.send({ stop: true });
    const ended = this.ended.then(async (ending) => {
      if (!ending.clean) throw await this.obituary('it ended while it stopped', ending);
    });
    await this.#within(Promise.race([this.#stopped.promise, ended]), { what: '"stopped"', withinMs });
  }

  async readBack(addresses: readonly AddressRow[], withinMs: number): Promise<void> {
    this.#program.send({ readBack: { withinMs, addresses } });
    await this.#expect(this.#readBackDone.promise, { what: '"readBackDone"', withinMs });
  }

  error(message: string, details: ErrorDetails = {}): DrillError {
    return new DrillError('WORKLOAD_FAILED', message, { at: `workload ${this.#options.workload}`, ...details });
  }

  /** It ended when it should not have: with what it last said on its stderr. */
  async obituary(message: string, { how }: Ending): Promise<DrillError> {
    const words = await this.#program.lastWords();
    const hint = `all that it wrote on standard error is in ${this.#options.logFile}`;
    return this.error(`${message} (${how}${words === '' ? '' : `: ${words}`})`, words === '' ? {} : { hint });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  #receive(text: string, number: number, arrivedNs: bigint): void {
    try {
      this.#take(text, arrivedNs);
    } catch (error) {
      this.mistakes += 1;
      if (this.mistakes > toldMistakes) return;
      const why = error instanceof Error ? error.message : String(error);
      const at = `workload ${this.#options.workload}, line ${number} of its output`;
      const hint = 'standard output is for the protocol alone; everything else belongs on standard error';
      this.#options.onProblem(this.error(`not understood: ${why}: ${text.slice(0, 200)}`, { at, hint }));
    }
  }

  #take(text: string, arrivedNs: bigint): void {
    const line = parseProgramLine(text);
    if ('firedrill' in line) this.#hello.resolve(line);
    else if ('clock' in line) this.clock.answer(line, arrivedNs);
    else if ('stopped' in line) this.#stop();
    else if ('read' in line) this.#options.onRead(line);
    else if ('readBackDone' in line) this.#readBackDone.resolve();
    else if ('problem' in line) this.#options.onProblem(this.error(`it reports: ${line.problem}`));
    else if (this.#silent) throw new Error('an operation after "stopped"');
    else this.#options.onOperation(line);
  }

  #stop(): void {
    this.#silent = true;
    this.#stopped.resolve();
  }

  /** A program that ends instead is not waited for. */
  #expect<T>(answer: Promise<T>, wait: Wait): Promise<T> {
    const ended = this.ended.then(async (ending) => {
      throw await this.obituary(`it ended before ${wait.what}`, ending);
    });
    return this.#within(Promise.race([answer, ended]), wait);
  }

  async #within<T>(answer: Promise<T>, { what, withinMs, signal }: Wait): Promise<T> {
    const giveUp = Promise.withResolvers<never>();
    const interrupt = (): void => giveUp.reject(new DrillError('INTERRUPTED', `interrupted while waiting for ${what}`));
    const late = this.error(`waited ${formatMs(withinMs)} in vain for ${what}`);
    const timer = setTimeout(() => giveUp.reject(late), withinMs);
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      return await Promise.race([answer, giveUp.promise]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
    }
  }
}

interface Wait {
  readonly what: string;
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}
