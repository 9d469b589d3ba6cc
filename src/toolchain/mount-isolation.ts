import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import type { ToolContext } from './recipe.ts';

/** A way to start a program with a hosts file of its own. */
export interface MountIsolation {
  /** In front of `sh -c 'mount --bind X /etc/hosts && exec program'`. */
  readonly argv: readonly [string, ...string[]];
  /** For people: `as root`, `in a user namespace`, `with sudo`. */
  readonly how: string;
  /** The spawned pid is the program's own. Not so with sudo: there the program has to write its pid down. */
  readonly keepsPid: boolean;
  /** The environment gets through, LD_LIBRARY_PATH too. Not so with sudo: there the shell has to set it. */
  readonly keepsEnv: boolean;
}

const ways: ReadonlyArray<Pick<MountIsolation, 'argv' | 'how'>> = [
  { argv: ['unshare', '-m'], how: 'as root' },
  { argv: ['unshare', '-Urm'], how: 'in a user namespace' },
  { argv: ['sudo', '-n', 'unshare', '-m'], how: 'with sudo' },
];

/**
 * The first way that works here, tried for real; undefined if none does. Makes no file: what is mounted in the trial is
 * this module, so that a process which dies meanwhile leaves nothing.
 */
export async function findMountIsolation(
  cx: Pick<ToolContext, 'env' | 'signal'> = { env: process.env },
): Promise<MountIsolation | undefined> {
  const stand = fileURLToPath(import.meta.url);
  const text = await readFile(stand, 'utf8');
  const libraries = '/nowhere/firedrill';
  for (const way of ways) {
    const result = await runCommand([...way.argv, 'sh', '-c', script, 'sh', stand], {
      env: { ...cx.env, LD_LIBRARY_PATH: libraries },
      signal: cx.signal,
      timeoutMs: 5_000,
    });
    const [pid, kept, ...seen] = result.stdout.split('\n');
    if (result.code !== 0 || seen.join('\n').trim() !== text.trim()) continue;
    return { ...way, keepsPid: Number(pid) === result.pid, keepsEnv: kept === libraries };
  }
  return undefined;
}

const script = 'mount --bind "$1" /etc/hosts && echo "$$" && echo "$LD_LIBRARY_PATH" && exec cat /etc/hosts';
