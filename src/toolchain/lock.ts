import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrillError } from '../core/error.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../core/process-identity.ts';

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if another process holds it. */
  readonly onWait?: (pid: number) => void;
}

const pollMs = 50;

/** The owner of a lock that names none, which is nobody who lives. */
const nobody: ProcessIdentity = { type: 'process', pid: 0, startTime: '', bootId: '' };

/**
 * Holds a lock file while the resource lives: one process at a time, and a dead owner's is taken over. Waits for as
 * long as the owner lives or until the signal aborts. Saves work and no more: where owners cannot be told (no /proc,
 * another container), two can hold it.
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  const claim = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(claim, JSON.stringify(identityOf(process.pid) ?? nobody));
  try {
    let told = false;
    while (!(await claimed(claim, path))) {
      const owner = await readOwner(path);
      if (owner === undefined) continue;
      if (!isAlive(owner)) {
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
async function removeStale(path: string, stale: ProcessIdentity, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readOwner(aside);
  if (taken?.pid !== stale.pid || taken.startTime !== stale.startTime) await claimed(aside, path);
  await rm(aside, { force: true });
}

/** undefined if the lock is gone. */
async function readOwner(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : nobody;
  }
}
