// A run's own directory, outside of the project: its name says whose it is, so that nothing else is ever removed.
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DrillError } from '../../core/error.ts';
import { temporaryDirectory } from '../../core/temporary-directory.ts';

/** A path that nobody has yet; nothing is made. */
export function newDirectory(runId: string): string {
  return join(temporaryDirectory(), `${prefixOf(runId)}${Math.random().toString(36).slice(2, 8).padEnd(6, '0')}`);
}

/** Removes it whole. Refuses a path that `newDirectory` has not made: handles come from files. */
export async function removeDirectory(directory: string, runId: string): Promise<void> {
  if (dirname(directory) === directory || !basename(directory).startsWith(prefixOf(runId))) {
    throw new DrillError('INTERNAL', `not a directory of run ${runId}: it is left alone`, { at: directory });
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

function prefixOf(runId: string): string {
  return `firedrill-${runId}-`;
}
