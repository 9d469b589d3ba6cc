/**
 * The public entry of the package: what a plugin needs to define kinds, and drills from a program of one's own.
 * @module
 */
import { resolve } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { builtin, type KindLists, withPlugin } from './builtin.ts';
import { keepRollback, leavesAttached } from './cli/dead-runs.ts';
import { runOne } from './cli/run-one.ts';
import type { Json } from './core/json.ts';
import type {
  Action,
  Assertion,
  Fault,
  Probe,
  Registry,
  Reporter,
  RunInfo,
  Runtime,
  Service,
  Workload,
} from './core/kinds.ts';
import type { Report } from './core/report.ts';
import { loadDrill } from './drill/load.ts';
import { createRunId } from './engine/header.ts';
import { lookUp } from './engine/look-up.ts';
import { type RolledBack, rollback } from './engine/rollback.ts';
import { readJournal } from './journal/reader.ts';
import { judge as judgeJournal } from './judge/judge.ts';
import { createMultiplexer } from './reporters/multiplexer.ts';

export type { KindLists } from './builtin.ts';
export type * from './core/access.ts';
export type * from './core/clock.ts';
export type * from './core/cluster.ts';
export type * from './core/drill.ts';
export { DrillError, type ErrorCode, type ErrorDetails, type Problem } from './core/error.ts';
export type * from './core/journal.ts';
export type * from './core/json.ts';
export type * from './core/kinds.ts';
export type * from './core/node.ts';
export type * from './core/outcome.ts';
export type * from './core/report.ts';
export { inService } from './core/right.ts';
export { selectorSchema } from './core/selector.ts';
export type * from './core/tolerance.ts';
export { duration, formatMs, rate } from './core/units.ts';
export type * from './core/verdict.ts';

export interface RunDrillOptions {
  /** Where the cluster lives. Default: `local`. */
  readonly runtime?: string;
  /** Over the drill's own `params`: name → value as text. */
  readonly params?: Readonly<Record<string, string>>;
  /** `path=value`, over anything in the drill. */
  readonly set?: readonly string[];
  /** For every random choice. Default: 0. */
  readonly seed?: number;
  /** The run's folder is made in it. Default: `reports`, where the process is. */
  readonly reportsDir?: string;
  /** Kinds of your own, besides those that are built in. */
  readonly kinds?: KindLists;
  /** Told of the run while it lasts. What it throws is a warning of the process, and ends nothing. */
  readonly reporter?: Reporter;
  /** Aborted: the run is rolled back and judged as interrupted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the drill in `file` once, on a cluster of its own, and judges it. A missed objective is in the report; throws a
 * DrillError only when the drill is wrong, or cannot be run here: then nothing was started. What runs of dead processes
 * left behind is undone first, except on clusters of somebody's own.
 */
export async function runDrill(file: string, options: RunDrillOptions = {}): Promise<Report> {
  const { params = {}, set = [], seed = 0, runtime = 'local', reportsDir = 'reports' } = options;
  const registry = registryWith(options.kinds);
  const { drill } = await loadDrill(file, { registry, params, set });
  const reporter = createMultiplexer(options.reporter === undefined ? [] : [options.reporter], (name, error) =>
    process.emitWarning(error instanceof Error ? error : new Error(`the reporter ${name} failed: ${String(error)}`)),
  );
  const onProgress = (line: string): void => reporter.onProgress(line);
  const onRolledBack = (run: RolledBack) => keepRollback(run, 'the start of another run', onProgress);
  const leaves = leavesAttached({ target: undefined, reportsDir: resolve(reportsDir) }, onProgress);
  await rollback(registry, { onProgress, onRolledBack, leaves });
  let info: RunInfo | undefined;
  const { report } = await runOne({
    drill,
    runtime: lookUp(registry.runtimes, runtime, 'runtime', file),
    registry,
    suiteId: createRunId('suite'),
    seed,
    sabotage: undefined,
    quarantine: undefined,
    retryOf: undefined,
    overrides: { param: Object.entries(params).map(([name, value]) => `${name}=${value}`), set },
    reportsDir: resolve(reportsDir),
    versions: { firedrill: packageJson.version, node: process.versions.node },
    keep: false,
    cold: true,
    unreachable: false,
    interrupt: options.signal ?? new AbortController().signal,
    onStart: async (runId, dir) => {
      info = { runId, dir, index: 0, of: 1, title: drill.title, drill: drill.name };
      await reporter.onRunStart(info);
    },
    onEvent: (event) => reporter.onEvent(event),
    onProgress,
  });
  if (info !== undefined) await reporter.onRunEnd(report, info);
  return report;
}

/** Judges a recorded run again: `dir` is its folder, `reports/<run-id>`. Throws JOURNAL_FAILED when nothing is recorded there. */
export async function judge(dir: string, { kinds }: Pick<RunDrillOptions, 'kinds'> = {}): Promise<Report> {
  return judgeJournal(await readJournal(dir), registryWith(kinds).assertions);
}

function registryWith(kinds: KindLists | undefined): Registry {
  return kinds === undefined ? builtin : withPlugin(builtin, { ...kinds }, 'kinds');
}

// What follows returns what it is given: the compiler checks it, and knows its parameters.

export function defineService(service: Service): Service {
  return service;
}

export function defineFault<P, U extends Json = Json>(fault: Fault<P, U>): Fault<P, U> {
  return fault;
}

export function defineAction<P>(action: Action<P>): Action<P> {
  return action;
}

export function defineProbe<P>(probe: Probe<P>): Probe<P> {
  return probe;
}

export function defineWorkload<P>(workload: Workload<P>): Workload<P> {
  return workload;
}

export function defineAssertion<P>(assertion: Assertion<P>): Assertion<P> {
  return assertion;
}

export function defineRuntime(runtime: Runtime): Runtime {
  return runtime;
}

export function defineReporter(reporter: Reporter): Reporter {
  return reporter;
}
