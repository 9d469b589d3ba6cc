// Files that another process reads when we have died: whole or not at all, on the disk, and claimed by one process at a time.
import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeClaim } from '../core/claim.ts';
import { DrillError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../core/process-identity.ts';

/**
 * Claims a file by exclusive create; false when another living process has it. That of a dead one is taken over. `note`
 * stands beside the owner in it.
 */
export async function claim(file: string, note: JsonObject = {}): Promise<boolean> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, JSON.stringify({ ...identityOf(process.pid), ...note }));
  try {
    return await takeClaim(draft, file, isLiving);
  } finally {
    await rm(draft, { force: true });
  }
}

export function isLiving(owner: unknown): owner is ProcessIdentity {
  return owner !== undefined && owner !== null && isAlive(owner as ProcessIdentity);
}

/** Empty for a directory that is not there. */
export function namesIn(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch(() => []);
}

export async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Whole or not at all, and on the disk when it resolves. */
export async function writeDurably(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(join(file, '..'));
  } catch (error) {
    throw unwritable(file, error as Error);
  }
}

export function unwritable(path: string, cause: Error): DrillError {
  return new DrillError('JOURNAL_FAILED', `could not write ${path}: ${cause.message}`, {
    at: path,
    hint: 'Without an undo record on disk nothing is injected. Is the disk full, or the directory read-only?',
    cause,
  });
}

export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
