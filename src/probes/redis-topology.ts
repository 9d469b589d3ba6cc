import { z } from 'zod';
import { checkAllowed, deniedSettings } from '../clients/redis-denied.ts';
import { openNodeConnections } from '../clients/redis-nodes.ts';
import { TOPOLOGY_RIGHTS } from '../clients/redis-rights.ts';
import { answered, primaryOf, readTopology, replicasInStep, type TopologyFacts } from '../clients/redis-topology.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

const params = z.strictObject({
  service: z.string().optional().describe('name of the service, when the cluster has several'),
});

/** Asks every Redis node and every Sentinel at once, each through the probes' own link, with a deadline of its own. */
export const redisTopology: Probe<z.output<typeof params>> = {
  kind: 'redis.topology',
  summary: 'Roles, replication and what the Sentinels agree on, asked of every node',
  params,
  example: { tolerance: { primaries: 1, replicasInStep: { atLeast: 2 } } },
  fields: {
    primary: 'the node that more than half of all Sentinels name, or null',
    primaries: 'nodes that answer and claim to be primary',
    acceptingWrites: 'nodes that claim to be primary and would take a write now (min-replicas-to-write is met)',
    replicasInStep: 'replicas that follow the agreed primary with their link up',
    redisNodes: 'Redis nodes that answer',
    sentinels: 'Sentinels that answer',
    sentinelsAgreeing: 'Sentinels that name the agreed primary and do not think that it is down',
    canFailOver: 'Sentinels whose CKQUORUM says that quorum and majority are there',
    replicasKnown:
      'replicas that every Sentinel that answers knows of, at least; the others would be left behind by a failover',
    tilt: 'Sentinels in TILT: they watch and do nothing',
  },
  nodeNames: ['primary'],
  rights: ({ service }) => inService(service, TOPOLOGY_RIGHTS),
  open: async ({ service }, cx) => {
    const book = cx.cluster.addresses(PROBE);
    const connections = openNodeConnections(book, { timeoutMs: 250, service });
    return {
      read: async () => {
        const facts = await readTopology(connections, book);
        checkAllowed(facts.redis);
        checkAllowed(facts.sentinels);
        if (answered(facts.redis).length + answered(facts.sentinels).length === 0) {
          const first = [...facts.redis.values(), ...facts.sentinels.values()][0];
          throw new Error(`no node answers: ${first instanceof Error ? first.message : 'there is none'}`);
        }
        return summarize(facts);
      },
      [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
    };
  },
};

/** Pure: facts → the probe's value. Throws where a primary does not let us know whether it would take a write. */
export function summarize(facts: TopologyFacts): Json {
  const redis = answered(facts.redis);
  const silent = redis.find(([, { acceptsWrites }]) => acceptsWrites === undefined);
  if (silent !== undefined) throw deniedSettings(silent[0], 'min-replicas-to-write');
  const sentinels = answered(facts.sentinels).map(([, sentinel]) => sentinel);
  const primary = primaryOf(facts);
  return {
    primary: primary ?? null,
    primaries: redis.filter(([, node]) => node.role === 'primary').length,
    acceptingWrites: redis.filter(([, node]) => node.acceptsWrites).length,
    replicasInStep: replicasInStep(facts, primary).length,
    redisNodes: redis.length,
    sentinels: sentinels.length,
    sentinelsAgreeing: sentinels.filter((s) => s.primary === primary && !s.subjectivelyDown && !s.objectivelyDown)
      .length,
    canFailOver: sentinels.filter((s) => s.canFailOver).length,
    replicasKnown: sentinels.length === 0 ? 0 : Math.min(...sentinels.map((s) => s.replicas)),
    tilt: sentinels.filter((s) => s.tilt).length,
  };
}
