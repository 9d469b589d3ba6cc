import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrillError } from '../core/error.ts';
import { waitFor } from '../core/wait.ts';
import { lastLines } from './command.ts';
import type { Program, ToolContext } from './recipe.ts';
import { plantSeed } from './seed.ts';

export type Role = 'controller' | 'broker';
export type Server = Program & { readonly seed: string };

export const nodeIds = { broker: 1, controller: 101 } as const;

const WITHIN_MS = 120_000;

export interface RehearsalOptions {
  readonly server: Server;
  readonly role: Role;
  /** Made, with everything of the node in it. */
  readonly directory: string;
  /** Where it writes down at its end which classes it has loaded. */
  readonly archive: string;
  /** Lines of its config, without its directory. */
  readonly properties: readonly string[];
}

/** Starts a node that archives its classes when it is ended. */
export async function startRehearsal(cx: ToolContext, options: RehearsalOptions): Promise<Rehearsal> {
  const { server, role, directory, archive, properties } = options;
  const data = join(directory, 'data');
  const log = join(directory, 'log');
  const config = join(directory, 'server.properties');
  await mkdir(data, { recursive: true });
  await plantSeed(server.seed, data, {
    'cluster.id': 'AAAAAAAAAAAAAAAAAAAAAQ',
    'node.id': String(nodeIds[role]),
    'directory.id': role === 'broker' ? 'AAAAAAAAAAAAAAAAAAAAZQ' : 'AAAAAAAAAAAAAAAAAAAAZg',
  });
  await writeFile(config, [...properties, `log.dirs=${data}`].join('\n'));
  const output = openSync(log, 'a');
  const args = [`-XX:ArchiveClassesAtExit=${archive}`, ...(server.args ?? []), config];
  const env = { ...cx.env, ...server.env };
  const child = spawn(server.path, args, { cwd: directory, env, stdio: ['ignore', output, output] });
  closeSync(output);
  child.on('error', () => undefined);
  return new Rehearsal(cx, { child, log, role });
}

/** A node that runs. Disposing it kills it. */
export class Rehearsal implements AsyncDisposable {
  readonly #signal: AbortSignal | undefined;
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #role: Role;

  constructor(
    { signal }: ToolContext,
    { child, log, role }: { readonly child: ChildProcess; readonly log: string; readonly role: Role },
  ) {
    this.#signal = signal;
    this.#child = child;
    this.#log = log;
    this.#role = role;
  }

  /** Resolves when it says that it has started. Throws TOOL_BROKEN with its last lines if it ends. */
  async untilUp(): Promise<void> {
    const ask = async (): Promise<true | undefined> => {
      const text = await readFile(this.#log, 'utf8');
      if (text.includes('Kafka Server started')) return true;
      if (this.#isRunning()) return undefined;
      throw new DrillError('TOOL_BROKEN', `the ${this.#role} ended: ${lastLines(text)}`);
    };
    await this.#wait('start', ask);
  }

  /** SIGTERM, and wait until it is gone: the archive is written at the very end. */
  async end(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#wait('end', () => (this.#isRunning() ? undefined : true));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isRunning()) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #wait(what: string, ask: () => Promise<true | undefined> | true | undefined): Promise<void> {
    const how = { withinMs: WITHIN_MS, everyMs: 20, signal: this.#signal, what: `the ${this.#role} to ${what}` };
    await waitFor(ask, how);
  }

  #isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }
}
