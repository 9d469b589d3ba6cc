import { DrillError } from '../core/error.ts';
import { openUndoLog } from '../engine/undo-log.ts';
import { type CommandContext, print } from './context.ts';

/** Sends the owner of a run what Ctrl-C sends. */
export async function abort(runId: string, cx: CommandContext): Promise<number> {
  const owner = await openUndoLog(runId).livingOwner();
  if (owner === undefined) {
    throw new DrillError('USAGE', `run ${runId} is not under way`, {
      hint: `If its process died: firedrill rollback ${runId}`,
    });
  }
  process.kill(owner.pid, 'SIGINT');
  print(cx, `Interrupted pid ${owner.pid}: it rolls back and reports.`);
  return 0;
}
