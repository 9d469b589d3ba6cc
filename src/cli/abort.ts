import { DrillError } from '../core/error.ts';
import { openUndoLog } from '../engine/undo-log.ts';
import { type CommandContext, print } from './context.ts';

/** Sends the owner of a run what Ctrl-C sends, once: for the second one it would leave without rolling back. */
export async function abort(runId: string, cx: CommandContext): Promise<number> {
  const log = openUndoLog(runId);
  const owner = await log.livingOwner();
  if (owner === undefined) {
    throw new DrillError('USAGE', `run ${runId} is not under way`, {
      hint: `If its process died: firedrill rollback ${runId}`,
    });
  }
  if (!(await log.markInterrupted())) {
    print(cx, `Run ${runId} has been interrupted already: pid ${owner.pid} rolls back and reports.`);
    print(cx, `If it hangs: end that process, then firedrill rollback ${runId}`);
    return 0;
  }
  process.kill(owner.pid, 'SIGINT');
  print(cx, `Interrupted pid ${owner.pid}: it rolls back and reports.`);
  return 0;
}
