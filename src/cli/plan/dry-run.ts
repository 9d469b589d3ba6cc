// Drills against somebody's own cluster without doing anything to it: what would happen, and what of it is sure.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { createClock } from '../../core/clock.ts';
import type { Drill } from '../../core/drill.ts';
import { type DryRunItem, type DryRunReport, type Standing, worstStanding } from '../../core/dry-run.ts';
import { DrillError } from '../../core/error.ts';
import type { LoadedDrill } from '../../drill/load.ts';
import { dryRun } from '../../engine/dry-run/dry-run.ts';
import { configHash, createRunId, hostFacts, type RunHeader } from '../../engine/header.ts';
import { makePlan, type Plan } from '../../engine/plan.ts';
import { openJournal } from '../../journal/writer.ts';
import { type CommandContext, type Project, print, printJson, progress } from '../context.ts';
import { widthOf } from '../labelled.ts';
import { makeReportFolder } from '../report-folder.ts';
import type { RunOptions } from '../run-options.ts';
import type { OpenTarget } from '../target.ts';
import { renderDryRun, summaryLine } from './dry-run-text.ts';

export interface DryRunning {
  readonly opened: OpenTarget;
  readonly project: Project;
  readonly options: RunOptions;
  readonly seed: number;
}

const EXIT_CODES: Readonly<Record<Standing, number>> = { refused: 2, cannotProve: 3, wouldDo: 0, proved: 0 };

/** 2 when one of them would be refused, 3 when something of one cannot be proved. */
export async function dryRunDrills(
  loaded: readonly LoadedDrill[],
  running: DryRunning,
  cx: CommandContext,
): Promise<number> {
  const reports: DryRunReport[] = [];
  for (const { drill } of loaded) {
    const { report, plan, dir } = await dryRunOne(drill, running, cx);
    reports.push(report);
    if (running.options.json === true) continue;
    print(cx, ...renderDryRun(report, { drill, plan, width: widthOf(cx) }), '');
    print(cx, `${summaryLine(report)} ${join(dir, 'result.json')}`, '');
  }
  if (running.options.json === true) printJson(cx, reports);
  return EXIT_CODES[worstStanding(reports)];
}

interface Recorded {
  readonly report: DryRunReport;
  /** Undefined = none can be made there. */
  readonly plan: Plan | undefined;
  readonly dir: string;
}

async function dryRunOne(drill: Drill, running: DryRunning, cx: CommandContext): Promise<Recorded> {
  const { project, opened, seed } = running;
  const runId = createRunId(`dry-run-${drill.name}`);
  const dir = join(project.reportsDir, runId);
  await makeReportFolder(dir);
  const clock = createClock();
  const journal = openJournal(dir, clock);
  const header = headerOf(runId, drill, running);
  journal.write({ type: 'run', v: 1, originNs: String(clock.originNs), ...header });
  progress(cx, `Dry run of ${drill.name}: asks, and changes nothing.`);
  const plan = planFor(drill, running);
  const items = plan instanceof DrillError ? [refusal(plan)] : await look(plan, { opened, seed, clock });
  for (const item of items) journal.write({ type: 'dryRun', item });
  await journal.close();
  const { name, file, title, sha256 } = drill;
  const report: DryRunReport = {
    schema: 'firedrill.dry-run/1',
    dryRun: true,
    runId,
    target: header.target,
    runtime: header.runtime,
    drill: { name, file, title, sha256 },
    seed,
    startedAt: header.startedAt,
    durationMs: clock.nowMs(),
    standing: worstStanding(items),
    items,
  };
  await writeFile(join(dir, 'result.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  return { report, plan: plan instanceof DrillError ? undefined : plan, dir };
}

function planFor(drill: Drill, { project, opened }: DryRunning): Plan | DrillError {
  try {
    return makePlan(drill, project.registry, opened.runtime);
  } catch (error) {
    if (error instanceof DrillError && error.code === 'PLAN_REFUSED') return error;
    throw error;
  }
}

function refusal({ message, hint }: DrillError): DryRunItem {
  return { about: 'plan', standing: 'refused', because: hint === undefined ? message : `${message}. ${hint}` };
}

async function look(
  plan: Plan,
  { opened, ...rest }: Pick<DryRunning, 'opened' | 'seed'> & { readonly clock: ReturnType<typeof createClock> },
): Promise<readonly DryRunItem[]> {
  const { signal } = new AbortController();
  await using cluster = await opened.runtime.open(
    { runId: 'dry-run', ...plan.spec },
    // Nothing is done to it: there is nothing that another process would have to undo.
    { save: async () => {}, onProgress: () => undefined, keep: false, logsTo: undefined, signal },
  );
  return await dryRun({ plan, cluster, signal, ...rest });
}

function headerOf(runId: string, drill: Drill, { opened, options, seed }: DryRunning): RunHeader {
  const { runtime, target } = opened;
  return {
    runId,
    suiteId: runId,
    seed,
    startedAt: new Date().toISOString(),
    runtime: runtime.kind,
    target: target.name,
    dryRun: true,
    versions: { firedrill: packageJson.version, node: process.versions.node },
    host: hostFacts(),
    configHash: configHash(drill, target.name),
    drill,
    sabotage: undefined,
    overrides: { param: options.param, set: options.set },
  };
}
