// The runner's side of a workload that has a worker of its own.
import { Worker } from 'node:worker_threads';
import { DrillError } from '../core/error.ts';
import type { LiveCounters } from '../core/journal.ts';
import type { RunningWorkload, WorkloadContext } from '../core/kinds.ts';
import type { AddressBook } from '../core/node.ts';
import { formatMs } from '../core/units.ts';
import type { FromWorker, ToWorker, WorkerContext, WorkerSetup } from './open-loop-messages.ts';

export interface WorkerOptions<D> {
  /** ``new URL(`./x-worker${extname(import.meta.url)}`, import.meta.url)``: `.ts` here, `.js` in a package. */
  readonly module: URL;
  /** Anything that can be cloned. */
  readonly data: D;
  readonly context: WorkloadContext;
  /** Reads a ledger back, on the runner's side. Left out: there is nothing to read. */
  readBack?(probes: AddressBook, withinMs: number): Promise<void>;
}

/** Resolves once the worker sends; rejects with what kept it from it. */
export async function startWorker<D>(options: WorkerOptions<D>): Promise<RunningWorkload> {
  const workload = new ThreadedWorkload(options);
  try {
    await workload.started;
    return workload;
  } catch (error) {
    await workload[Symbol.asyncDispose]();
    throw error;
  }
}

const nothingYet: LiveCounters = {
  ok: 0,
  failed: 0,
  unknown: 0,
  notSent: 0,
  lastOkMs: undefined,
  okSinceMs: undefined,
  lastBadMs: undefined,
  lastError: undefined,
};

class ThreadedWorkload<D> implements RunningWorkload {
  readonly started: Promise<void>;
  readonly #options: WorkerOptions<D>;
  readonly #worker: Worker;
  readonly #start = Promise.withResolvers<void>();
  readonly #firstOk = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  #counters = nothingYet;
  #ended = false;

  constructor(options: WorkerOptions<D>) {
    this.#options = options;
    this.#worker = new Worker(options.module, {
      name: options.context.name,
      workerData: { data: options.data, context: forWorker(options.context) } satisfies WorkerSetup<D>,
    });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) => this.#fail(crashed(options.context.name, error)));
    this.#worker.on('exit', () => this.#fail(crashed(options.context.name)));
    this.started = this.#start.promise;
    for (const each of [this.#start, this.#firstOk, this.#stopped]) each.promise.catch(() => undefined);
  }

  counters(): LiveCounters {
    return this.#counters;
  }

  async firstOk(withinMs: number): Promise<void> {
    const { name, signal } = this.#options.context;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(neverOk(name, withinMs, this.#counters)), withinMs);
      signal.addEventListener('abort', () => reject(interrupted(name)), { once: true });
      if (signal.aborted) reject(interrupted(name));
    });
    await Promise.race([this.#firstOk.promise, late]).finally(() => clearTimeout(timer));
  }

  setRate(perSecond: number): void {
    this.#send({ type: 'setRate', perSecond });
  }

  setPaused(paused: boolean): void {
    this.#send({ type: 'setPaused', paused });
  }

  async stop(): Promise<void> {
    this.#send({ type: 'stop' });
    await this.#stopped.promise;
  }

  async readBack(probes: AddressBook, withinMs: number): Promise<void> {
    await this.#options.readBack?.(probes, withinMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#stopped.reject(new DrillError('INTERRUPTED', `workload ${this.#options.context.name} was ended`));
    await this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'started':
        this.#start.resolve();
        break;
      case 'counters':
        this.#count(message.counters);
        break;
      case 'stopped':
        this.#ended = true;
        this.#count(message.counters);
        this.#stopped.resolve();
        break;
      case 'failed':
        this.#fail(new DrillError(message.error.code, message.error.message, message.error));
        void this.#worker.terminate();
        break;
    }
  }

  #count(counters: LiveCounters): void {
    this.#counters = counters;
    if (counters.ok > 0) this.#firstOk.resolve();
  }

  /** The first failure counts: what ends a worker comes as a message, an error and an exit. */
  #fail(error: DrillError): void {
    if (this.#ended) return;
    this.#ended = true;
    const { code, message, at, hint } = error;
    this.#options.context.journal.write({
      type: 'problem',
      code,
      message,
      ...(at === undefined ? {} : { at }),
      ...(hint === undefined ? {} : { hint }),
    });
    for (const each of [this.#start, this.#firstOk, this.#stopped]) each.reject(error);
  }
}

function forWorker({ name, client, runId, seed, addresses, originNs, opsFile }: WorkloadContext): WorkerContext {
  return { name, client, runId, seed, addresses, originNs, opsFile };
}

function crashed(name: string, cause?: Error): DrillError {
  const why = cause === undefined ? 'its worker ended by itself' : `its worker crashed: ${cause.message}`;
  return new DrillError('WORKLOAD_FAILED', `workload ${name}: ${why}`, { cause });
}

function neverOk(name: string, withinMs: number, { failed, unknown, notSent, lastError }: LiveCounters): DrillError {
  const tried = `${failed} failed, ${unknown} unknown, ${notSent} not sent`;
  const last = lastError === undefined ? '' : `, last error ${lastError}`;
  const message = `workload ${name}: no operation was ok within ${formatMs(withinMs)} (${tried}${last})`;
  return new DrillError('WORKLOAD_FAILED', message, {
    hint: 'check that the cluster takes writes and that the workload is pointed at it',
  });
}

function interrupted(name: string): DrillError {
  return new DrillError('INTERRUPTED', `workload ${name} was interrupted before its first ok`);
}
