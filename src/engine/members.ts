// Processes of workloads as targets of faults: what can be done to a node can be done to them, too.
import type { Capabilities, Capability, Cluster } from '../core/cluster.ts';
import type { Members, RunningWorkload, UndoRecord } from '../core/kinds.ts';
import { type Identity, memberName, type NodeName, workloadOfMember } from '../core/node.ts';
import { isAlive } from '../core/process-identity.ts';
import { waitFor } from '../core/wait.ts';
import type { Plan } from './plan.ts';

/** By workload: those that run, or will when it starts. Workloads without processes of their own are left out. */
export function membersOf(
  { drill, registry }: Plan,
  running: ReadonlyMap<string, RunningWorkload>,
): ReadonlyMap<string, readonly NodeName[]> {
  const named = drill.workloads.flatMap(({ name, kind, params }) => {
    const count = registry.workloads.get(kind)?.members?.(params) ?? 0;
    const planned = Array.from({ length: count }, (_, at) => memberName(name, at + 1));
    const names = running.get(name)?.members?.names ?? planned;
    return names.length === 0 ? [] : [[name, names] as const];
  });
  return new Map(named);
}

/** The cluster, and beside it the workloads' processes. They have no links of their own: those are their workload's. */
export function withMembers(cluster: Cluster, workloads: ReadonlyMap<string, RunningWorkload>): Cluster {
  const { owned, handle, spec } = cluster;
  return {
    owned,
    handle,
    spec,
    addresses: (from) => cluster.addresses(from),
    can: (capability, node) => {
      const workload = node === undefined ? undefined : workloadOfMember(node);
      if (workload === undefined) return cluster.can(capability, node);
      return offered(capability, workloads.get(workload)?.members);
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

function offered<C extends Capability>(capability: C, members: Members | undefined): Capabilities[C] | undefined {
  const all: Partial<Capabilities> = members === undefined ? {} : { lifecycle: members, pausing: members };
  return all[capability];
}

const ENDED_WITHIN_MS = 5000;

/**
 * What is left to undo in another process: members ended with their runner, so that whatever was done to them is undone
 * already. One that was suspended could not end by itself, and is ended here.
 */
export async function withoutMembers(record: UndoRecord): Promise<UndoRecord> {
  const isMember = ({ node }: { readonly node: NodeName }): boolean => workloadOfMember(node) !== undefined;
  for (const { node, identity } of record.targets.filter(isMember)) await endStray(node, identity);
  return { ...record, targets: record.targets.filter((target) => !isMember(target)) };
}

async function endStray(member: NodeName, identity: Identity | undefined): Promise<void> {
  if (identity?.type !== 'process' || !isAlive(identity)) return;
  process.kill(identity.pid, 'SIGKILL');
  const ended = (): true | undefined => (isAlive(identity) ? undefined : true);
  await waitFor(ended, { withinMs: ENDED_WITHIN_MS, everyMs: 5, what: `the end of ${member}` });
}
