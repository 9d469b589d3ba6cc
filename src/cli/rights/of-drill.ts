// What one drill needs on somebody's own cluster, and the commands that allow it.
import type { Capability } from '../../core/cluster.ts';
import type { Drill } from '../../core/drill.ts';
import type { Grantee, Registry, Runtime, Service, ServiceTarget } from '../../core/kinds.ts';
import { controlNeeded } from '../../engine/control-needed.ts';
import { nameThere } from '../../engine/makeup.ts';
import { makePlan, type Plan } from '../../engine/plan.ts';
import { rightsOf, type ServiceRight } from '../../engine/rights.ts';
import { attachRuntime } from '../../runtimes/attach/attach.ts';
import type { Target } from '../../targets/load.ts';

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

/** Pure. `drill` has the prefix already. A target has users of its own, and names of its own for its services. */
export function rightsOfDrill(drill: Drill, registry: Registry, grantee: Grantee, target?: Target): DrillRights {
  const plan = makePlan(drill, registry, anywhere(registry));
  const control = controlNeeded(plan);
  const rights = rightsOf(plan);
  return {
    drill: drill.name,
    title: drill.title,
    impossible: whyNot(plan, control) ?? whyNotThere(plan, target),
    control: Object.fromEntries(control),
    rights,
    commands: [...plan.services].flatMap(([name, service]) => {
      const own = rights.filter((right) => right.service === name);
      const there = serviceThere(name, service, target);
      const lines = service.grants?.(own, granteeIn(there, grantee)) ?? [];
      const isAlone = plan.services.size === 1 && target === undefined;
      return [...(isAlone ? [] : [heading(there?.name ?? name, service)]), ...unnamed(service, there), ...lines];
    }),
  };
}

function heading(name: string, { kind }: Service): string {
  return name === kind ? `# ${name}` : `# ${name} (${kind})`;
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

function whyNotThere({ services }: Plan, target: Target | undefined): string | undefined {
  const [missing] = [...services].filter(([name, service]) => serviceThere(name, service, target) === undefined);
  if (target === undefined || missing === undefined) return undefined;
  const [name, { kind }] = missing;
  return `the target ${target.name} has no service "${name}" of kind ${kind}`;
}

function serviceThere(name: string, { kind }: Service, target: Target | undefined): ServiceTarget | undefined {
  const kinds = Object.fromEntries((target?.services ?? []).map((service) => [service.name, service.kind]));
  const theirs = nameThere(name, kind, kinds);
  return target?.services.find((service) => service.name === theirs);
}

function granteeIn(there: ServiceTarget | undefined, grantee: Grantee): Grantee {
  const named = Object.entries(there?.access ?? {}).flatMap(([role, { user }]) =>
    user === undefined ? [] : [[role, user] as const],
  );
  return { ...grantee, users: Object.fromEntries(named) };
}

/** Whoever is not named is let in as whoever the system makes of him: these rights would be that one's. */
function unnamed({ targetWords }: Service, there: ServiceTarget | undefined): readonly string[] {
  const roles = (targetWords?.roles ?? []).filter((role) => there?.access[role]?.user === undefined);
  if (there === undefined || roles.length === 0) return [];
  return [`# the target file names no user under access: of ${there.name}, for ${roles.join(' and ')}: it has to`];
}

/** Its plans are of no particular place: whether there is one is said by `impossible`. */
function anywhere({ runtimes }: Registry): Runtime {
  return { ...attachRuntime, capabilities: [...runtimes.values()].flatMap(({ capabilities }) => capabilities) };
}
