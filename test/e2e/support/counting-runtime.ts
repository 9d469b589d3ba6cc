// A plugin: the local runtime, except that every ledger is read from every node before the cluster is taken down. That
// is the last moment at which there is something to count.
import { writeFileSync } from 'node:fs';
import type { Cluster } from '../../../src/core/cluster.ts';
import type { Runtime } from '../../../src/core/kinds.ts';
import { PROBE } from '../../../src/core/node.ts';
import { localRuntime } from '../../../src/runtimes/local/local.ts';
import { readList } from './read-lists.ts';

/** Workload → node → what its list holds. */
export type Copies = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export const runtimes: readonly Runtime[] = [
  {
    ...localRuntime,
    kind: 'counted',
    open: async (spec, cx) => {
      const cluster = await localRuntime.open(spec, cx);
      let down: Promise<void> | undefined;
      return {
        ...cluster,
        [Symbol.asyncDispose]: () => {
          down ??= countAndTakeDown(cluster);
          return down;
        },
      };
    },
  },
];

async function countAndTakeDown(cluster: Cluster): Promise<void> {
  try {
    await readAll(cluster);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

async function readAll({ handle, spec, addresses }: Cluster): Promise<void> {
  const nodes = addresses(PROBE).rows.filter((row) => row.role === 'redis');
  const copies = spec.clientHosts.map(async (host) => {
    const workload = host.replace(/^client:/, '');
    const key = `firedrill:${handle.runId}:${workload}`;
    const lists = nodes.map(async (row) => [row.node, await readList(row.address, key)] as const);
    return [workload, Object.fromEntries(await Promise.all(lists))] as const;
  });
  const file = process.env['FIREDRILL_COPIES'] ?? '';
  writeFileSync(file, JSON.stringify(Object.fromEntries(await Promise.all(copies)) satisfies Copies));
}
