import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DrillError } from '../core/error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandOptions {
  readonly env: Environment;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** After this the command is killed and counts as failed. */
  readonly timeoutMs?: number;
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** Its exit code; undefined if a signal ended it or it could not be started. */
  readonly code: number | undefined;
  readonly pid: number | undefined;
  readonly stdout: string;
  /** Everything that it said, in order, with the reason where it could not be started or was killed. */
  readonly output: string;
}

/** Runs a program to its end. Never throws for what the program did: that is in the result. */
export function runCommand(argv: readonly [string, ...string[]], options: CommandOptions): Promise<CommandResult> {
  const { env, cwd, signal, timeoutMs, onLine } = options;
  const [file, ...args] = argv;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(interrupted(argv));
    const stdout: string[] = [];
    const output: string[] = [];
    const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const kill = (why: string): void => {
      output.push(`\n${why}`);
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const onAbort = (): void => kill('interrupted');
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => kill(`no end after ${timeoutMs} ms`), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (code: number | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) reject(interrupted(argv));
      else resolve({ code, pid: child.pid, stdout: stdout.join(''), output: output.join('') });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        if (stream === child.stdout) stdout.push(chunk);
        output.push(chunk);
      });
      if (onLine !== undefined) createInterface({ input: stream }).on('line', onLine);
    }
    child.once('error', (error) => {
      output.push(error.message);
      settle(undefined);
    });
    child.once('close', (code) => settle(code ?? undefined));
  });
}

/** Runs a program that has to succeed. Throws a TOOL_BROKEN that ends with the last lines it printed. */
export async function runStep(
  argv: readonly [string, ...string[]],
  options: CommandOptions & { readonly step: string },
): Promise<string> {
  const result = await runCommand(argv, options);
  if (result.code === 0) return result.stdout;
  const how = result.code === undefined ? 'did not end by itself' : `exit code ${result.code}`;
  throw new DrillError('TOOL_BROKEN', `${options.step} failed (${how}): ${lastLines(result.output)}`);
}

/** What programs have said of themselves: by how they were asked, and by what their file was then. */
const versions = new Map<string, CommandResult>();

/** Starts a program to be told its version, which proves that it runs here. One that has said so is not asked again. */
export async function askVersion(argv: readonly [string, string], options: CommandOptions): Promise<CommandResult> {
  const file = await stat(argv[0]).catch(() => undefined);
  const key = [...argv, options.env['LD_LIBRARY_PATH'], file?.ino, file?.size, file?.ctimeMs].join();
  const known = versions.get(key);
  if (known !== undefined) return known;
  const result = await runCommand(argv, { timeoutMs: 20_000, ...options });
  if (result.code === 0 && file !== undefined) versions.set(key, result);
  return result;
}

/** The last lines that say something, on one line. */
export function lastLines(output: string, count = 4): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (
    lines
      .filter((line) => line !== '')
      .slice(-count)
      .join(' | ') || 'it printed nothing'
  );
}

/** The first executable file of that name on PATH. */
export function findOnPath(name: string, env: Environment): string | undefined {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    if (directory === '') continue;
    const path = join(directory, name);
    if (isExecutable(path)) return path;
  }
  return undefined;
}

/** False as well for what is not there, and for a folder. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A build or a download starts processes of its own, which must not outlive it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

function interrupted(argv: readonly string[]): DrillError {
  return new DrillError('INTERRUPTED', `${argv[0] ?? 'a command'} was interrupted`);
}
