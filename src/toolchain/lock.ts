import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrillError } from '../core/error.ts';

interface Owner {
  readonly pid: number;
  /** So that a pid that was used again is not taken for the owner. */
  readonly startTime: string;
}

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if another process holds it. */
  readonly onWait?: (pid: number) => void;
}

const pollMs = 50;

/**
 * Holds a lock file while the resource lives: one process at a time, and a dead owner's is taken over. Waits for as
 * long as the owner lives or until the signal aborts.
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  const claim = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(claim, JSON.stringify({ pid: process.pid, startTime: await startTimeOf(process.pid) }));
  try {
    let told = false;
    while (!(await claimed(claim, path))) {
      const owner = await readOwner(path);
      if (owner === undefined) continue;
      if (!(await isAlive(owner))) {
        await removeStale(path, owner, `${claim}.stale`);
        continue;
      }
      if (!told) options.onWait?.(owner.pid);
      told = true;
      await sleep(pollMs, undefined, { signal: options.signal }).catch(() => {
        throw new DrillError('INTERRUPTED', `interrupted while process ${owner.pid} held ${path}`);
      });
    }
  } finally {
    await rm(claim, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** A link is made whole or not at all: nobody ever sees a lock without its owner's name. */
async function claimed(claim: string, path: string): Promise<boolean> {
  try {
    await link(claim, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Only one process wins the rename. If it took a lock that is younger than what it had read, it puts it back. */
async function removeStale(path: string, stale: Owner, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readOwner(aside);
  if (taken?.pid !== stale.pid || taken.startTime !== stale.startTime) await claimed(aside, path);
  await rm(aside, { force: true });
}

async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return { pid: 0, startTime: 'unreadable' };
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  if (owner.pid <= 0) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return (await startTimeOf(owner.pid)) === owner.startTime;
}

/** Boot id and clock ticks since boot, on Linux; elsewhere the pid alone has to do. `dead` if nobody has reaped it. */
async function startTimeOf(pid: number): Promise<string> {
  const [bootId, status] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
  ]);
  const [state, ...fields] = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? 'dead' : `${bootId.trim()}/${fields[18] ?? ''}`;
}
