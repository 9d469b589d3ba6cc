// The command line as a process of its own, and the journal of its run as it grows.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEvent, StepState } from '../../../src/core/journal.ts';
import type { Report } from '../../../src/core/report.ts';
import { tailEvents } from './event-tail.ts';

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Goes before the command: a launcher such as `unshare -m`. */
  readonly through?: readonly string[];
}

export interface Firedrill {
  readonly pid: number;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Waits for its end; rejects with all that it printed unless it was this one. */
  endsWith(code: number | string): Promise<void>;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** The run that is under way, once it has said so. */
  runId(): Promise<string>;
  /** Waits for an event of the run, and returns it. Rejects when the process ends without it. */
  until(what: string, matches: (event: JournalEvent) => boolean, withinMs?: number): Promise<JournalEvent>;
  /** Waits until a step has come to this state. */
  untilStep(step: string, state: StepState): Promise<JournalEvent>;
  untilPhase(phase: string): Promise<JournalEvent>;
  events(): Promise<readonly JournalEvent[]>;
  /** result.json. */
  result(): Promise<Report>;
}

const POLL_MS = 10;

export function startFiredrill(argv: readonly string[], { cwd, env = {}, through = [] }: StartOptions): Firedrill {
  const bin = join(import.meta.dirname, '../../../bin/firedrill.js');
  const [file = '', ...args] = [...through, process.execPath, bin, ...argv];
  const child = spawn(file, args, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const ended = endOf(child);
  const runDir = async (): Promise<string> => join(cwd, 'reports', await runId());
  const runId = (): Promise<string> =>
    poll('the run to begin', () => /\brun (\d{8}-\S+) on /.exec(stderr())?.[1], 20_000);
  const poll = async <T>(what: string, look: () => T | undefined, withinMs: number): Promise<T> => {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const isOver = child.exitCode !== null || child.signalCode !== null;
      const seen = look();
      if (seen !== undefined) return seen;
      if (isOver || performance.now() > deadline) {
        throw new Error(`waited for ${what} in vain\n${stderr().slice(-3000)}\n${stdout().slice(-3000)}`);
      }
      await sleep(POLL_MS);
    }
  };
  let tail: ReturnType<typeof tailEvents> | undefined;
  const events = async (): Promise<() => readonly JournalEvent[]> => {
    tail ??= tailEvents(join(await runDir(), 'events.ndjson'));
    return tail.read;
  };
  const until: Firedrill['until'] = async (what, matches, withinMs = 60_000) => {
    const read = await events();
    return poll(what, () => read().find(matches), withinMs);
  };
  return {
    pid: child.pid ?? 0,
    ended,
    endsWith: async (code) => {
      const actual = await ended;
      if (actual !== code) throw new Error(`ended with ${actual} and not with ${code}\n${stderr()}\n${stdout()}`);
    },
    stdout,
    stderr,
    runId,
    until,
    kill: (signal) => void child.kill(signal),
    untilStep: (step, state) =>
      until(`step ${step} ${state}`, (event) => event.type === 'step' && event.step === step && event.state === state),
    untilPhase: (phase) =>
      until(`phase ${phase}`, (event) => event.type === 'phase' && event.phase === phase && event.state === 'begin'),
    events: async () => (await events())(),
    result: async () => {
      await ended;
      return JSON.parse(readFileSync(join(await runDir(), 'result.json'), 'utf8')) as Report;
    },
  };
}

/** As a person would have it: without what npm and the test runner put there. */
function environment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name),
  );
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...own };
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** When its output has been read, too. */
function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? constants.errno.EIO));
  });
}
