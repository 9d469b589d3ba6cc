import { DrillError } from '../core/error.ts';
import type { Runtime } from '../core/kinds.ts';
import { isProduction } from './attached.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { type CommandContext, openProject } from './context.ts';
import { invoke } from './invocation.ts';
import { type OpenTarget, openTarget } from './target.ts';
import { chooseWatched } from './watch/chosen.ts';
import type { WatchedService } from './watch/standard.ts';
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
  const opened =
    options.target === undefined ? undefined : await openTarget(options.target, project, { ...cx, controls: false });
  if (opened !== undefined) checkWrites(opened, options.writes);
  const services = opened === undefined ? [] : servicesIn(opened);
  const loaded = await chooseWatched(names, { ...options, project, cx, target: opened?.target, services });
  const runtime = opened?.runtime ?? (await chooseRuntime(project, options.runtime, [loaded], cx));
  checkTarget(options, runtime);
  const drill = watchOf(loaded.drill, project.registry, { forMs: terms.forMs, writes: options.writes });
  const { exit } = await invoke(
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
  return exit.code;
}

/** In the target's order, with what was found of each. */
function servicesIn({ target, runtime }: OpenTarget): readonly WatchedService[] {
  const { nodes = [] } = runtime.found ?? {};
  return target.services.map(({ name, kind }) => ({
    name,
    kind,
    dataNodes: nodes.filter(({ service, role }) => service === name && !['sentinel', 'controller'].includes(role))
      .length,
  }));
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
