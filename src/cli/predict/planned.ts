// Services as drills would make them: what `predict` says of a cluster that does not exist yet.
import type { Zones } from '../../core/kinds.ts';
import type { Makeup } from '../../engine/makeup.ts';
import type { ReadService } from './read.ts';

/** Pure. A service that cannot say what it will be is told as one that cannot be read. */
export function plannedServices({ services, serviceSpecs, spec }: Makeup): readonly ReadService[] {
  const zones: Zones = Object.fromEntries(spec.nodes.map(({ name, zone }) => [name, zone]));
  return [...services].map(([name, service]): ReadService => {
    const own = spec.nodes.filter((node) => node.service === name);
    const made = serviceSpecs.get(name);
    const planned = made && service.planned?.(own, made);
    if (planned === undefined)
      return { name, service, state: undefined, untold: [`${service.kind} does not say what it will be`] };
    return { name, service, state: { ...planned, zones }, untold: [] };
  });
}
