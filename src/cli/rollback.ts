import { rollback } from '../engine/rollback.ts';
import { runsDir } from '../engine/undo-log.ts';
import { type CommandContext, openProject, print, progress } from './context.ts';

/** 0 when nothing is left, 4 when something could not be undone: a person is needed. */
export async function rollBack(
  runId: string | undefined,
  options: { readonly config?: string },
  cx: CommandContext,
): Promise<number> {
  const { registry } = await openProject(options.config, cx);
  const results = await rollback(registry, { runId, onProgress: (line) => progress(cx, line) });
  if (results.length === 0) print(cx, `Nothing to roll back: no run of a dead process in ${runsDir()}.`);
  for (const { runId: id, done, failures } of results) {
    print(cx, `${failures.length === 0 ? 'Rolled back' : 'NOT rolled back'}: ${id}`);
    for (const line of done) print(cx, `  done: ${line}`);
    for (const line of failures) print(cx, `  FAILED: ${line}`);
  }
  return results.every(({ failures }) => failures.length === 0) ? 0 : 4;
}
