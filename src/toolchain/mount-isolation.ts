import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** The first way that works here, tried for real; undefined if none does. */
export async function findMountIsolation(
  cx: Pick<ToolContext, 'env' | 'signal'> = { env: process.env },
): Promise<MountIsolation | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-mount-'));
  try {
    const hosts = join(directory, 'hosts');
    const marker = `127.0.0.1 ${directory.slice(-6)}.firedrill.invalid`;
    await writeFile(hosts, `${marker}\n`);
    for (const way of ways) {
      const result = await runCommand([...way.argv, 'sh', '-c', script, 'sh', hosts], {
        env: { ...cx.env, LD_LIBRARY_PATH: directory },
        signal: cx.signal,
        timeoutMs: 5_000,
      });
      const [pid, libraries, seen] = result.stdout.split('\n');
      if (result.code !== 0 || seen !== marker) continue;
      return { ...way, keepsPid: Number(pid) === result.pid, keepsEnv: libraries === directory };
    }
    return undefined;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const script = 'mount --bind "$1" /etc/hosts && echo "$$" && echo "$LD_LIBRARY_PATH" && exec cat /etc/hosts';
