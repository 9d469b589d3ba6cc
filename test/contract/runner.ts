// A runner of its own process, which the contract suite kills: opens a cluster and tries to end it well.
import { renameSync, writeFileSync } from 'node:fs';
import type { Runtime } from '../../src/core/kinds.ts';
import { redisSpec } from './redis-spec.ts';

const [module = '', runId = '', file = ''] = process.argv.slice(2);
const { runtime } = (await import(module)) as { runtime: Runtime };
await using cluster = await runtime.open(redisSpec(runId, { redis: 2, sentinels: 0 }), {
  save: async (handle) => {
    writeFileSync(`${file}.draft`, JSON.stringify(handle));
    renameSync(`${file}.draft`, file);
    process.stdout.write('saved\n');
  },
  onProgress: () => {},
  keep: false,
  logsTo: undefined,
  signal: new AbortController().signal,
});
const lifecycle = cluster.can('lifecycle');
for (;;) {
  await lifecycle?.kill('redis-1');
  await lifecycle?.start('redis-1');
  await cluster.can('links')?.cut(['redis-1->redis-2']);
  await cluster.can('links')?.heal(['redis-1->redis-2']);
}
