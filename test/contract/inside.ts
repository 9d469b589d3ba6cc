// What only some runtimes offer: to pull a node's cable, and to run a program where a node lives. Part of the runtimes' contract.
import { describe, expect } from 'vitest';
import { linkName, PROBE } from '../../src/core/node.ts';
import { addressOf, ask, info } from './resp.ts';
import { able, everyNodeAnswers, itWith, openCluster, type RuntimeUnderTest, smallSpec, until } from './support.ts';

const never = new AbortController().signal;

export function describeInside(name: string, subject: RuntimeUnderTest): void {
  const { runtime } = subject;
  describe(`the runtime ${name}: inside of nodes`, { timeout: 300_000 }, () => {
    itWith('isolation', subject, 'unplugs a node, which lives on unheard, and plugs it in again', async () => {
      const cluster = await openCluster(runtime, smallSpec());
      const isolation = able(cluster, 'isolation');
      const probe = cluster.addresses(PROBE);
      const way = linkName(PROBE, 'redis-2');
      await until(() => info(probe, 'redis-1', 'connected_slaves'), '1');
      const before = await able(cluster, 'lifecycle').status('redis-2');
      expect(await isolation.isPlugged('redis-2')).toBe(true);
      await isolation.unplug('redis-2');
      await isolation.unplug('redis-2');
      expect(await isolation.isPlugged('redis-2')).toBe(false);
      expect(await able(cluster, 'lifecycle').status('redis-2')).toEqual(before);
      expect(await able(cluster, 'links').answers([way, linkName(PROBE, 'redis-1')], 500)).toEqual({
        [way]: false,
        [linkName(PROBE, 'redis-1')]: true,
      });
      await until(() => info(probe, 'redis-1', 'connected_slaves'), '0');
      await isolation.replug('redis-2');
      await isolation.replug('redis-2');
      await everyNodeAnswers(cluster);
      expect(await able(cluster, 'lifecycle').status('redis-2')).toEqual(before);
      await until(() => info(probe, 'redis-2', 'master_link_status'), 'up', 30_000);
    });

    itWith('isolation', subject, 'takes down a cluster with a node unplugged', async () => {
      const cluster = await openCluster(runtime, smallSpec());
      await able(cluster, 'isolation').unplug('redis-1');
      await cluster[Symbol.asyncDispose]();
      expect(await subject.leftovers(cluster.handle)).toEqual([]);
    });

    itWith('exec', subject, 'runs a program where the node lives, and tells how it ended', async () => {
      const cluster = await openCluster(runtime, smallSpec());
      const exec = able(cluster, 'exec');
      const shell = (script: string): readonly string[] => ['sh', '-c', script];
      expect(await exec.run('redis-1', shell('echo out; echo err >&2; exit 3'), never)).toEqual({
        code: 3,
        stdout: 'out\n',
        stderr: 'err\n',
      });
      const port = cluster.spec.nodes.find((node) => node.name === 'redis-1')?.ports['redis'];
      await ask(addressOf(cluster.addresses(PROBE), 'redis-1'), 'SET seen inside');
      const { stdout } = await exec.run(
        'redis-1',
        ['redis-cli', '-h', 'redis-1', '-p', String(port), 'GET', 'seen'],
        never,
      );
      expect(stdout.trim()).toBe('inside');
    });

    itWith('exec', subject, 'says so when there is no such program, and stops waiting when it is told to', async () => {
      const cluster = await openCluster(runtime, smallSpec());
      const exec = able(cluster, 'exec');
      const absent = exec.run('redis-1', ['no-such-program'], never).then(
        ({ code }) => (code === 0 ? 'ran' : 'refused'),
        () => 'refused',
      );
      expect(await absent).toBe('refused');
      const start = performance.now();
      await expect(exec.run('redis-1', ['sleep', '30'], AbortSignal.timeout(300))).rejects.toThrow(/abort|time/i);
      expect(performance.now() - start).toBeLessThan(10_000);
    });
  });
}
