import type { Capabilities, Capability, Cluster } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { NodeName } from '../../core/node.ts';

/** The capability, or an error that says who lacks it. Plans are checked before; this is for what changed since. */
export function need<C extends Capability>(cluster: Cluster, capability: C, node?: NodeName): Capabilities[C] {
  const found = cluster.can(capability, node);
  if (found === undefined) {
    const isControl = capability === 'lifecycle' || capability === 'pausing';
    throw new DrillError('PLAN_REFUSED', `this cluster does not offer "${capability}"`, {
      at: node,
      hint:
        !cluster.owned && isControl
          ? 'Its service needs control: in the target file: how that is done there.'
          : undefined,
    });
  }
  return found;
}
