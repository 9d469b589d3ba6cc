// Everything that a drill's services must let it do, gathered from the kinds that it names.
import type { NeededRight, Right, RightsContext } from '../core/kinds.ts';
import { inService } from '../core/right.ts';
import { lookUp } from './look-up.ts';
import type { Plan } from './plan.ts';

/** A right with the service that it is asked of: one for each, where a kind means any that has nodes of its role. */
export interface ServiceRight extends NeededRight {
  readonly service: string;
}

/** Each once, with all that need it, in the order in which they are needed. Pure. */
export function rightsOf(plan: Plan): readonly ServiceRight[] {
  const merged = new Map<string, ServiceRight & { readonly neededBy: string[] }>();
  for (const { right, by } of asked(plan)) {
    for (const service of servicesOf(right, plan)) {
      const key = JSON.stringify([service, right.role, right.act]);
      const known = merged.get(key) ?? { ...right, service, neededBy: [] };
      merged.set(key, known);
      if (!known.neededBy.includes(by)) known.neededBy.push(by);
    }
  }
  return [...merged.values()];
}

interface Asked {
  readonly right: Right;
  /** Who needs it. */
  readonly by: string;
}

function asked(plan: Plan): readonly Asked[] {
  const { drill, registry, services, serviceSpecs, samplers } = plan;
  const cx = (name: string, client?: string): RightsContext => ({ name, client });
  return [
    ...[...services].flatMap(([name, service]) => {
      const spec = serviceSpecs.get(name);
      const rights = spec === undefined ? [] : (service.rights?.(spec) ?? []);
      return [
        ...by(`service ${name}`, inService(name, rights)),
        ...by('the dry run', inService(name, service.checkingRights ?? [])),
      ];
    }),
    ...samplers.flatMap(({ name, kind, params }) =>
      by(`probe ${name}`, lookUp(registry.probes, kind, 'probe', name).rights?.(params, cx(name))),
    ),
    ...drill.workloads.flatMap(({ name, kind, params, client }) =>
      by(
        `workload ${name} (${kind})`,
        lookUp(registry.workloads, kind, 'workload', name).rights?.(params, cx(name, client)),
      ),
    ),
    ...drill.method.flatMap((step) => {
      if (step.verb !== 'fault' && step.verb !== 'action') return [];
      const { name, kind, params } = step;
      const rights =
        step.verb === 'fault'
          ? lookUp(registry.faults, kind, 'fault', name).rights?.(params, cx(name))
          : lookUp(registry.actions, kind, 'action', name).rights?.(params, cx(name));
      return by(`step ${name} (${kind})`, rights);
    }),
  ];
}

function by(who: string, rights: readonly Right[] = []): readonly Asked[] {
  return rights.map((right) => ({ right, by: who }));
}

function servicesOf({ service, role }: Right, { spec }: Plan): readonly string[] {
  const having = new Set(spec.nodes.filter((node) => node.role === role).map((node) => node.service));
  return [...having].filter((name) => service === undefined || name === service);
}
