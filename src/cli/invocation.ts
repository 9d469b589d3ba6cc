// One invocation: some drills, each some times, told to reporters, ended by one exit code.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Drill } from '../core/drill.ts';
import type { Exit } from '../core/exit-code.ts';
import type { InvocationInfo, Reporter, RunInfo, Runtime } from '../core/kinds.ts';
import type { NodeSpec } from '../core/node.ts';
import type { Report } from '../core/report.ts';
import { standsInTheWay } from '../core/standing.ts';
import { createRunId } from '../engine/header.ts';
import type { SweptCluster } from '../engine/warm/rollback.ts';
import { sweptWords } from './cluster/words.ts';
import { type CommandContext, type Project, printJson, progress } from './context.ts';
import { finishDeadRuns, leavesAttached } from './dead-runs.ts';
import { plannable } from './plannable.ts';
import { quarantineOf } from './quarantine.ts';
import { makeReportFolder } from './report-folder.ts';
import { createReporters } from './reporters.ts';
import { type RunOne, runOne } from './run-one.ts';
import { type RunOptions, readCount } from './run-options.ts';
import { type Interruption, watchInterrupts } from './signals.ts';
import { type FailoverListener, listenForFailover } from './watch/until-failover.ts';

/** A drill that is to be run, perhaps with a sabotage in it. */
export interface Entry {
  readonly drill: Drill;
  readonly sabotage: string | undefined;
  /** True: its workloads are pointed at nothing. */
  readonly unreachable?: boolean;
  /** What is added to the seed that was asked for; default: its place among all. */
  readonly seedOffset?: number;
  /** Asked when its turn has come: true = it is left out. */
  skip?(): boolean;
}

export interface Invocation {
  readonly project: Project;
  readonly runtime: Runtime;
  readonly entries: readonly Entry[];
  readonly options: RunOptions;
  /** How often a drill that proved nothing is run again, at most. Default: never. */
  readonly retries?: number;
  /** Tells people instead of the console reporter. */
  readonly console?: Reporter;
  /** Reporters that are left out: the caller says it in its own words. */
  readonly without?: readonly string[];
  /** What it ends with where that is not what its runs end with. */
  exit?(ofRuns: Exit, toolBroke: boolean): Exit;
  /** There when nothing is done but to watch: Ctrl-C ends it in order, and that is its usual end. */
  readonly watch?: {
    readonly writes: boolean;
    /** It ends this long after a failover is over; undefined = it does not wait for one. */
    readonly untilFailover: number | undefined;
  };
}

export interface Outcome {
  readonly reports: readonly Report[];
  readonly exit: Exit;
  /** `reports/<suite-id>`. */
  readonly dir: string;
}

/** Runs all of them, one after the other. Ctrl-C ends the present one in order and begins no other. */
export async function invoke(invocation: Invocation, cx: CommandContext): Promise<Outcome> {
  const { project, entries, options } = invocation;
  const seeds = seedsOf(options, entries);
  const suiteId = createRunId('suite');
  const dir = join(project.reportsDir, suiteId);
  const running = { runId: '<run-id>' };
  let tell = (line: string): void => progress(cx, line);
  using interruption = watchInterrupts(
    (line) => tell(line),
    () => `${cx.called} rollback ${running.runId}`,
    invocation.watch === undefined ? undefined : 'The watch is over: reporting. Once more to leave at once.',
  );
  const signal = invocation.watch === undefined ? interruption.first : () => undefined;
  const { console, without, exit } = invocation;
  const choice = { ...options, console, without, signal, ...(exit === undefined ? {} : { exit }) };
  const reporters = createReporters(choice, project, cx);
  tell = reporters.tell;
  await makeReportFolder(dir);
  await clearAway(invocation, tell, cx);
  const { reporter } = reporters;
  const info: InvocationInfo = { suiteId, dir, drills: entries.length };
  await reporter.onInvocationStart?.(info);
  const reports = await runAll(invocation, { suiteId, seeds, interruption, reporter, tell, running });
  await reporter.onInvocationEnd?.(reports, info);
  if (options.json === true) printJson(cx, reports);
  return { reports, dir, exit: reporters.exit(reports) };
}

interface Running {
  readonly suiteId: string;
  /** Of each entry. */
  readonly seeds: readonly number[];
  readonly interruption: Interruption;
  readonly reporter: Reporter;
  /** The run that is under way: what a hint names when it is left. */
  readonly running: { runId: string };
  tell(line: string): void;
}

async function runAll(invocation: Invocation, cx: Running): Promise<readonly Report[]> {
  const { entries, runtime } = invocation;
  const { signal } = cx.interruption;
  const versions = {
    firedrill: packageJson.version,
    node: process.versions.node,
    ...(await runtime.versions?.({ onProgress: cx.tell, signal }, nodesOf(invocation))),
  };
  const reports: Report[] = [];
  for (const [index, entry] of entries.entries()) {
    if (signal.aborted || reports.some(standsInTheWay)) break;
    if (entry.skip?.() === true) continue;
    const entryContext = { ...cx, index, seed: cx.seeds[index] ?? 0, versions };
    let report = await runEntry(entry, invocation, entryContext);
    reports.push(report);
    for (let left = invocation.retries ?? 0; left > 0 && isWorthRetrying(report) && !signal.aborted; left--) {
      report = await runEntry(entry, invocation, { ...entryContext, retryOf: report.runId });
      reports.push(report);
    }
  }
  return reports;
}

/** Nothing was proved, nobody ended it, and there is nothing that a person has to mend first. */
function isWorthRetrying(report: Report): boolean {
  const { verdict, status, cluster } = report;
  return verdict === 'inconclusive' && status === 'completed' && cluster !== 'dirty' && !standsInTheWay(report);
}

/** What the drills will start. */
function nodesOf({ entries, project, runtime }: Invocation): readonly NodeSpec[] {
  const drills = entries.map(({ drill }) => drill);
  return plannable(drills, project.registry, runtime).flatMap(({ spec }) => spec.nodes);
}

interface EntryContext extends Running {
  readonly index: number;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  /** The run that proved nothing, when this one is made in its place. */
  readonly retryOf?: string;
}

async function runEntry(entry: Entry, invocation: Invocation, cx: EntryContext): Promise<Report> {
  const { project, runtime, options, entries, watch } = invocation;
  const listener = watch?.untilFailover === undefined ? undefined : listenForFailover(watch.untilFailover);
  const { index, seed, suiteId, interruption, reporter, versions, tell, running, retryOf } = cx;
  const { name } = entry.drill;
  const quarantine = entry.sabotage === undefined ? quarantineOf(project, name, new Date()) : undefined;
  let info: RunInfo | undefined;
  const { report } = await runOne({
    drill: entry.drill,
    runtime,
    registry: project.registry,
    suiteId,
    seed,
    sabotage: entry.sabotage,
    quarantine,
    retryOf,
    overrides: { param: options.param, set: options.set },
    reportsDir: project.reportsDir,
    versions,
    keep: options.keep === true,
    cold: options.cold === true,
    unreachable: entry.unreachable === true,
    ...endingOf(watch, interruption.signal, listener),
    onStart: async (runId, dir) => {
      running.runId = runId;
      info = { runId, dir, index, of: entries.length, title: titleOf(entry, retryOf), drill: name };
      await reporter.onRunStart?.(info);
    },
    onEvent: (event) => {
      listener?.hear(event);
      reporter.onEvent?.(event);
    },
    onProgress: tell,
  });
  if (info !== undefined) await reporter.onRunEnd?.(report, info);
  return report;
}

/** What a run is ended with: a drill is broken off, a watch has seen enough. */
function endingOf(
  watch: Invocation['watch'],
  interrupt: AbortSignal,
  listener: FailoverListener | undefined,
): Pick<RunOne, 'interrupt' | 'watch'> {
  if (watch === undefined) return { interrupt };
  const enough = AbortSignal.any([interrupt, ...(listener === undefined ? [] : [listener.settled])]);
  return { interrupt: new AbortController().signal, watch: { writes: watch.writes, enough } };
}

function titleOf({ drill, sabotage }: Entry, retryOf: string | undefined): string {
  const again = retryOf === undefined ? '' : ' [again: nothing was proved]';
  return `${drill.title}${sabotage === undefined ? '' : ` [sabotage: ${sabotage}]`}${again}`;
}

/** What runs of dead processes left behind is undone first: it would stand in the way, and nobody else does it. */
async function clearAway(
  { project, runtime, watch }: Invocation,
  tell: (line: string) => void,
  cx: CommandContext,
): Promise<void> {
  const by = 'the start of another run';
  const onSwept = (cluster: SweptCluster): void => tell(sweptWords(cluster));
  // Who only watches changes nothing on a cluster that is not ours.
  const here = { target: watch === undefined ? runtime.found?.target : undefined, reportsDir: project.reportsDir };
  const how = { by, onProgress: tell, onSwept, leaves: leavesAttached(here, tell) };
  for (const { runId, failures, hasEnded } of await finishDeadRuns(how, project, cx)) {
    const which = `${runId}, ${hasEnded ? 'which had not undone all of it' : 'whose process had died'}`;
    if (failures.length === 0) tell(`Rolled back ${which}.`);
    else tell(`Could not roll back ${which}: ${failures.join('; ')}\n  → firedrill rollback ${runId} tries again.`);
  }
}

/** The first run has the seed that was asked for; each further one the next, unless it says otherwise. */
function seedsOf(options: RunOptions, entries: readonly Entry[]): readonly number[] {
  const first = options.seed === undefined ? randomInt(2 ** 31) : readCount('--seed', options.seed, 0);
  return entries.map(({ seedOffset }, index) => first + (seedOffset ?? index));
}
