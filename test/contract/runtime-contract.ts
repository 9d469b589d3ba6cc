// What every runtime promises, said once and asked of each. No service of ours has a part in it: Redis and Sentinel run
// on plain configs and are asked in their own protocol.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capability, Cluster, ClusterHandle } from '../../src/core/cluster.ts';
import { PROBE } from '../../src/core/node.ts';
import { describeEnding } from './ending.ts';
import { describeInside } from './inside.ts';
import { describeLinks } from './links.ts';
import { describeNodes } from './nodes.ts';
import { redisSpec } from './redis-spec.ts';
import { ask, info } from './resp.ts';
import { describeSharing } from './sharing.ts';
import {
  able,
  context,
  describeWhereAvailable,
  everyNodeAnswers,
  newRunId,
  type RuntimeUnderTest,
  until,
} from './support.ts';

/** `reach` is for clusters whose links are not ours: where they are, `links` answers the same question. */
const ALL: readonly Capability[] = Object.keys({
  lifecycle: true,
  pausing: true,
  links: true,
  isolation: true,
  exec: true,
  logs: true,
  config: true,
  commands: true,
} satisfies Record<Exclude<Capability, 'reach'>, true>) as readonly Capability[];

/** The whole suite for one runtime. */
export function describeRuntime(name: string, subject: RuntimeUnderTest): void {
  describeWhereAvailable(name, subject, () => {
    describeCluster(name, subject);
    describeNodes(name, subject);
    describeInside(name, subject);
    describeSharing(name, subject);
    describeEnding(name, subject);
  });
}

function describeCluster(name: string, subject: RuntimeUnderTest): void {
  const { runtime } = subject;
  describe(`the runtime ${name}: a cluster`, { timeout: 300_000 }, () => {
    let cluster: Cluster;
    let atSave: { handle: string; leftovers: readonly string[] };
    beforeAll(async () => {
      const save = async (handle: ClusterHandle): Promise<void> => {
        const there = (await subject.leftovers(handle)).filter((line) => line.startsWith('process'));
        atSave ??= { handle: JSON.stringify(handle), leftovers: there };
      };
      cluster = await runtime.open(redisSpec(newRunId()), context({ save }));
      await everyNodeAnswers(cluster);
      await until(async () => info(cluster.addresses(PROBE), 'redis-1', 'connected_slaves'), '2');
    });
    afterAll(() => cluster?.[Symbol.asyncDispose]());

    it('was saved before its first process was there, with all that another process needs', () => {
      expect(atSave.leftovers).toEqual([]);
      expect(JSON.parse(atSave.handle)).toEqual(cluster.handle);
    });

    it('offers every capability, or says why not', () => {
      const named = Object.entries(subject.lacks).map(([capability, why]) => [capability, why.length > 10]);
      expect(Object.fromEntries(named)).toEqual(
        Object.fromEntries(ALL.filter((each) => !runtime.capabilities.includes(each)).map((each) => [each, true])),
      );
    });

    it('offers what its kind says, for every node and for no other', () => {
      // Commands are Kafka's, and there is none in this cluster.
      expect(cluster.can('commands')).toBeUndefined();
      for (const capability of runtime.capabilities.filter((each) => each !== 'commands')) {
        expect(cluster.can(capability)).toBeDefined();
        expect(cluster.can(capability, 'redis-1')).toBeDefined();
        expect(cluster.can(capability, 'nobody')).toBeUndefined();
      }
    });

    it('knows its nodes to each other by name', async () => {
      const probe = cluster.addresses(PROBE);
      const replicas = ['slave0', 'slave1'].map((field) => info(probe, 'redis-1', field));
      const names = (await Promise.all(replicas)).map((line) => /ip=([^,]*)/.exec(line ?? '')?.[1]);
      expect(new Set(names)).toEqual(new Set(['redis-2', 'redis-3']));
      const seen = async (): Promise<string | undefined> => info(probe, 'sentinel-1', 'master0');
      await until(async () => /slaves=2,sentinels=3/.test((await seen()) ?? ''), true);
    });

    it('leads from everywhere to what a node announces', async () => {
      for (const from of [...cluster.spec.clientHosts, PROBE, 'redis-1', 'sentinel-2']) {
        const book = cluster.addresses(from);
        expect(book.rows.map((row) => row.announced.host).sort()).toEqual(
          cluster.spec.nodes.map(({ name: node }) => node).sort(),
        );
        const replies = await Promise.all(book.rows.map((row) => ask(row.address, 'PING')));
        expect(replies).toEqual(book.rows.map(() => 'PONG'));
      }
      expect(() => cluster.addresses('nobody')).toThrow(/nobody/);
    });

    it('reads logs and configs', async () => {
      expect(await able(cluster, 'logs').read('redis-1')).toContain('Ready to accept connections');
      const [file] = await able(cluster, 'config').read('redis-2');
      expect(file).toMatchObject({ name: 'redis.conf' });
      expect(file?.text).toContain('replicaof redis-1 6301');
      expect(file?.text).not.toContain('{');
    });

    describeLinks(() => cluster);
  });
}
