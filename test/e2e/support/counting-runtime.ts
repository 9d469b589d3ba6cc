// The local runtime, except that something is counted before the cluster is taken down: the last moment at which there is
// something to count.
import { writeFileSync } from 'node:fs';
import type { Cluster } from '../../../src/core/cluster.ts';
import type { Json } from '../../../src/core/json.ts';
import type { Runtime } from '../../../src/core/kinds.ts';
import { localRuntime } from '../../../src/runtimes/local/local.ts';

/** What was counted goes to the file that FIREDRILL_COPIES names. */
export function countingRuntime(count: (cluster: Cluster) => Promise<Json>): Runtime {
  return {
    ...localRuntime,
    kind: 'counted',
    open: async (spec, cx) => {
      const cluster = await localRuntime.open(spec, cx);
      let down: Promise<void> | undefined;
      return {
        ...cluster,
        [Symbol.asyncDispose]: () => {
          down ??= countAndTakeDown(cluster, count);
          return down;
        },
      };
    },
  };
}

async function countAndTakeDown(cluster: Cluster, count: (cluster: Cluster) => Promise<Json>): Promise<void> {
  try {
    writeFileSync(process.env['FIREDRILL_COPIES'] ?? '', JSON.stringify(await count(cluster)));
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}
