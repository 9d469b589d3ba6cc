import { mkdir } from 'node:fs/promises';
import { DrillError } from '../core/error.ts';

/** Makes a folder that results go into. Throws JOURNAL_FAILED where it cannot: without one nothing is started. */
export async function makeReportFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true }).catch((cause: Error) => {
    throw new DrillError('JOURNAL_FAILED', `no folder for results can be made: ${cause.message}`, {
      at: dir,
      hint: 'Make its parent a folder that you may write to, or name another one: "reports" in firedrill.config.yaml.',
      cause,
    });
  });
}
