import { access, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { DrillError } from '../core/error.ts';
import type { Reporter } from '../core/kinds.ts';
import type { Report } from '../core/report.ts';
import { closest } from '../drill/suggest.ts';
import { readJournal } from '../journal/reader.ts';
import { judge } from '../judge/judge.ts';
import { type CommandContext, openProject, type Project, printJson } from './context.ts';
import { createReporters } from './reporters.ts';

export interface JudgeOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/**
 * Judges a recorded run once more, with the assertions as they are now. `judge` also writes its results again (not those
 * of the suite that it was part of), `report` only prints. Ends as the run did.
 */
export async function judgeAgain(
  command: 'judge' | 'report',
  run: string,
  options: JudgeOptions,
  cx: CommandContext,
): Promise<number> {
  const project = await openProject(options.config, cx);
  const dir = await findRun(run, project, cx);
  const json = options.json === true;
  const choice = { reporter: command === 'report' ? ['console'] : [], json, signal: () => undefined };
  const reporters = createReporters(choice, project, cx);
  const report = await judgeRun(dir, project, reporters.reporter);
  if (json) printJson(cx, report);
  return reporters.exit([report]).code;
}

/** Judges what is recorded in a folder, and has it told. */
export async function judgeRun(dir: string, { registry }: Project, reporter: Reporter): Promise<Report> {
  const report = judge(await readJournal(dir), registry.assertions);
  const { runId, drill } = report;
  await reporter.onRunEnd?.(report, { runId, dir, index: 0, of: 1, title: drill.title, drill: drill.name });
  return report;
}

/** A folder, or the id of a run in the reports' folder. */
async function findRun(run: string, { reportsDir }: Project, cx: CommandContext): Promise<string> {
  for (const dir of [resolve(cx.cwd, run), join(reportsDir, run)]) if (await isRun(dir)) return dir;
  const names = await readdir(reportsDir).catch(() => []);
  const runs = [];
  for (const name of names.toSorted((a, b) => a.localeCompare(b)))
    if (await isRun(join(reportsDir, name))) runs.push(name);
  const near = closest(basename(run), runs) ?? runs.findLast((name) => name.includes(basename(run)));
  const hint =
    near === undefined
      ? runs.length === 0
        ? `There are no runs in ${reportsDir}.`
        : `The last one is ${runs.at(-1)}.`
      : `Did you mean ${near}?`;
  throw new DrillError('USAGE', `there is no recorded run "${run}"`, { hint });
}

async function isRun(dir: string): Promise<boolean> {
  return access(join(dir, 'events.ndjson')).then(
    () => true,
    () => false,
  );
}
