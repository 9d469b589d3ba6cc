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
process.stdout.write('open\n');
const [lifecycle, pausing, links] = [cluster.can('lifecycle'), cluster.can('pausing'), cluster.can('links')];
const isolation = cluster.can('isolation');
const between = ['redis-1->redis-2', 'redis-2->redis-1', 'probe->redis-2'];
for (;;) {
  await lifecycle?.kill('redis-1');
  await pausing?.pause('redis-2');
  await links?.cut(between);
  await isolation?.unplug('redis-2');
  await links?.refuse(between);
  await isolation?.replug('redis-2');
  await pausing?.resume('redis-2');
  await links?.heal(between);
  await lifecycle?.start('redis-1');
}
