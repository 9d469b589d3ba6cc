import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/core/cluster.ts';
import { linkName, type NodeName, PROBE } from '../../src/core/node.ts';
import { dockerRuntime } from '../../src/runtimes/docker/docker.ts';
import { redisSpec } from '../contract/redis-spec.ts';
import { able, context, everyNodeAnswers, newRunId, until } from '../contract/support.ts';
import { withoutContainers } from '../support/containers.ts';

/** From inside a container: which of these addresses give an answer to PING there, each within two seconds. */
async function answering(cluster: Cluster, from: NodeName, addresses: readonly string[]): Promise<readonly string[]> {
  const one = ['host=$(echo "$a" | cut -d: -f1)', 'port=$(echo "$a" | cut -d: -f2)'].join('; ');
  const ask = `for a; do (${one}; timeout 2 redis-cli -h $host -p $port ping 2>&1 | grep -q PONG && echo "$a") & done; wait`;
  const answer = await able(cluster, 'exec').run(
    from,
    ['sh', '-c', ask, 'sh', ...addresses],
    AbortSignal.timeout(60_000),
  );
  return answer.stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

describe.skipIf(await withoutContainers())('a cluster in containers', () => {
  let cluster: Cluster;
  const names = (): readonly NodeName[] => cluster.spec.nodes.map(({ name }) => name);
  const probeOf = (node: NodeName): string => linkName(PROBE, node);

  beforeAll(async () => {
    cluster = await dockerRuntime.open(redisSpec(newRunId()), context());
    await everyNodeAnswers(cluster);
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  it('has no way round the hub: with all links off no node reaches another, by name, at its address or over a hub of others', async () => {
    const links = able(cluster, 'links');
    const all = cluster.spec.links.map(({ name }) => name);
    const portOf = (name: NodeName): number =>
      Object.values(cluster.spec.nodes.find((node) => node.name === name)?.ports ?? {})[0] ?? 0;
    const ways = (from: NodeName): readonly string[] => {
      const hubs = [...names(), ...cluster.spec.clientHosts, PROBE].flatMap((other) =>
        cluster
          .addresses(other)
          .rows.filter(({ node }) => node !== from)
          .map(({ address }) => `${address.host}:${address.port}`),
      );
      const peers = names().filter((name) => name !== from);
      return [...new Set([...peers.map((peer) => `${peer}:${portOf(peer)}`), ...hubs])].sort();
    };
    for (const from of names()) {
      const peers = names()
        .filter((name) => name !== from)
        .map((peer) => `${peer}:${portOf(peer)}`);
      expect({ from, answering: await answering(cluster, from, peers.sort()) }).toEqual({ from, answering: peers });
    }
    await links.refuse(all);
    for (const from of names())
      expect({ from, answering: await answering(cluster, from, ways(from)) }).toEqual({ from, answering: [] });
    await links.heal(all);
    await everyNodeAnswers(cluster);
  });

  it('unplugs a node and plugs it in again, at the same address, twice if asked', async () => {
    const isolation = able(cluster, 'isolation');
    const links = able(cluster, 'links');
    for (let round = 0; round < 2; round++) {
      const before = await able(cluster, 'lifecycle').status('redis-2');
      await isolation.unplug('redis-2');
      await isolation.unplug('redis-2');
      expect(await links.answers([probeOf('redis-2'), probeOf('redis-1')], 300)).toEqual({
        [probeOf('redis-2')]: false,
        [probeOf('redis-1')]: true,
      });
      expect(await answering(cluster, 'redis-2', ['redis-1:6301'])).toEqual([]);
      await isolation.replug('redis-2');
      await isolation.replug('redis-2');
      await until(() => links.answers([probeOf('redis-2')], 500), { [probeOf('redis-2')]: true });
      expect(await answering(cluster, 'redis-2', ['redis-1:6301'])).toEqual(['redis-1:6301']);
      expect(await able(cluster, 'lifecycle').status('redis-2')).toEqual(before);
    }
  });

  it('refuses connects to a node that was killed at once, as a machine does that is up', async () => {
    const lifecycle = able(cluster, 'lifecycle');
    const links = able(cluster, 'links');
    const into = cluster.spec.links.filter(({ to }) => to === 'redis-3').map(({ name }) => name);
    await lifecycle.kill('redis-3');
    // Toxiproxy closes a link only once its connects are over: it would miss its deadline if those had to wait.
    const dead = Object.fromEntries(into.map((name) => [name, false]));
    expect(await links.answers(into, 500)).toEqual(dead);
    await links.refuse(into);
    expect(await links.answers(into, 500)).toEqual(dead);
    await lifecycle.start('redis-3');
    await links.heal(into);
    await everyNodeAnswers(cluster);
  });

  it('runs a command in a node, and tells its outputs and its exit code apart', async () => {
    const run = able(cluster, 'exec').run;
    const signal = AbortSignal.timeout(20_000);
    expect(await run('redis-1', ['sh', '-c', 'echo out; echo err >&2; exit 3'], signal)).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    await expect(run('redis-1', ['sleep', '60'], AbortSignal.timeout(500))).rejects.toThrow(/abort|timeout/i);
  });
});
