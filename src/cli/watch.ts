import { DrillError } from '../core/error.ts';
import type { Runtime } from '../core/kinds.ts';
import { type LoadedDrill, parseDrill } from '../drill/load.ts';
import { isProduction } from './attached.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { loadChosen } from './chosen.ts';
import { type CommandContext, openProject, type Project } from './context.ts';
import { invoke } from './invocation.ts';
import { readParams } from './run-options.ts';
import { type OpenTarget, openTarget } from './target.ts';
import { standardDocument } from './watch/standard.ts';
import { readTerms, type TermOptions } from './watch/terms.ts';
import { watchOf } from './watch/watch-drill.ts';

export interface WatchCommandOptions extends TermOptions {
  readonly config?: string;
  readonly target?: string;
  readonly runtime?: string;
  /** False: `--no-writes`. */
  readonly writes: boolean;
  readonly param: readonly string[];
  readonly set: readonly string[];
  readonly reporter: readonly string[];
  readonly json?: boolean;
}

/**
 * Probes, counts clients and writes a little, does nothing else, and reports what it has seen. Ends in order with Ctrl-C, after
 * `--for`, or once a failover is over.
 */
export async function watch(
  names: readonly string[],
  options: WatchCommandOptions,
  cx: CommandContext,
): Promise<number> {
  const terms = readTerms(options);
  const project = await openProject(options.config, cx);
  const opened = options.target === undefined ? undefined : await openTarget(options.target, project, cx);
  if (opened !== undefined) checkWrites(opened, options.writes);
  const loaded = await chosen(names, options, { project, cx, opened });
  const runtime = opened?.runtime ?? (await chooseRuntime(project, options.runtime, [loaded], cx));
  checkTarget(options, runtime);
  const drill = watchOf(loaded.drill, project.registry, { forMs: terms.forMs, writes: options.writes });
  const { exitCode } = await invoke(
    {
      project,
      runtime,
      entries: [{ drill, sabotage: undefined }],
      options: { ...options, tag: [] },
      watch: { writes: options.writes && drill.workloads.length > 0, untilFailover: terms.untilFailover },
      without: ['history', 'junit'],
    },
    cx,
  );
  return exitCode;
}

interface Choosing {
  readonly project: Project;
  readonly cx: CommandContext;
  readonly opened: OpenTarget | undefined;
}

/** A drill, services of the target, or all of them. */
async function chosen(
  names: readonly string[],
  options: WatchCommandOptions,
  { project, cx, opened }: Choosing,
): Promise<LoadedDrill> {
  const services = opened?.runtime.found?.services ?? {};
  if (opened !== undefined && names.every((name) => services[name] !== undefined)) {
    const wanted = names.length === 0 ? Object.keys(services) : names;
    return standard(wanted, opened, { options, project });
  }
  if (names.length !== 1) {
    throw new DrillError('USAGE', 'it is not said what to watch: a target, or one drill', {
      hint: 'firedrill watch --target staging, or firedrill watch redis-primary-kill on a cluster of ours',
    });
  }
  const [loaded] = await loadChosen(names, { ...options, tag: [], attachTo: opened?.target }, project, cx);
  if (loaded === undefined) throw new DrillError('INTERNAL', `${names[0]} was not loaded`);
  return loaded;
}

function standard(
  names: readonly string[],
  { target, runtime }: OpenTarget,
  { options, project }: { readonly options: WatchCommandOptions; readonly project: Project },
): LoadedDrill {
  const { services = {}, nodes = [] } = runtime.found ?? {};
  const watched = names.map((name) => ({
    name,
    kind: services[name] ?? '',
    dataNodes: nodes.filter(({ service, role }) => service === name && !['sentinel', 'controller'].includes(role))
      .length,
  }));
  const document = standardDocument(`What happens in ${target.name}`, watched);
  return parseDrill(JSON.stringify(document), `watch-${target.name}`, {
    registry: project.registry,
    params: readParams(options.param),
    set: options.set,
    target,
  });
}

/** Nothing is written to production: looking is all that is allowed there. Throws USAGE. */
function checkWrites({ target }: OpenTarget, writes: boolean): void {
  if (!writes || !isProduction(target.environment)) return;
  throw new DrillError('USAGE', `nothing is written to ${target.name}: its environment is ${target.environment}`, {
    at: target.file,
    hint: `firedrill watch --target ${target.name} --no-writes only probes, and counts clients.`,
  });
}

function checkTarget({ target, runtime: named }: WatchCommandOptions, runtime: Runtime): void {
  if (target !== undefined && named !== undefined && named !== runtime.kind)
    throw new DrillError('USAGE', `--target ${target} and --runtime ${named} are two clusters`);
}
