import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rmdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '../core/temporary-directory.ts';
import { runCommand } from './command.ts';
import type { Diagnosis } from './diagnosis.ts';
import { findMountIsolation } from './mount-isolation.ts';
import type { ToolContext } from './recipe.ts';

const mebibyte = 1024 * 1024;
const oldestNode = 24;
const leastMemoryBytes = 512 * mebibyte;
const leastDiskBytes = 1024 * mebibyte;

/** A silent cut holds descriptors for every connection in it, on both sides. */
const leastOpenFiles = 4096;

export function diagnoseNode(version: string = process.versions.node): Diagnosis {
  const found = `${version}, ${process.execPath}`;
  if (Number.parseInt(version, 10) >= oldestNode) return ok('node', found);
  return { ...ok('node', found), state: 'broken', mend: `install Node ${oldestNode} or newer (https://nodejs.org)` };
}

export async function diagnoseMountIsolation(cx: ToolContext): Promise<Diagnosis> {
  const name = 'hosts file per process';
  const way = await findMountIsolation(cx);
  if (way !== undefined) return ok(name, `${way.argv.join(' ')} (${way.how})`);
  const found = 'no mount namespace can be had; drills that cut nodes from each other are refused by the local runtime';
  return { name, state: 'missing', required: true, found, mend: await mendMountIsolation(cx) };
}

/** Which of the kernel's switches is off, if it is one of those. */
async function mendMountIsolation(cx: ToolContext): Promise<string> {
  const switches = [
    ['kernel.apparmor_restrict_unprivileged_userns', '1', '0'],
    ['kernel.unprivileged_userns_clone', '0', '1'],
    ['user.max_user_namespaces', '0', '10000'],
  ] as const;
  for (const [key, off, on] of switches) {
    const value = await readFile(`/proc/sys/${key.replaceAll('.', '/')}`, 'utf8').catch(() => undefined);
    if (value?.trim() === off) return `sudo sysctl -w ${key}=${on}`;
  }
  return cx.platform.os === 'linux'
    ? 'run it as root, with unshare (util-linux) on PATH'
    : 'use Linux for runtime local';
}

/** The local runtime gives each node, and each link, an address of 127.64-127.127. */
export async function diagnoseLoopback(addresses = ['127.64.0.1', '127.127.255.254']): Promise<Diagnosis> {
  const name = 'loopback addresses';
  for (const address of addresses) {
    const why = await whyNotListening(address);
    if (why !== undefined) return { ...ok(name, why), state: 'missing', mend: 'use Linux for runtime local' };
  }
  return ok(name, `${addresses.join(' and ')} can be listened on`);
}

function whyNotListening(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.message));
    server.listen(0, address, () => server.close(() => resolve(undefined)));
  });
}

/** What this process may still use, a container's limit included. */
export function diagnoseMemory(freeBytes: number = process.availableMemory()): Diagnosis {
  const diagnosis = ok('memory', `${Math.floor(freeBytes / mebibyte)} MiB free`);
  if (freeBytes >= leastMemoryBytes) return diagnosis;
  return { ...diagnosis, state: 'missing', mend: `free ${leastMemoryBytes / mebibyte} MiB of memory` };
}

/** The nodes' data goes into the directory for temporary files. */
export async function diagnoseDisk(directory: string = temporaryDirectory()): Promise<Diagnosis> {
  const { bavail, bsize } = await statfs(directory);
  const diagnosis = ok('disk', `${Math.floor((bavail * bsize) / mebibyte)} MiB free in ${directory}`);
  if (bavail * bsize >= leastDiskBytes) return diagnosis;
  const mend = `free ${leastDiskBytes / mebibyte} MiB in ${directory}, or set TMPDIR to where there is room`;
  return { ...diagnosis, state: 'missing', mend };
}

/** The limit that what is started here inherits. */
export async function diagnoseOpenFiles(cx: ToolContext): Promise<Diagnosis> {
  const { stdout } = await runCommand(['/bin/sh', '-c', 'ulimit -n'], { env: cx.env, timeoutMs: 5_000 });
  const limit = stdout.trim() === 'unlimited' ? Number.POSITIVE_INFINITY : Number(stdout);
  const diagnosis = ok('open files', `${stdout.trim()} for each process`);
  return limit >= leastOpenFiles ? diagnosis : { ...diagnosis, state: 'missing', mend: `ulimit -n ${leastOpenFiles}` };
}

/** Tries it, in the nearest directory that is there, and leaves nothing: what the file's mode says is not the truth. */
export async function diagnoseWritable(name: string, directory: string, variable: string): Promise<Diagnosis> {
  let nearest = directory;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    await rmdir(await mkdtemp(join(nearest, '.firedrill-')));
    return ok(name, directory);
  } catch {
    const mend = `set ${variable} to a directory that you may write to`;
    return { ...ok(name, `${nearest} cannot be written to`), state: 'broken', mend };
  }
}

function ok(name: string, found: string): Diagnosis {
  return { name, state: 'ok', required: true, found };
}
