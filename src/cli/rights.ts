import type { Drill } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { DrillTarget } from '../drill/load.ts';
import type { Target } from '../targets/load.ts';
import { loadChosen } from './chosen.ts';
import { type CommandContext, openProject, type Project, print, printJson } from './context.ts';
import { type DrillRights, rightsOfDrill } from './rights/of-drill.ts';
import { SOME_NODES, watchOfKind } from './rights/of-watch.ts';
import { readTarget } from './target.ts';
import { chooseWatched } from './watch/chosen.ts';
import { WATCHED_KINDS } from './watch/standard.ts';
import { FOR_EVER_MS } from './watch/terms.ts';
import { watchOf } from './watch/watch-drill.ts';

export interface RightsOptions {
  readonly config?: string;
  readonly tag: readonly string[];
  readonly target?: string;
  readonly watch?: boolean;
  /** False: `--no-writes`. */
  readonly writes: boolean;
  readonly prefix?: string;
  readonly user: string;
  readonly json?: boolean;
}

const DEFAULT_PREFIX = 'firedrill-';

/** Prints what a user must be allowed for these drills, or for a watch, as commands that allow it. Asks nobody. */
export async function rights(names: readonly string[], options: RightsOptions, cx: CommandContext): Promise<number> {
  checkOptions(options);
  const project = await openProject(options.config, cx);
  const target = options.target === undefined ? undefined : await readTarget(options.target, project, cx);
  const { prefix = target?.prefix ?? DEFAULT_PREFIX, user } = options;
  const asking = { options, project, cx, target, attachTo: target ?? { file: '--prefix', params: {}, prefix } };
  const drills = options.watch === true ? await watched(names, asking) : await chosen(names, asking);
  const all = drills.map((drill) => rightsOfDrill(drill, project.registry, { user, prefix }, target));
  if (options.json === true) printJson(cx, all);
  else for (const one of all) print(cx, ...lines(one), '');
  return 0;
}

function checkOptions({ target, prefix, watch, writes, tag }: RightsOptions): void {
  if (target !== undefined && prefix !== undefined)
    throw new DrillError('USAGE', `--target ${target} has a prefix of its own: leave out --prefix ${prefix}`);
  if (watch === true && tag.length > 0)
    throw new DrillError('USAGE', '--watch is of a target, a kind of service or a drill, and not of a tag');
  if (watch !== true && !writes)
    throw new DrillError('USAGE', '--no-writes is for --watch: a drill without its workloads is none');
}

interface Asking {
  readonly options: RightsOptions;
  readonly project: Project;
  readonly cx: CommandContext;
  readonly target: Target | undefined;
  readonly attachTo: DrillTarget;
}

async function chosen(names: readonly string[], { options, project, cx, attachTo }: Asking): Promise<readonly Drill[]> {
  const loaded = await loadChosen(names, { tag: options.tag, param: [], set: [], attachTo }, project, cx);
  return loaded.map(({ drill }) => drill);
}

/** Of what a target has, as `firedrill watch` takes it; without one, of each kind of service or drill by itself. */
async function watched(names: readonly string[], asking: Asking): Promise<readonly Drill[]> {
  const { options, project, cx, target, attachTo } = asking;
  const { registry } = project;
  const { writes } = options;
  const asIs = { param: [], set: [] };
  if (target !== undefined) {
    const services = target.services.map(({ name, kind }) => ({ name, kind, dataNodes: SOME_NODES }));
    const { drill } = await chooseWatched(names, { ...asIs, project, cx, target, services });
    return [watchOf(drill, registry, { forMs: FOR_EVER_MS, writes })];
  }
  const isKind = (name: string): boolean => WATCHED_KINDS.some((kind) => kind === name);
  const kinds = names.length === 0 ? WATCHED_KINDS : names.filter(isKind);
  const drills = names.filter((name) => !isKind(name));
  const loaded = drills.length === 0 ? [] : await loadChosen(drills, { ...asIs, tag: [], attachTo }, project, cx);
  return [
    ...kinds.map((kind) => watchOfKind(kind, { registry, attachTo, writes })),
    ...loaded.map(({ drill }) => watchOf(drill, registry, { forMs: FOR_EVER_MS, writes })),
  ];
}

function lines({ drill, title, impossible, control, commands }: DrillRights): readonly string[] {
  const controlled = Object.entries(control).map(([step, needs]) => `${needs.join(', ')} (${step})`);
  return [
    `# ${drill}: ${title}`,
    ...(impossible === undefined ? [] : [`# It cannot be run on a cluster of your own: ${impossible}.`]),
    ...(controlled.length === 0 || impossible !== undefined
      ? []
      : [`# Besides, the target file must say how to control nodes: ${controlled.join('; ')}.`]),
    ...(impossible === undefined ? commands : []),
  ];
}
