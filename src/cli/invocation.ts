// One invocation: some drills, each some times, told to reporters, ended by one exit code.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Drill } from '../core/drill.ts';
import type { InvocationInfo, Reporter, RunInfo, Runtime } from '../core/kinds.ts';
import type { NodeSpec } from '../core/node.ts';
import type { Report } from '../core/report.ts';
import { createRunId } from '../engine/header.ts';
import { makePlan } from '../engine/plan.ts';
import { type CommandContext, type Project, printJson, progress } from './context.ts';
import { finishDeadRuns } from './dead-runs.ts';
import { makeReportFolder } from './report-folder.ts';
import { createReporters } from './reporters.ts';
import { runOne } from './run-one.ts';
import { type RunOptions, readCount } from './run-options.ts';
import { type Interruption, watchInterrupts } from './signals.ts';

/** A drill that is to be run, perhaps with a sabotage in it. */
export interface Entry {
  readonly drill: Drill;
  readonly sabotage: string | undefined;
  /** True: its workloads are pointed at nothing. */
  readonly unreachable?: boolean;
  /** Asked when its turn has come: true = it is left out. */
  skip?(): boolean;
}

export interface Invocation {
  readonly project: Project;
  readonly runtime: Runtime;
  readonly entries: readonly Entry[];
  readonly options: RunOptions;
  /** Tells people instead of the console reporter. */
  readonly console?: Reporter;
  /** Reporters that are left out: the caller says it in its own words. */
  readonly without?: readonly string[];
}

export interface Outcome {
  readonly reports: readonly Report[];
  readonly exitCode: number;
  /** `reports/<suite-id>`. */
  readonly dir: string;
  /** True if something of ours broke that no report knows: a reporter that threw. */
  readonly toolBroke: boolean;
}

/** Runs all of them, one after the other. Ctrl-C ends the present one in order and begins no other. */
export async function invoke(invocation: Invocation, cx: CommandContext): Promise<Outcome> {
  const { project, entries, options } = invocation;
  const suiteId = createRunId('suite');
  const dir = join(project.reportsDir, suiteId);
  await makeReportFolder(dir);
  const running = { runId: '<run-id>' };
  let tell = (line: string): void => progress(cx, line);
  using interruption = watchInterrupts(
    (line) => tell(line),
    () => `${cx.called} rollback ${running.runId}`,
  );
  const choice = { ...options, console: invocation.console, without: invocation.without, signal: interruption.first };
  const reporters = createReporters(choice, project, cx);
  tell = reporters.tell;
  await clearAway(project, tell, cx);
  const info: InvocationInfo = { suiteId, dir, drills: entries.length };
  await reporters.reporter.onInvocationStart?.(info);
  const reports = await runAll(invocation, { suiteId, interruption, reporter: reporters.reporter, tell, running });
  await reporters.reporter.onInvocationEnd?.(reports, info);
  if (options.json === true) printJson(cx, reports);
  return { reports, dir, exitCode: reporters.exit(reports).code, toolBroke: reporters.failures() > 0 };
}

interface Running {
  readonly suiteId: string;
  readonly interruption: Interruption;
  readonly reporter: Reporter;
  /** The run that is under way: what a hint names when it is left. */
  readonly running: { runId: string };
  tell(line: string): void;
}

async function runAll(invocation: Invocation, cx: Running): Promise<readonly Report[]> {
  const { entries, options, runtime } = invocation;
  const { signal } = cx.interruption;
  const versions = {
    firedrill: packageJson.version,
    node: process.versions.node,
    ...(await runtime.versions?.({ onProgress: cx.tell, signal }, nodesOf(invocation))),
  };
  const seeds = seedsOf(options, entries.length);
  const reports: Report[] = [];
  for (const [index, entry] of entries.entries()) {
    if (signal.aborted) break;
    if (entry.skip?.() === true) continue;
    reports.push(await runEntry(entry, invocation, { ...cx, index, seed: seeds[index] ?? 0, versions }));
  }
  return reports;
}

/** What the drills will start. One that cannot be planned says so when its turn comes. */
function nodesOf({ entries, project, runtime }: Invocation): readonly NodeSpec[] {
  return entries.flatMap(({ drill }) => {
    try {
      return makePlan(drill, project.registry, runtime).spec.nodes;
    } catch {
      return [];
    }
  });
}

interface EntryContext extends Running {
  readonly index: number;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
}

async function runEntry(entry: Entry, invocation: Invocation, cx: EntryContext): Promise<Report> {
  const { project, runtime, options, entries } = invocation;
  const { index, seed, suiteId, interruption, reporter, versions, tell, running } = cx;
  let info: RunInfo | undefined;
  const { report } = await runOne({
    drill: entry.drill,
    runtime,
    registry: project.registry,
    suiteId,
    seed,
    sabotage: entry.sabotage,
    overrides: { param: options.param, set: options.set },
    reportsDir: project.reportsDir,
    versions,
    keep: options.keep === true,
    unreachable: entry.unreachable === true,
    interrupt: interruption.signal,
    onStart: async (runId, dir) => {
      running.runId = runId;
      const title =
        entry.sabotage === undefined ? entry.drill.title : `${entry.drill.title} [sabotage: ${entry.sabotage}]`;
      info = { runId, dir, index, of: entries.length, title, drill: entry.drill.name };
      await reporter.onRunStart?.(info);
    },
    onEvent: (event) => reporter.onEvent?.(event),
    onProgress: tell,
  });
  if (info !== undefined) await reporter.onRunEnd?.(report, info);
  return report;
}

/** What runs of dead processes left behind is undone first: it would stand in the way, and nobody else does it. */
async function clearAway(project: Project, tell: (line: string) => void, cx: CommandContext): Promise<void> {
  const by = 'the start of another run';
  for (const { runId, failures } of await finishDeadRuns({ by, onProgress: tell }, project, cx)) {
    tell(
      failures.length === 0
        ? `Rolled back ${runId}, whose process had died.`
        : `Could not roll back ${runId}: ${failures.join('; ')}`,
    );
  }
}

/** The first run has the seed that was asked for; each further one the next. */
function seedsOf(options: RunOptions, count: number): readonly number[] {
  const first = options.seed === undefined ? randomInt(2 ** 31) : readCount('--seed', options.seed, 0);
  return Array.from({ length: count }, (_, index) => first + index);
}
