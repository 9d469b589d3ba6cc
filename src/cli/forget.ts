// `rollback --forget`: a run whose cluster is gone for good. Nothing is undone, and what is left is told one last time.
import { relative } from 'node:path';
import type { Registry, UndoRecord } from '../core/kinds.ts';
import { type Abandoned, abandon } from '../engine/abandon.ts';
import { attachedTarget } from '../runtimes/attach/state.ts';
import { type CommandContext, type Project, print, progress } from './context.ts';
import { keepRollback, renderAgain } from './dead-runs.ts';
import { undoWords } from './plan/words.ts';

/** 4: whatever is left, nobody has restored it. */
export async function forget(runId: string, project: Project, cx: CommandContext): Promise<number> {
  const left = await abandon(runId, (run) => {
    const failures = leftLines(run, project.registry);
    // Before it is forgotten: where there is no journal any more, nobody can read it again.
    print(cx, `Given up, and nothing was undone: ${runId}`, ...failures.map((line) => `  LEFT: ${line}`));
    const told = { reportDir: run.reportDir, done: [], failures, removed: false, abandoned: true };
    return keepRollback(told, 'firedrill rollback --forget', (line) => progress(cx, line));
  });
  const results = await renderAgain(left, project, cx);
  if (results !== undefined) print(cx, `  its results were written again: ${relative(cx.cwd, results)}/`);
  print(cx, 'No command names this run any more.');
  return 4;
}

/** Never empty: that nothing was recorded does not say that nothing is left. */
function leftLines({ handle, open }: Abandoned, registry: Registry): readonly string[] {
  const lines = open.map((record) => recordWords(record, registry));
  if (handle === undefined) return [...lines, 'no cluster was recorded: the run had hardly begun'];
  const target = attachedTarget(handle);
  if (target === undefined) return [...lines, `its cluster, which was made by the runtime ${handle.runtime}`];
  return lines.length > 0 ? lines : [`nothing that was recorded; nobody has looked at ${target}`];
}

function recordWords({ kind, step, targets, prior, state }: UndoRecord, { faults, actions }: Registry): string {
  const on = targets.length === 0 ? '' : ` on ${targets.map(({ node }) => node).join(', ')}`;
  const by = (faults.get(kind) ?? actions.get(kind))?.undoneBy ?? `what ${kind} undoes or removes`;
  return `${kind}${on} (step "${step}", ${state}), which would have been undone by: ${by}${undoWords(prior)}`;
}
