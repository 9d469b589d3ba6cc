// A program that we start: lines in, lines out, and an end that it cannot refuse.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup } from '../core/process-group.ts';
import type { FiredrillLine } from './command-protocol.ts';

const longestLine = 1024 * 1024;
const lastLines = 4;
const patienceMs = 2000;

export interface ProgramOptions {
  readonly run: readonly [string, ...string[]];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Where its stderr goes. */
  readonly logFile: string;
  /** A line of its output; `number` counts from 1, `arrivedNs` is CLOCK_MONOTONIC. */
  onLine(text: string, number: number, arrivedNs: bigint): void;
}

/** How a program ended: `exit code 1`, `SIGKILL`, or why it could not be started. */
export type Ending = { readonly how: string; readonly clean: boolean };

export class Program implements AsyncDisposable {
  readonly ended: Promise<Ending>;
  readonly #options: ProgramOptions;
  readonly #child: ChildProcess;
  #rest = '';
  #lines = 0;

  constructor(options: ProgramOptions) {
    this.#options = options;
    const log = openSync(options.logFile, 'w');
    try {
      const [file, ...args] = options.run;
      this.#child = spawn(file, args, {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        detached: true,
        stdio: ['pipe', 'pipe', log],
      });
    } finally {
      closeSync(log);
    }
    this.ended = endingOf(this.#child);
    // It may end before it has read what we say: that is seen by its end.
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#receive(chunk));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(line: FiredrillLine): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(`${JSON.stringify(line)}\n`);
  }

  /** The last lines of its stderr, for an error. */
  async lastWords(): Promise<string> {
    await using file = await open(this.#options.logFile);
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, 2000));
    await file.read(buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer
      .toString()
      .split('\n')
      .map((line) => line.trim());
    return lines
      .filter((line) => line !== '')
      .slice(-lastLines)
      .join(' | ');
  }

  /** The end of its input tells it to exit; then SIGTERM, then SIGKILL, to all that is in its process group. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const ended = await Promise.race([this.ended, sleep(patienceMs, undefined, { ref: false })]);
      if (ended !== undefined) return;
      if (this.pid !== undefined) signalGroup(this.pid, signal);
    }
    await this.ended;
  }

  #receive(chunk: string): void {
    const arrivedNs = process.hrtime.bigint();
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#options.onLine(line, ++this.#lines, arrivedNs);
    // Still no JSON when its end comes, and no more memory until then.
    if (this.#rest.length > longestLine) this.#rest = this.#rest.slice(0, longestLine);
  }
}

/** Ends with its output, so that no line of it is missed, and not much later: what it left running may keep that open. */
function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: `it could not be started: ${error.message}`, clean: false }));
    child.once('exit', () => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      setTimeout(() => child.stdout?.destroy(), patienceMs).unref();
    });
    child.once('close', (code, signal) => resolve({ how: signal ?? `exit code ${code}`, clean: code === 0 }));
  });
}
