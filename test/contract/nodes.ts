// What the life of a cluster's nodes promises. Part of the runtimes' contract.
import { describe, expect, it } from 'vitest';
import { linkName, PROBE } from '../../src/core/node.ts';
import { redisSpec } from './redis-spec.ts';
import { addressOf, ask } from './resp.ts';
import { able, everyNodeAnswers, newRunId, openCluster, type RuntimeUnderTest, smallSpec, until } from './support.ts';

export function describeNodes(name: string, subject: RuntimeUnderTest): void {
  const { runtime } = subject;
  describe(`the runtime ${name}: nodes`, { timeout: 300_000 }, () => {
    it('kills the process that it names, and starts another with the same data and config', async () => {
      const cluster = await openCluster(runtime, redisSpec(newRunId(), { redis: 1, sentinels: 1 }));
      const lifecycle = able(cluster, 'lifecycle');
      const probe = cluster.addresses(PROBE);
      await ask(addressOf(probe, 'redis-1'), 'SET kept yes');
      await ask(addressOf(probe, 'redis-1'), 'SAVE');
      const sentinelId = (): Promise<string> => ask(addressOf(probe, 'sentinel-1'), 'SENTINEL MYID');
      const idBefore = await sentinelId();
      for (const node of ['redis-1', 'sentinel-1']) {
        const before = await lifecycle.status(node);
        expect(before.state).toBe('running');
        expect(await lifecycle.start(node)).toEqual(before.identity);
        await lifecycle.kill(node);
        expect(await lifecycle.status(node)).toEqual({ state: 'gone', identity: undefined });
        const way = linkName(PROBE, node);
        expect(await able(cluster, 'links').answers([way], 200)).toEqual({ [way]: false });
        await lifecycle.kill(node);
        const identity = await lifecycle.start(node);
        expect(identity).not.toEqual(before.identity);
        expect(await lifecycle.status(node)).toEqual({ state: 'running', identity });
      }
      await everyNodeAnswers(cluster);
      expect(await ask(addressOf(probe, 'redis-1'), 'GET kept')).toBe('yes');
      expect(await sentinelId()).toBe(idBefore);
    });

    it('stops a node gracefully, and says when it does not go', async () => {
      const cluster = await openCluster(runtime, smallSpec());
      const lifecycle = able(cluster, 'lifecycle');
      const pausing = able(cluster, 'pausing');
      await pausing.pause('redis-1');
      await expect(lifecycle.stop('redis-1', 100)).rejects.toThrow(/still there 100 ms/);
      await pausing.resume('redis-1');
      await until(async () => (await lifecycle.status('redis-1')).state, 'gone');
      await lifecycle.stop('redis-2', 5000);
      expect((await lifecycle.status('redis-2')).state).toBe('gone');
      expect(await able(cluster, 'logs').read('redis-2')).toContain('bye bye');
      await lifecycle.stop('redis-2', 100);
    });

    it('pauses and resumes a node, and kills one that is paused', async () => {
      const cluster = await openCluster(runtime, smallSpec());
      const lifecycle = able(cluster, 'lifecycle');
      const pausing = able(cluster, 'pausing');
      const links = able(cluster, 'links');
      const { identity } = await lifecycle.status('redis-1');
      for (let round = 0; round < 2; round++) {
        await pausing.pause('redis-1');
        await pausing.pause('redis-1');
        expect(await lifecycle.status('redis-1')).toEqual({ state: 'paused', identity });
        expect(await links.answers(['probe->redis-1'], 100)).toEqual({ 'probe->redis-1': false });
        await pausing.resume('redis-1');
        await pausing.resume('redis-1');
        expect(await lifecycle.status('redis-1')).toEqual({ state: 'running', identity });
        expect(await links.answers(['probe->redis-1'], 1000)).toEqual({ 'probe->redis-1': true });
      }
      await pausing.pause('redis-1');
      await lifecycle.kill('redis-1');
      expect((await lifecycle.status('redis-1')).state).toBe('gone');
      await pausing.resume('redis-1');
      await expect(pausing.pause('redis-1')).rejects.toThrow(/does not run/);
    });
  });
}
