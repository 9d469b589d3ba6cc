import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { identityOf } from '../../src/core/process-identity.ts';
import { startSecuredRedis } from './secured-redis.ts';

it('is controlled from outside, and leaves nothing', async () => {
  const cluster = await startSecuredRedis({ replicas: 1, sentinels: 1, tls: false, acl: false });
  const words = async (): Promise<string[]> => (await cluster.status('redis-2')).split(' ');
  const [first, pid] = await words();
  expect(first).toBe('running');
  await cluster.pause('redis-2');
  expect(await words()).toEqual(['paused', pid, expect.any(String)]);
  await cluster.resume('redis-2');
  await cluster.kill('redis-2');
  await cluster.kill('redis-2');
  expect(await words()).toEqual(['gone']);
  await cluster.start('redis-2');
  await cluster.untilWhole();
  const pids = await Promise.all(cluster.nodes.map(async (node) => Number((await cluster.status(node)).split(' ')[1])));
  expect(pids.map(identityOf)).not.toContain(undefined);
  await cluster.pause('redis-1');

  await cluster[Symbol.asyncDispose]();
  expect(pids.map(identityOf).filter((found) => found !== undefined)).toEqual([]);
  expect(existsSync(cluster.dir)).toBe(false);
});
