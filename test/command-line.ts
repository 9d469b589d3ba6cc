// The command line in this process, with its streams caught.
import { Writable } from 'node:stream';
import { main } from '../src/cli/main.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** `firedrill <argv>` from a folder; the environment is empty unless one is given. */
export async function firedrill(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [stdout, stderr] = [catchText(), catchText()];
  const code = await main(argv, { env: {}, ...options, stdout: stdout.stream, stderr: stderr.stream });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function catchText(): { readonly stream: Writable; text(): string } {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _, done) {
      parts.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => parts.join('') };
}
