// Runs whose process died: what they left is undone, and their own results say so from then on.
import { userInfo } from 'node:os';
import { isAbsolute, relative } from 'node:path';
import { describeError } from '../core/error.ts';
import { type LeftRun, type RollbackOptions, type RolledBack, rollback } from '../engine/rollback.ts';
import { appendRollback } from '../journal/append.ts';
import { hasEnded } from '../journal/ended.ts';
import { attachedTarget } from '../runtimes/attach/state.ts';
import type { CommandContext, Project } from './context.ts';
import { judgeRun } from './judge.ts';
import { createReporters } from './reporters.ts';

export interface FinishedRun extends RolledBack {
  /** Where its results were written again; undefined = it recorded nothing, or its folder is gone. */
  readonly results: string | undefined;
  /** It came to its own end and could not undo all; otherwise its process died. */
  readonly hasEnded: boolean;
}

/** As `rollback`; `by` says in the results who did it. */
export async function finishDeadRuns(
  { by, ...options }: Omit<RollbackOptions, 'onRolledBack'> & { readonly by: string },
  project: Project,
  cx: CommandContext,
): Promise<readonly FinishedRun[]> {
  const results = await rollback(project.registry, {
    ...options,
    onRolledBack: (run) => keepRollback(run, by, options.onProgress),
  });
  const finished: FinishedRun[] = [];
  for (const run of results) {
    const ended = run.reportDir !== undefined && (await hasEnded(run.reportDir));
    finished.push({ ...run, hasEnded: ended, results: await renderAgain(run, project, cx) });
  }
  return finished;
}

/** From where a command undoes what others left: its target, if it has one, and the folder of its project's reports. */
export interface Here {
  readonly target: string | undefined;
  readonly reportsDir: string;
}

/**
 * For commands that only undo before they begin. What is left on somebody's own cluster is theirs when they are about to
 * change that cluster themselves, for the same project; else its secrets may not be here, and it is named and left alone.
 */
export function leavesAttached({ target, reportsDir }: Here, tell: (line: string) => void): (run: LeftRun) => boolean {
  return ({ runId, handle, reportDir, open }) => {
    const attached = handle === undefined ? undefined : attachedTarget(handle);
    if (attached === undefined || open === 0) return false;
    const isOurs = attached === target && (reportDir === undefined || isWithin(reportsDir, reportDir));
    tell(
      isOurs
        ? `Undoing what run ${runId} left on ${attached} …`
        : `Run ${runId} on ${attached} left something to be undone: firedrill rollback ${runId}`,
    );
    return !isOurs;
  };
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith('..') && !isAbsolute(way);
}

/** Writes into a run's journal what was undone of it: whoever judges it again hears of it. */
export async function keepRollback(
  run: Omit<RolledBack, 'runId'> & { readonly abandoned?: boolean },
  by: string,
  tell: (line: string) => void,
): Promise<void> {
  const { reportDir, done, failures, removed, abandoned } = run;
  if (reportDir === undefined) return;
  const at = new Date().toISOString();
  await appendRollback(reportDir, {
    at,
    by: `${by}, called by ${user()}`,
    done,
    failures,
    removed,
    ...(abandoned === true && { abandoned }),
  }).catch((error: NodeJS.ErrnoException) => {
    // A run that died before its first event has nothing to be judged, and reports may be deleted at any time.
    if (error.code !== 'ENOENT') tell(`Its report could not be told: ${describeError(error)}`);
  });
}

/** Its folder, once its results are written again; undefined = there was nothing, or they could not be. */
export async function renderAgain(
  { reportDir }: Pick<RolledBack, 'reportDir'>,
  project: Project,
  cx: CommandContext,
): Promise<string | undefined> {
  if (reportDir === undefined) return undefined;
  const reporters = createReporters({ reporter: [], json: true, signal: () => undefined }, project, cx);
  // It is only told again: that it cannot be is no reason to say that nothing was rolled back.
  const told = await judgeRun(reportDir, project, reporters.reporter).catch(() => undefined);
  return told === undefined || reporters.failures() > 0 ? undefined : reportDir;
}

function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? '?'}`;
  }
}
