// A run that nobody can roll back any more, because its cluster is gone for good: it is forgotten as it is.
import type { ClusterHandle } from '../core/cluster.ts';
import { DrillError } from '../core/error.ts';
import type { UndoRecord } from '../core/kinds.ts';
import { openRecords, requireDead } from './rollback.ts';

export interface Abandoned {
  readonly runId: string;
  readonly handle: ClusterHandle | undefined;
  readonly reportDir: string | undefined;
  /** What is not undone, the last first, as it would have been. */
  readonly open: readonly UndoRecord[];
}

/**
 * Undoes nothing and asks nobody. `keep` is told what is left, and when it throws the run is not forgotten. Throws USAGE for a
 * run that lives, and for one on a warm cluster: that one goes whole, and nothing is left.
 */
export async function abandon(runId: string, keep: (left: Abandoned) => Promise<void>): Promise<Abandoned> {
  const log = await requireDead(runId);
  const [handle, reportDir, open] = await Promise.all([log.handle(), log.reportDir(), openRecords(log)]);
  if (handle?.lent !== undefined)
    throw new DrillError(
      'USAGE',
      `run ${runId} was on the warm cluster ${handle.lent.cluster}, and has not given it back`,
      {
        hint: `firedrill cluster down ${handle.lent.cluster} takes it down whole; firedrill rollback ${runId} forgets the run then.`,
      },
    );
  const left = { runId, handle, reportDir, open: open.toReversed() };
  await keep(left);
  await log.remove();
  return left;
}
