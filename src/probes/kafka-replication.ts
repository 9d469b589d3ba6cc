import { z } from 'zod';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import {
  createReplicationReader,
  outOfIsr,
  type ReplicatedPartition,
  type ReplicationFacts,
} from '../clients/kafka-replication.ts';
import { onTopics } from '../clients/kafka-rights.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { type NodeName, PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

const params = z.strictObject({
  topics: z.array(z.string()).min(1).optional().describe('only these topics; without it, all that are not internal'),
  internal: z.boolean().default(false).describe('internal topics too, such as __consumer_offsets'),
  service: z.string().optional().describe('name of the service, when the cluster has several'),
});

/** More partitions than this are not all written down at every reading: a run's journal would have gigabytes of them. */
const MOST_IN_FULL = 100;

/** Asks every broker at once, each through the probes' own link, with a deadline of its own. */
export const kafkaReplication: Probe<z.output<typeof params>> = {
  kind: 'kafka.replication',
  summary: 'Leaders and in-sync replicas of all partitions, asked of every broker',
  params,
  example: { tolerance: { isrWhole: true, offline: 0, brokersUnfenced: 3 } },
  fields: {
    watched: 'partitions that were looked at',
    underReplicated: 'partitions whose ISR lacks a replica',
    underReplicatedShare: 'the same as a share of those watched, from 0 to 1',
    underMinIsr: 'partitions with fewer replicas in step than min.insync.replicas: writes with acks=all are refused',
    offline: 'partitions without a leader',
    isrWhole: 'true when every partition’s ISR is its replica set',
    notPreferred: 'partitions whose leader is not their first replica',
    brokersUnfenced: 'brokers that are in service, as more than half of those that answer say',
    brokersAnswering: 'brokers that answer',
    leaders: 'broker → partitions that it leads',
    notWhole: 'partition → leader, epoch, isr, replicas, elr and missing, of those whose ISR is not whole',
    partitions: `partition → leader, epoch, isr, replicas, elr; absent when more than ${MOST_IN_FULL} are watched`,
  },
  rights: ({ topics, service }) =>
    inService(service, [...onTopics('Describe', topics), ...onTopics('DescribeConfigs', topics)]),
  open: async ({ topics, internal, service }, cx) => {
    const book = cx.cluster.addresses(PROBE);
    const nodes = openKafkaNodes(book, { timeoutMs: 250, service, role: 'broker' });
    const reader = createReplicationReader(nodes, { book, topics, internal });
    const brokers = nodes.nodes.map(({ node }) => node);
    return {
      read: async () => summarize(await reader.read(), brokers),
      [Symbol.asyncDispose]: async () => nodes[Symbol.dispose](),
    };
  },
};

/** Pure: facts → the probe's value. */
export function summarize({ partitions, brokers, answered }: ReplicationFacts, nodes: readonly NodeName[]): Json {
  const short = partitions.filter((each) => outOfIsr(each).length > 0);
  const value: JsonObject = {
    watched: partitions.length,
    underReplicated: short.length,
    underReplicatedShare: Math.round((1e4 * short.length) / partitions.length) / 1e4,
    underMinIsr: partitions.filter(({ isr, minIsr }) => isr.length < minIsr).length,
    offline: partitions.filter(({ leader }) => leader === undefined).length,
    isrWhole: short.length === 0,
    notPreferred: partitions.filter(({ leader, replicas }) => leader !== replicas[0]).length,
    brokersUnfenced: brokers.size,
    brokersAnswering: answered.length,
    leaders: countLeaders(partitions, brokers, nodes),
    notWhole: Object.fromEntries(short.map((each) => [each.unit, { ...describe(each), missing: outOfIsr(each) }])),
  };
  if (partitions.length > MOST_IN_FULL) return value;
  return { ...value, partitions: Object.fromEntries(partitions.map((each) => [each.unit, describe(each)])) };
}

function describe({ leader, epoch, isr, replicas, elr }: ReplicatedPartition): JsonObject {
  return { leader: leader ?? null, epoch, isr, replicas, elr };
}

function countLeaders(
  partitions: readonly ReplicatedPartition[],
  brokers: ReplicationFacts['brokers'],
  nodes: readonly NodeName[],
): JsonObject {
  const counts = new Map<string, number>(nodes.map((node) => [node, 0]));
  for (const { leader } of partitions) {
    if (leader === undefined) continue;
    const name = brokers.get(leader) ?? `broker ${leader}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
