import { type ChildProcess, spawn } from 'node:child_process';
import { z } from 'zod';
import { addressEnvironment } from '../core/environment.ts';
import { DrillError } from '../core/error.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { signalGroup } from '../core/process-group.ts';

const keptBytes = 64 * 1024;

const params = z.strictObject({
  run: z
    .tuple([z.string().min(1)], z.string(), 'expected a list: the program and its arguments')
    .describe(
      'the program and its arguments, without a shell; Kafka’s tools are on PATH; `{bootstrap}` stands for its brokers, and `{controllers}`, `{redis}`, `{sentinels}` for those nodes, as `host:port,…`',
    ),
  cwd: z.string().optional().describe('the directory to run it in; without it, where Firedrill was started'),
  env: z.record(z.string(), z.string()).default({}).describe('additions to the environment'),
});

/**
 * Runs a program to its end. Any exit code is a reading. A program that cannot be started, is ended by a signal or
 * does not end in time is none: whatever it has started in its process group is killed then.
 */
export const commandProbe: Probe<z.output<typeof params>> = {
  kind: 'command',
  summary:
    'Exit code and output of a program, such as a command of a runbook, that is told the probes’ addresses of all nodes',
  params,
  example: { with: { run: ['./check-sessions.sh', '--brief'] }, tolerance: { exitCode: 0 } },
  fields: {
    exitCode: 'its exit code',
    stdout: 'what it printed, without white space around it; cut after 64 KB',
    json: 'what it printed, parsed; absent when that is not JSON or was cut',
    stderr: 'what it printed as errors, likewise; absent when that is nothing',
  },
  open: async ({ run, cwd, env }, cx) => {
    const addresses = addressEnvironment(cx.cluster.addresses(PROBE));
    const tools = await cx.cluster.can('commands')?.directory();
    const path = tools === undefined ? {} : { PATH: `${tools}:${process.env['PATH']}` };
    const told = {
      FIREDRILL_RUN: cx.cluster.handle.lent?.runId ?? cx.cluster.handle.runId,
      ...addresses,
      ...path,
      ...env,
    };
    const [file = '', ...args] = run.map((text) => withAddresses(text, addresses));
    return {
      read: async (signal) => {
        signal.throwIfAborted();
        const child = spawn(file, args, {
          cwd,
          env: { ...process.env, ...told },
          detached: true,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        return readingOf(file, child, signal);
      },
      [Symbol.asyncDispose]: async () => {},
    };
  },
};

const PLACEHOLDER = /\{(bootstrap|brokers|controllers|redis|sentinels)\}/g;

/** A role that the cluster does not have, or that several of its services have, is an error: it would be no argument. */
function withAddresses(text: string, addresses: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string) => {
    const role = name === 'bootstrap' ? 'brokers' : name;
    const list = addresses[`FIREDRILL_${role.toUpperCase()}`];
    if (list !== undefined) return list;
    throw new DrillError('PLAN_REFUSED', `nothing can be put for ${placeholder}`, {
      hint: `The cluster has no ${role}, or several services have some: take them from FIREDRILL_ADDRESSES then.`,
    });
  });
}

function readingOf(file: string, child: ChildProcess, signal: AbortSignal): Promise<Json> {
  return new Promise((resolve, reject) => {
    const output = new Output();
    const errors = new Output();
    const killAll = (): void => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    };
    signal.addEventListener('abort', killAll, { once: true });
    const settle = (value: Json | Error): void => {
      signal.removeEventListener('abort', killAll);
      if (value instanceof Error) reject(value);
      else resolve(value);
    };
    child.stdout?.on('data', (chunk: Buffer) => output.add(chunk));
    child.stderr?.on('data', (chunk: Buffer) => errors.add(chunk));
    child.once('error', (error) => settle(new Error(`${file} could not be started: ${error.message}`)));
    // What it left running would hold the output open.
    child.once('exit', killAll);
    child.once('close', (code, endedBy) => {
      if (signal.aborted) settle(new Error(`${file} had not ended in time and was killed`));
      else if (code === null) settle(new Error(`${file} was ended by ${endedBy ?? 'a signal'}`));
      else settle({ exitCode: code, ...output.read(), ...(errors.text === '' ? {} : { stderr: errors.text }) });
    });
  });
}

/** What a program prints, up to a limit: the rest is read, so that the program can go on, and dropped. */
class Output {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  add(chunk: Buffer): void {
    if (this.#bytes <= keptBytes) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).subarray(0, keptBytes).toString().trim();
  }

  read(): { readonly stdout: string; readonly json?: Json } {
    const stdout = this.text;
    if (this.#bytes > keptBytes) return { stdout };
    try {
      return { stdout, json: JSON.parse(stdout) as Json };
    } catch {
      return { stdout };
    }
  }
}
