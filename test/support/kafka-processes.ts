// Brokers and controllers as plain processes, each in a directory of its own: `server.properties`, `log`, `data`.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../../src/core/wait.ts';
import type { Program } from '../../src/toolchain/recipe.ts';

const UP_WITHIN_MS = 60_000;

export class KafkaProcesses implements AsyncDisposable {
  readonly #dir: string;
  readonly #program: Program;
  readonly #processes = new Map<string, ChildProcess>();

  /** `hosts` is to be in `dir`. */
  constructor(dir: string, program: Program) {
    this.#dir = dir;
    this.#program = program;
  }

  /** Starts it with the data that it has. Does nothing when it runs. */
  start(name: string, role: 'broker' | 'controller'): void {
    if (this.#isRunning(name)) return;
    const { path, args = [], env } = this.#program;
    const own = args.map((arg) => arg.replace('{role}', role).replace('{hosts}', join(this.#dir, 'hosts')));
    const log = openSync(this.#path(name, 'log'), 'w');
    // A test that is killed takes it along.
    const withUs = ['--pdeathsig', 'KILL', path, ...own, this.#path(name, 'server.properties')];
    const child = spawn('setpriv', withUs, {
      cwd: this.#path(name, ''),
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.on('error', () => undefined);
    this.#processes.set(name, child);
  }

  /** A broker says so when it is registered, unfenced and caught up. */
  async untilUp(name: string): Promise<void> {
    const ask = async (): Promise<true | undefined> => {
      const log = await this.log(name);
      if (log.includes('Kafka Server started')) return true;
      if (this.#isRunning(name)) return undefined;
      throw new Error(`${name} ended: ${log.slice(-1000)}`);
    };
    await waitFor(ask, { withinMs: UP_WITHIN_MS, everyMs: 20, what: `${name} to start` });
  }

  /** What it has printed since its last start. */
  log(name: string): Promise<string> {
    return readFile(this.#path(name, 'log'), 'utf8');
  }

  pidOf(name: string): number | undefined {
    return this.#isRunning(name) ? this.#processes.get(name)?.pid : undefined;
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.#processes.get(name)?.kill(signal);
  }

  async kill(name: string): Promise<void> {
    const child = this.#processes.get(name);
    if (child === undefined || !this.#isRunning(name)) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((node) => this.kill(node)));
  }

  #isRunning(name: string): boolean {
    const child = this.#processes.get(name);
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  #path(name: string, file: string): string {
    return join(this.#dir, name, file);
  }
}
