import { relative } from 'node:path';
import { asTyped } from '../core/called-as.ts';
import { DrillError } from '../core/error.ts';
import { runsDir } from '../engine/undo-log.ts';
import type { SweptCluster } from '../engine/warm/rollback.ts';
import { sweptWords } from './cluster/words.ts';
import { type CommandContext, openProject, print, progress } from './context.ts';
import { finishDeadRuns } from './dead-runs.ts';
import { forget } from './forget.ts';

const tryAgain = (runId: string): string =>
  `Mend what failed and try again. Is the cluster gone for good? firedrill rollback ${runId} --forget leaves all of it as it is.`;

/** 0 when nothing is left, 4 when something could not be undone: a person is needed. */
export async function rollBack(
  runId: string | undefined,
  options: { readonly config?: string; readonly forget?: boolean },
  cx: CommandContext,
): Promise<number> {
  const project = await openProject(options.config, cx);
  if (options.forget === true) {
    if (runId === undefined)
      throw new DrillError('USAGE', 'which run is to be forgotten has to be said', {
        hint: 'firedrill rollback <run-id> --forget',
      });
    return forget(runId, project, cx);
  }
  const swept: SweptCluster[] = [];
  const how = {
    runId,
    by: 'firedrill rollback',
    onProgress: (line: string) => progress(cx, line),
    onSwept: (cluster: SweptCluster) => void swept.push(cluster),
  };
  const runs = await finishDeadRuns(how, project, cx);
  for (const cluster of swept) print(cx, sweptWords(cluster));
  if (runs.length + swept.length === 0) print(cx, `Nothing to roll back: no run of a dead process in ${runsDir()}.`);
  for (const { runId: id, done, failures, results } of runs) {
    print(cx, `${failures.length === 0 ? 'Rolled back' : 'NOT rolled back'}: ${id}`);
    for (const line of done) print(cx, `  done: ${line}`);
    for (const line of failures) print(cx, `  FAILED: ${line}`);
    if (failures.length > 0) print(cx, asTyped(`  → ${tryAgain(id)}`, cx.called));
    if (results !== undefined) print(cx, `  its results were written again: ${relative(cx.cwd, results)}/`);
  }
  const isDone =
    runs.every(({ failures }) => failures.length === 0) && swept.every(({ failure }) => failure === undefined);
  return isDone ? 0 : 4;
}
