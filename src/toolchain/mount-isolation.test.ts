import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findMountIsolation } from './mount-isolation.ts';

/** A PATH that has these scripts before everything else. */
async function pathWith(scripts: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-isolation-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'bin'));
  for (const [name, body] of Object.entries(scripts)) {
    await writeFile(join(directory, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  return `${join(directory, 'bin')}:${process.env['PATH'] ?? ''}`;
}

const here = await findMountIsolation();

describe('findMountIsolation', () => {
  it('gives a process a hosts file of its own and leaves ours alone', async ({ skip }) => {
    if (here === undefined) return skip('no mount namespace can be had on this machine');
    const before = await readFile('/etc/hosts', 'utf8');
    const directory = await mkdtemp(join(tmpdir(), 'firedrill-hosts-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const hosts = join(directory, 'hosts');
    await writeFile(hosts, '127.64.0.9 node-9\n');
    const [file, ...args] = [...here.argv, 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec cat /etc/hosts`];
    const child = spawnSync(file ?? '', args, { encoding: 'utf8' });
    expect(child.stdout).toBe('127.64.0.9 node-9\n');
    expect(await readFile('/etc/hosts', 'utf8')).toBe(before);
  });

  it('keeps pid and environment where unshare alone is enough', ({ skip }) => {
    if (here === undefined || here.argv[0] !== 'unshare') return skip('unshare alone is not enough on this machine');
    expect(here).toMatchObject({ keepsPid: true, keepsEnv: true });
  });

  it('says that a child of sudo has another pid and no environment', async ({ skip }) => {
    if (here === undefined || here.argv[0] !== 'unshare') return skip('unshare alone is not enough on this machine');
    const PATH = await pathWith({
      unshare: '[ -n "$AS_SUDO" ] || exit 1\nexec /usr/bin/unshare -Ur "$@"',
      sudo: 'shift\nunset LD_LIBRARY_PATH\nAS_SUDO=1 "$@"\nexit $?',
    });
    const found = await findMountIsolation({ env: { ...process.env, PATH } });
    expect(found).toEqual({
      argv: ['sudo', '-n', 'unshare', '-m'],
      how: 'with sudo',
      keepsPid: false,
      keepsEnv: false,
    });
  });

  it('finds none where a namespace can be had and nothing be mounted in it', async () => {
    const PATH = await pathWith({ mount: 'echo "permission denied" >&2\nexit 32', sudo: 'exit 1' });
    expect(await findMountIsolation({ env: { ...process.env, PATH } })).toBeUndefined();
  });
});
