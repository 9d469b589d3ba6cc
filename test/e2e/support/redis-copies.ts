// A plugin: every ledger is read from every Redis before the cluster is taken down.
import type { Cluster } from '../../../src/core/cluster.ts';
import type { Runtime } from '../../../src/core/kinds.ts';
import { PROBE } from '../../../src/core/node.ts';
import { countingRuntime } from './counting-runtime.ts';
import { readList } from './read-lists.ts';

/** Workload → node → what its list holds. */
export type Copies = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export const runtimes: readonly Runtime[] = [countingRuntime(readAll)];

async function readAll({ handle, spec, addresses }: Cluster): Promise<Copies> {
  const nodes = addresses(PROBE).rows.filter((row) => row.role === 'redis');
  const copies = spec.clientHosts.map(async (host) => {
    const workload = host.replace(/^client:/, '');
    const key = `firedrill:${handle.runId}:${workload}`;
    const lists = nodes.map(async (row) => [row.node, await readList(row.address, key)] as const);
    return [workload, Object.fromEntries(await Promise.all(lists))] as const;
  });
  return Object.fromEntries(await Promise.all(copies));
}
