import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';

const MEMORY = '/dev/shm';
const TMPFS = 0x01021994;
const GIBIBYTE = 1024 ** 3;

export interface Room {
  /** Is it kept in memory, and may we write to it? */
  readonly inMemory: boolean;
  readonly freeBytes: number;
  /** What this process may still use, a container's limit included. */
  readonly freeMemoryBytes: number;
}

/**
 * Where what lives no longer than a run is kept: nodes' data and configs. `$TMPDIR` where it is set; else in memory, where
 * there is room; else the directory for temporary files. A Sentinel syncs its config to disk several times before it asks
 * for votes, and all nodes of a cluster here have one disk, which somebody else may keep busy: a failover took as much
 * longer, and nodes that are machines of their own have disks of their own.
 */
export function temporaryDirectory(
  env: Readonly<Record<string, string | undefined>> = process.env,
  room: () => Room = roomInMemory,
): string {
  if (env['TMPDIR']) return resolve(env['TMPDIR']);
  const { inMemory, freeBytes, freeMemoryBytes } = room();
  return inMemory && freeBytes >= GIBIBYTE && freeMemoryBytes >= 4 * GIBIBYTE ? MEMORY : tmpdir();
}

function roomInMemory(): Room {
  try {
    accessSync(MEMORY, constants.W_OK | constants.X_OK);
    const { type, bavail, bsize } = statfsSync(MEMORY);
    return { inMemory: type === TMPFS, freeBytes: bavail * bsize, freeMemoryBytes: process.availableMemory() };
  } catch {
    return { inMemory: false, freeBytes: 0, freeMemoryBytes: 0 };
  }
}
