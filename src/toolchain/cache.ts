import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Made } from './recipe.ts';

/** What is written down of a made tool, and checked before each use. */
export interface Manifest extends Made {
  readonly format: 1;
  readonly tool: string;
  readonly version: string;
  /** Every file of the directory but the manifest, by its relative path. */
  readonly files: Readonly<Record<string, FileRecord>>;
}

interface FileRecord {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly sha256: string;
}

export type CacheState =
  | { readonly state: 'absent' }
  | { readonly state: 'corrupt'; readonly why: string }
  | { readonly state: 'ok'; readonly manifest: Manifest };

const manifestName = 'manifest.json';

/** Up to this much is hashed at every start (some 40 ms); of more, only what changed its size or time. */
const alwaysHashedBytes = 32 * 1024 * 1024;

/** `$FIREDRILL_CACHE`, else `$XDG_CACHE_HOME/firedrill`, else `~/.cache/firedrill`. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  if (env['FIREDRILL_CACHE']) return resolve(env['FIREDRILL_CACHE']);
  if (env['XDG_CACHE_HOME']) return join(resolve(env['XDG_CACHE_HOME']), 'firedrill');
  return join(env['HOME'] || homedir(), '.cache', 'firedrill');
}

/** Files that this process has hashed and found to be right: by path, size and the time of their last change. */
const hashed = new Set<string>();

/**
 * Compares a directory with its manifest, and names the first file that differs. What was right before, and was not
 * touched since, is not read again.
 */
export async function readCached(directory: string): Promise<CacheState> {
  const text = await readFile(join(directory, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) return { state: 'absent' };
  const manifest = parseManifest(text);
  if (manifest === undefined) return { state: 'corrupt', why: `${join(directory, manifestName)} cannot be read` };
  const records = Object.entries(manifest.files);
  const totalBytes = records.reduce((sum, [, file]) => sum + file.sizeBytes, 0);
  for (const [name, record] of records) {
    const why = await whyDifferent(join(directory, name), record, totalBytes <= alwaysHashedBytes);
    if (why !== undefined) return { state: 'corrupt', why };
  }
  return { state: 'ok', manifest };
}

async function whyDifferent(path: string, record: FileRecord, alwaysHash: boolean): Promise<string | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return `${path} is gone`;
  if (status.size !== record.sizeBytes) return `${path} has ${status.size} bytes instead of ${record.sizeBytes}`;
  if (!alwaysHash && Math.trunc(status.mtimeMs) === record.modifiedMs) return undefined;
  const mark = [path, record.sha256, status.size, status.ctimeMs, status.ino].join();
  if (hashed.has(mark)) return undefined;
  const sha256 = await hashFile(path);
  if (sha256 === record.sha256) hashed.add(mark);
  return sha256 === record.sha256 ? undefined : `${path} has SHA-256 ${sha256} instead of ${record.sha256}`;
}

/** Writes down what is in a directory. The manifest comes last: without one, a directory is not used. */
export async function writeManifest(
  directory: string,
  tool: { readonly name: string; readonly version: string; readonly made: Made },
): Promise<Manifest> {
  const files: Record<string, FileRecord> = {};
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(path);
    const modifiedMs = Math.trunc(mtimeMs);
    files[relative(directory, path)] = { sizeBytes: size, modifiedMs, sha256: await hashFile(path) };
  }
  const manifest: Manifest = { format: 1, tool: tool.name, version: tool.version, ...tool.made, files };
  await writeFile(join(directory, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

/**
 * Puts a finished directory in its place, in one rename. What is there is moved aside first, since a rename replaces
 * no full directory. If another process was faster, its directory stays: it is as good.
 */
export async function publish(made: string, place: string): Promise<void> {
  const aside = `${made}.old`;
  await rename(place, aside).catch(unless('ENOENT'));
  await rename(made, place).catch(unless('ENOTEMPTY', 'EEXIST'));
  await rm(aside, { recursive: true, force: true });
}

function unless(...codes: readonly string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
}

function parseManifest(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    const whole = value?.format === 1 && typeof value.path === 'string' && isRecord(value.files);
    return whole ? (value as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** SHA-256, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
