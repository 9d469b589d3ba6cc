import type { Reporter } from '../core/kinds.ts';
import type { Report } from '../core/report.ts';
import { readJournal } from '../journal/reader.ts';
import { judge } from '../judge/judge.ts';
import { type CommandContext, openProject, type Project, printJson } from './context.ts';
import { findRecorded } from './recorded.ts';
import { createReporters } from './reporters.ts';

export interface JudgeOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/**
 * Judges what was recorded once more, with the assertions as they are now: of a run, or of all runs of a suite. `judge`
 * also writes the results again (those of a suite only when it was named), `report` only prints. Ends as the runs did.
 */
export async function judgeAgain(
  command: 'judge' | 'report',
  meant: string,
  options: JudgeOptions,
  cx: CommandContext,
): Promise<number> {
  const project = await openProject(options.config, cx);
  const { runs, suite } = await findRecorded(meant, project, cx);
  const json = options.json === true;
  const choice = {
    reporter: command === 'report' ? ['console'] : [],
    json,
    without: ['history'],
    signal: () => undefined,
  };
  const reporters = createReporters(choice, project, cx);
  const reports: Report[] = [];
  for (const [index, dir] of runs.entries())
    reports.push(await judgeRun(dir, project, reporters.reporter, { index, of: runs.length }));
  if (suite !== undefined) await reporters.reporter.onInvocationEnd?.(reports, { ...suite, drills: runs.length });
  if (json) printJson(cx, suite === undefined ? reports[0] : reports);
  return reporters.exit(reports).code;
}

/** Judges what is recorded in a folder, and has it told. */
export async function judgeRun(
  dir: string,
  { registry }: Project,
  reporter: Reporter,
  place: { readonly index: number; readonly of: number } = { index: 0, of: 1 },
): Promise<Report> {
  const report = judge(await readJournal(dir), registry.assertions);
  const { runId, drill } = report;
  await reporter.onRunEnd?.(report, { runId, dir, ...place, title: drill.title, drill: drill.name });
  return report;
}
