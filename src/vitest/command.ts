// The command line in a process of its own: its Node, its signals and its exit code are not the test runner's.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CommandOptions {
  readonly cwd: string;
  /** The Node that runs it: 24 or newer. */
  readonly node: string;
  /** Aborted: it is told once to end, rolls back and reports. */
  readonly signal?: AbortSignal;
}

export interface Ended {
  /** Undefined = a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const BIN = fileURLToPath(new URL('../../bin/firedrill.js', import.meta.url));

/** Resolves when it has ended and its output was read. Rejects only when it cannot be started. */
export function startCommand(argv: readonly string[], { cwd, node, signal }: CommandOptions): Promise<Ended> {
  const child = spawn(node, [BIN, ...argv], {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
    // A group of its own, so that Ctrl-C reaches it once, from us; and a channel, by whose end it sees that we were killed.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const end = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`firedrill cannot be started with ${node}: ${error.message}`)));
    child.once('close', (code, by) => {
      signal?.removeEventListener('abort', end);
      resolve({ code: code ?? undefined, signal: by ?? undefined, stdout: stdout(), stderr: stderr() });
    });
  });
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
