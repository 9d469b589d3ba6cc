import { z } from 'zod';
import { checkAllowed } from '../clients/redis-denied.ts';
import { openNodeConnections } from '../clients/redis-nodes.ts';
import { TOPOLOGY_RIGHTS } from '../clients/redis-rights.ts';
import { answered, primaryOf, type RedisFacts, readTopology } from '../clients/redis-topology.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

const params = z.strictObject({
  service: z.string().optional().describe('name of the service, when the cluster has several'),
});

/** Offsets and link states, as each node tells them. */
export const redisReplication: Probe<z.output<typeof params>> = {
  kind: 'redis.replication',
  summary: 'Replication as every node sees it: offsets, link states, lag',
  params,
  example: { tolerance: { linksUp: { atLeast: 2 }, maxLagBytes: { atMost: 1_000_000 } } },
  fields: {
    primary: 'the agreed primary, or null',
    primaryOffset: 'its master_repl_offset, or null while it does not answer',
    linksUp: 'replicas whose link to their primary is up',
    maxLagBytes: 'bytes that the replica farthest behind has not got yet; null without a primary or a replica',
    attached: 'replicas that the primary counts as online',
    offsets: 'node → offset',
  },
  nodeNames: ['primary', 'offsets'],
  rights: ({ service }) => inService(service, TOPOLOGY_RIGHTS),
  open: async ({ service }, cx) => {
    const book = cx.cluster.addresses(PROBE);
    const connections = openNodeConnections(book, { timeoutMs: 250, service });
    return {
      read: async () => {
        const facts = await readTopology(connections, book);
        checkAllowed(facts.redis);
        checkAllowed(facts.sentinels);
        const redis = answered(facts.redis);
        if (redis.length === 0) throw new Error('no Redis node answers');
        return value(redis, primaryOf(facts));
      },
      [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
    };
  },
};

function value(redis: readonly (readonly [string, RedisFacts])[], primary: string | undefined): Json {
  const facts = redis.find(([node]) => node === primary)?.[1];
  const replicas = redis.filter(([, node]) => node.role === 'replica');
  const lags = facts === undefined ? [] : replicas.map(([, node]) => Math.max(0, facts.offset - node.offset));
  return {
    primary: primary ?? null,
    primaryOffset: facts?.offset ?? null,
    linksUp: replicas.filter(([, node]) => node.linkUp).length,
    maxLagBytes: lags.length === 0 ? null : Math.max(...lags),
    attached: facts?.replicas.length ?? 0,
    offsets: Object.fromEntries(redis.map(([node, { offset }]) => [node, offset])),
  };
}
