// Other processes: that adopt the cluster, run one of their own, or break its tools. Part of the runtimes' contract.
import { describe, expect, it } from 'vitest';
import type { ClusterHandle } from '../../src/core/cluster.ts';
import { PROBE } from '../../src/core/node.ts';
import { info } from './resp.ts';
import { able, context, everyNodeAnswers, openCluster, type RuntimeUnderTest, smallSpec } from './support.ts';

export function describeSharing(name: string, subject: RuntimeUnderTest): void {
  const { runtime } = subject;
  describe(`the runtime ${name}: other processes`, { timeout: 300_000 }, () => {
    it('hands a cluster over: what one does, the other sees', async () => {
      const first = await openCluster(runtime, smallSpec());
      const second = await runtime.adopt(JSON.parse(JSON.stringify(first.handle)) as ClusterHandle, context());
      const [one, other] = [able(first, 'lifecycle'), able(second, 'lifecycle')];
      expect(await other.status('redis-1')).toEqual(await one.status('redis-1'));
      await other.kill('redis-1');
      expect((await one.status('redis-1')).state).toBe('gone');
      const identity = await other.start('redis-1');
      expect(await one.start('redis-1')).toEqual(identity);
      await able(first, 'links').cut(['redis-1->redis-2']);
      await able(second, 'links').heal(['redis-1->redis-2']);
      await second[Symbol.asyncDispose]();
      expect(await subject.leftovers(first.handle)).toEqual([]);
      await first[Symbol.asyncDispose]();
    });

    it('runs two at once, and neither disturbs the other', async () => {
      const [one, other] = await Promise.all([openCluster(runtime, smallSpec()), openCluster(runtime, smallSpec())]);
      const states = (): Promise<unknown> =>
        Promise.all(['redis-1', 'redis-2'].map((node) => able(other, 'lifecycle').status(node)));
      const before = await states();
      await able(one, 'lifecycle').kill('redis-1');
      await able(one, 'links').cut(['redis-1->redis-2', 'redis-2->redis-1', 'probe->redis-2']);
      expect(await info(other.addresses(PROBE), 'redis-1', 'role')).toBe('master');
      await one[Symbol.asyncDispose]();
      expect(await states()).toEqual(before);
      await everyNodeAnswers(other);
      expect((await able(other, 'links').state()).filter((link) => link.toxics.length > 0)).toEqual([]);
    });

    it('is noticed when Toxiproxy is killed, or another one is in its place', async () => {
      const cluster = await openCluster(runtime, smallSpec());
      const links = able(cluster, 'links');
      await links.cut(['redis-1->redis-2']);
      const attempts = [
        () => links.answers(['probe->redis-1'], 100),
        () => links.state(),
        () => links.cut(['redis-2->redis-1']),
        () => links.heal(['redis-1->redis-2']),
      ];
      await subject.killToxiproxy(cluster.handle);
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'TOOL_BROKEN' });
      await using _other = await subject.startToxiproxy(cluster.handle);
      const replaced = { code: 'TOOL_BROKEN', message: expect.stringContaining('not the one that this cluster') };
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(replaced);
    });
  });
}
