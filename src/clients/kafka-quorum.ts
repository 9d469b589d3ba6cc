// What the active controller says of its quorum. Only it answers: so whoever answers is it.

import type { NodeName, NodeSpec } from '../core/node.ts';
import { describeQuorumV2, kafkaErrorName } from './kafka-api.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { checkAllowed, unlessDenied } from './kafka-denied.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { onCluster } from './kafka-rights.ts';

export interface KafkaQuorum {
  /** Kafka's own number of the active controller. */
  readonly leader: number;
  readonly epoch: number;
  /** How far the metadata log is committed. */
  readonly highWatermark: number;
  /** The controllers that vote. */
  readonly voters: readonly QuorumReplica[];
  /** Brokers, which only read. One that was not heard of for some minutes is missing. */
  readonly observers: readonly QuorumReplica[];
}
export interface QuorumReplica {
  readonly id: number;
  /** How far it has read, as the active controller knows: it is behind by a round trip. */
  readonly logEndOffset: number;
  /** How long it was not caught up, by the active controller's clock; undefined where it never was. */
  readonly behindMs: number | undefined;
}

const METADATA_LOG = '__cluster_metadata';
/** What a controller answers that is not the active one, and a broker that knows of none. */
const NOT_ACTIVE = ['NOT_LEADER_OR_FOLLOWER', 'NOT_CONTROLLER', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION'];

/** Undefined when this node is not the active controller. A broker asks the one that it knows of. */
export async function askQuorum(connection: KafkaConnection): Promise<KafkaQuorum | undefined> {
  const answer = await connection.ask(describeQuorumV2.api, [
    [{ topicName: METADATA_LOG, partitions: [{ partitionIndex: 0 }] }],
  ]);
  return quorumOf(answer);
}

/**
 * Asks every controller at once (every node, where none of its own can be reached), through the probes' own ways. One that
 * was deposed goes on for some seconds to say that it is active: the highest epoch wins. Undefined when nobody is. Rejects
 * where we may not ask.
 */
export async function readQuorum(nodes: KafkaNodes): Promise<KafkaQuorum | undefined> {
  const controllers = nodes.nodes.filter((row) => row.role === 'controller');
  const asked = (controllers.length > 0 ? controllers : nodes.nodes).map(({ node }) =>
    nodes.ask(node, askQuorum).catch(unlessDenied(undefined)),
  );
  return newestQuorum(await Promise.all(asked));
}

/** Nodes that were made to vote, where the cluster is ours. Of somebody else's nobody says so but the quorum itself. */
export function madeToVote(nodes: readonly NodeSpec[], service: string | undefined): readonly NodeName[] {
  return nodes
    .filter((node) => (service === undefined || node.service === service) && node.ports['controller'] !== undefined)
    .map((node) => node.name);
}

/** A replica that has not had all of the log for longer does not know what is so now. Replicas fetch twice a second. */
const IN_STEP_WITHIN_MS = 2000;

/** Pure: voters and observers that have all of the metadata log, by Kafka's own numbers. */
export function inStep({ voters, observers }: KafkaQuorum): ReadonlySet<number> {
  const all = [...voters, ...observers];
  return new Set(
    all.flatMap(({ id, behindMs }) => (behindMs !== undefined && behindMs < IN_STEP_WITHIN_MS ? [id] : [])),
  );
}

/** Pure. */
export function newestQuorum(answers: readonly (KafkaQuorum | undefined)[]): KafkaQuorum | undefined {
  return answers
    .filter((answer) => answer !== undefined)
    .reduce<KafkaQuorum | undefined>((a, b) => (a === undefined || b.epoch > a.epoch ? b : a), undefined);
}

type Answer = Awaited<ReturnType<typeof describeQuorumV2.api.async>>;

/** Pure; exported for its test. Throws for an error that is no statement about the quorum. */
export function quorumOf(answer: Answer): KafkaQuorum | undefined {
  const partition = answer.topics[0]?.partitions[0];
  const code = answer.errorCode !== 0 ? answer.errorCode : (partition?.errorCode ?? 0);
  checkAllowed(code, 'DescribeQuorum', onCluster('Describe'));
  if (code !== 0 && !NOT_ACTIVE.includes(kafkaErrorName(code)))
    throw new Error(`DescribeQuorum: ${kafkaErrorName(code)}`);
  if (code !== 0 || partition === undefined || partition.leaderId < 0) return undefined;
  const all = [...partition.currentVoters, ...partition.observers];
  const nowMs = Math.max(...all.map((replica) => Number(replica.lastCaughtUpTimestamp)));
  const replicaOf = (replica: Answer['topics'][number]['partitions'][number]['observers'][number]): QuorumReplica => ({
    id: replica.replicaId,
    logEndOffset: Number(replica.logEndOffset),
    behindMs: replica.lastCaughtUpTimestamp < 0n ? undefined : nowMs - Number(replica.lastCaughtUpTimestamp),
  });
  return {
    leader: partition.leaderId,
    epoch: partition.leaderEpoch,
    highWatermark: Number(partition.highWatermark),
    voters: partition.currentVoters.map(replicaOf),
    observers: partition.observers.map(replicaOf),
  };
}
