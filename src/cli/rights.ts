import type { Capability } from '../core/cluster.ts';
import type { Drill } from '../core/drill.ts';
import type { Grantee, Registry, Runtime } from '../core/kinds.ts';
import { controlNeeded } from '../engine/control-needed.ts';
import { makePlan, type Plan } from '../engine/plan.ts';
import { rightsOf, type ServiceRight } from '../engine/rights.ts';
import { attachRuntime } from '../runtimes/attach/attach.ts';
import { loadChosen } from './chosen.ts';
import { type CommandContext, openProject, print, printJson } from './context.ts';

export interface RightsOptions {
  readonly config?: string;
  readonly tag: readonly string[];
  readonly prefix: string;
  readonly user: string;
  readonly json?: boolean;
}

/** What one drill needs on somebody's own cluster. */
export interface DrillRights {
  readonly drill: string;
  readonly title: string;
  /** Why it cannot be run there at all; undefined = it can. */
  readonly impossible: string | undefined;
  /** Step → what its target file has to say how to do. */
  readonly control: Readonly<Record<string, readonly Capability[]>>;
  readonly rights: readonly ServiceRight[];
  /** Commands of the systems' own tools that give exactly these. */
  readonly commands: readonly string[];
}

/** Prints what a user must be allowed for these drills, as commands that allow it. Asks nobody. */
export async function rights(names: readonly string[], options: RightsOptions, cx: CommandContext): Promise<number> {
  const { prefix, tag, user } = options;
  const project = await openProject(options.config, cx);
  const attachTo = { file: '--prefix', params: {}, prefix };
  const loaded = await loadChosen(names, { tag, param: [], set: [], attachTo }, project, cx);
  const all = loaded.map(({ drill }) => rightsOfDrill(drill, project.registry, { user, prefix }));
  if (options.json === true) printJson(cx, all);
  else for (const one of all) print(cx, ...lines(one), '');
  return 0;
}

/** Pure. `drill` has the prefix already. */
export function rightsOfDrill(drill: Drill, registry: Registry, grantee: Grantee): DrillRights {
  const plan = makePlan(drill, registry, anywhere(registry));
  const control = controlNeeded(plan);
  const needed = rightsOf(plan);
  return {
    drill: drill.name,
    title: drill.title,
    impossible: whyNot(plan, control),
    control: Object.fromEntries(control),
    rights: needed,
    commands: [...plan.services].flatMap(
      ([name, service]) =>
        service.grants?.(
          needed.filter((right) => right.service === name),
          grantee,
        ) ?? [],
    ),
  };
}

/** What a target file can say how to do. */
const OFFERED: readonly Capability[] = ['reach', 'lifecycle', 'pausing'];

function whyNot({ drill }: Plan, control: ReadonlyMap<string, readonly Capability[]>): string | undefined {
  for (const [step, needs] of control) {
    const missing = needs.filter((need) => !OFFERED.includes(need));
    if (missing.length > 0) return `step "${step}" needs ${missing.join(', ')}, which only clusters of ours have`;
  }
  return Object.keys(drill.cluster.settings).length > 0 ? 'it has settings for its cluster' : undefined;
}

/** Its plans are of no particular place: whether there is one is said by `impossible`. */
function anywhere({ runtimes }: Registry): Runtime {
  return { ...attachRuntime, capabilities: [...runtimes.values()].flatMap(({ capabilities }) => capabilities) };
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
