// Whether what a step needs of the runtime is there, and reaches the nodes: by its readings, never by its acts.
import type { Capability, Cluster, NodeStatus } from '../../core/cluster.ts';
import type { DryRunItem } from '../../core/dry-run.ts';
import { type NodeName, workloadOfMember } from '../../core/node.ts';

export async function checkControl(
  step: string,
  needs: readonly Capability[],
  { nodes, cluster }: { readonly nodes: readonly NodeName[]; readonly cluster: Cluster },
): Promise<readonly DryRunItem[]> {
  // Processes of workloads are ours, and there once they run.
  const theirs = nodes.filter((node) => workloadOfMember(node) === undefined);
  const checks = needs.flatMap((capability) => theirs.map((node) => checkOne({ step, capability, node }, cluster)));
  return Promise.all(checks);
}

interface Asked {
  readonly step: string;
  readonly capability: Capability;
  readonly node: NodeName;
}

async function checkOne(asked: Asked, cluster: Cluster): Promise<DryRunItem> {
  const { capability, node } = asked;
  const item = { about: 'control', ...asked } as const;
  if (cluster.can(capability, node) === undefined)
    return { ...item, standing: 'refused', because: `this cluster offers no ${capability} of ${node}` };
  try {
    const status = await reach(capability, node, cluster);
    if (status === undefined)
      return { ...item, standing: 'cannotProve', because: 'it has nothing that could be asked without doing it' };
    if (status === true) return { ...item, standing: 'proved' };
    return status.state === 'running'
      ? { ...item, status, standing: 'proved' }
      : { ...item, status, standing: 'cannotProve', because: `the node is ${status.state}` };
  } catch (error) {
    return { ...item, standing: 'cannotProve', because: error instanceof Error ? error.message : String(error) };
  }
}

/** True = it answered; undefined = it has no reading. Who can stop a node is asked by the same way how it is. */
async function reach(capability: Capability, node: NodeName, cluster: Cluster): Promise<NodeStatus | true | undefined> {
  switch (capability) {
    case 'lifecycle':
    case 'pausing':
      return cluster.can('lifecycle', node)?.status(node);
    case 'links':
      return (await cluster.can('links', node)?.state()) && true;
    case 'isolation':
      return (await cluster.can('isolation', node)?.isPlugged(node)) === undefined ? undefined : true;
    default:
      return undefined;
  }
}
