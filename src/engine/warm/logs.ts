// Of a cluster that outlives the run: what its nodes logged while the run lasted.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../../core/cluster.ts';

/** From now on. What cannot be read is left out: logs are for people. */
export async function keepLogs(cluster: Cluster): Promise<{ copyTo(dir: string | undefined): Promise<void> }> {
  const names = cluster.spec.nodes.map(({ name }) => name);
  const read = async (node: string): Promise<string> =>
    (await cluster
      .can('logs', node)
      ?.read(node)
      .catch(() => undefined)) ?? '';
  const lengths = new Map(await Promise.all(names.map(async (name) => [name, (await read(name)).length] as const)));
  return {
    copyTo: async (dir) => {
      if (dir === undefined) return;
      const copies = names.map(async (name) => {
        const text = (await read(name)).slice(lengths.get(name));
        await writeFile(join(dir, `${name}.log`), text);
      });
      await mkdir(dir, { recursive: true })
        .then(() => Promise.all(copies))
        .catch(() => undefined);
    },
  };
}
