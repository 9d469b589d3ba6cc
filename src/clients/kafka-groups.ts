// What a group's coordinator says of it. Every broker is asked at once, and those that are not the coordinator say so at
// once: nobody has to be found first, and nobody waits for a dead one.

import type { Right } from '../core/right.ts';
import {
  consumerGroupDescribeV0,
  consumerGroupHeartbeatV0,
  deleteGroupsV2,
  describeGroupsV5,
  findCoordinatorV4,
  kafkaErrorName,
  leaveGroupV5,
  listGroupsV5,
  offsetCommitV8,
  offsetFetchV8,
} from './kafka-api.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { checkAllowed, isDenied } from './kafka-denied.ts';
import { unitOf } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { onCluster, onGroup, onTopic } from './kafka-rights.ts';

export interface KafkaGroup {
  /** Of the group: `classic`, or `consumer` (KIP-848). */
  readonly protocol: 'classic' | 'consumer';
  /** As Kafka says it: `Stable`, `PreparingRebalance`, `Empty`, `Assigning`, … */
  readonly state: string;
  /** Rises with every change of the members. Undefined for a classic group: brokers do not tell its generation. */
  readonly epoch: number | undefined;
  readonly members: readonly KafkaGroupMember[];
}
export interface KafkaGroupMember {
  readonly id: string;
  readonly clientId: string;
  readonly host: string;
  /** Of the member; undefined in a classic group. */
  readonly epoch: number | undefined;
  /** Partitions that it holds: `orders/0`. */
  readonly holds: readonly string[];
}

/** Rejects when no coordinator answers, and for a group that there is not. */
export async function readGroup(nodes: KafkaNodes, group: string): Promise<KafkaGroup> {
  return askCoordinator(nodes, group, async (connection) => {
    const [classic, consumer] = await Promise.all([describeClassic(connection, group), describeNew(connection, group)]);
    return classic ?? consumer ?? new Refusal(`there is no group "${group}"`, NO_SUCH_GROUP);
  });
}

/** Unit → committed offset, of all partitions that the group has committed anything of. Rejects like `readGroup`. */
export async function readCommitted(nodes: KafkaNodes, group: string): Promise<ReadonlyMap<string, number>> {
  return askCoordinator(nodes, group, async (connection) => {
    const asked = [{ groupId: group, memberEpoch: -1, topics: null }];
    const answer = await connection.ask(offsetFetchV8.api, [asked, false]);
    const found = answer.groups[0];
    check('OffsetFetch', found?.errorCode ?? 0, onGroup('Describe', group));
    const offsets = (found?.topics ?? []).flatMap(({ name, partitions }) =>
      partitions.flatMap(({ partitionIndex, committedOffset, errorCode }) => {
        check('OffsetFetch', errorCode, onTopic('Describe', name));
        return committedOffset < 0n ? [] : [[unitOf(name, partitionIndex), Number(committedOffset)] as const];
      }),
    );
    return new Map(offsets);
  });
}

/** Groups that one broker coordinates. */
export async function groupsOf(connection: KafkaConnection): Promise<readonly string[]> {
  const { errorCode, groups } = await connection.ask(listGroupsV5.api, [[], []]);
  check('ListGroups', errorCode, onCluster('Describe'));
  return groups.map(({ groupId }) => groupId);
}

export interface OffsetToCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** For a group without members: Kafka refuses it (UNKNOWN_MEMBER_ID) while there are any. Rejects when it was refused. */
export async function commitOffsets(
  nodes: KafkaNodes,
  group: string,
  offsets: readonly OffsetToCommit[],
): Promise<void> {
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, own]) => ({
    name,
    partitions: own.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: null,
    })),
  }));
  // A cluster that never had a group has nobody who coordinates any, until it is asked who that is.
  await nodes.askAny((connection) => connection.ask(findCoordinatorV4.api, [OF_GROUPS, [group]]));
  await askCoordinator(nodes, group, async (connection) => {
    const answer = await connection.ask(offsetCommitV8.api, [group, NO_GENERATION, '', null, topics]);
    for (const { name, partitions } of answer.topics)
      for (const { errorCode } of partitions)
        check('OffsetCommit', errorCode, isOfGroup(errorCode) ? onGroup('Read', group) : onTopic('Read', name));
    return true;
  });
}

/**
 * With all that it has committed. False when there is no such group. Rejects while it has members (NON_EMPTY_GROUP), which are
 * put out of it, and when no coordinator answers: then it is to be asked again.
 */
export async function deleteGroup(nodes: KafkaNodes, group: string): Promise<boolean> {
  await nodes.askAny((connection) => connection.ask(findCoordinatorV4.api, [OF_GROUPS, [group]]));
  return askCoordinator(nodes, group, async (connection) => {
    const answer = await connection.ask(deleteGroupsV2.api, [[group]]);
    const code = answer.results[0]?.errorCode ?? 0;
    if (kafkaErrorName(code) === NO_SUCH_GROUP) return false;
    if (kafkaErrorName(code) === NON_EMPTY_GROUP) await putMembersOut(connection, group);
    check('DeleteGroups', code, onGroup('Delete', group));
    return true;
  });
}

/** Who was killed is a member until his session is over, which may take a minute. */
async function putMembersOut(connection: KafkaConnection, group: string): Promise<void> {
  const classic = await describeClassic(connection, group);
  const ids = (classic ?? (await describeNew(connection, group)))?.members.map(({ id }) => id) ?? [];
  if (classic !== undefined) {
    const members = ids.map((memberId) => ({ memberId, groupInstanceId: null, reason: 'its run is over' }));
    const { errorCode } = await connection.ask(leaveGroupV5.api, [group, members]);
    return check('LeaveGroup', errorCode, onGroup('Read', group));
  }
  for (const id of ids) {
    const leaving = [group, id, LEAVING, null, null, -1, null, null, null, null] as const;
    const { errorCode } = await connection.ask(consumerGroupHeartbeatV0.api, [...leaving]);
    check('ConsumerGroupHeartbeat', errorCode, onGroup('Read', group));
  }
}

const LEAVING = -1;
const NON_EMPTY_GROUP = 'NON_EMPTY_GROUP';
const OF_GROUPS = 0;
const NO_GENERATION = -1;
const NOT_COORDINATOR = 'NOT_COORDINATOR';
const NO_SUCH_GROUP = 'GROUP_ID_NOT_FOUND';

/** The first that does not say that another one is it: who hangs is not waited for. */
async function askCoordinator<T>(
  nodes: KafkaNodes,
  group: string,
  question: (connection: KafkaConnection) => Promise<T | Refusal>,
): Promise<T> {
  const refusable = (connection: KafkaConnection): Promise<T | Refusal> =>
    question(connection).catch((error: unknown) => {
      // What was answered is no reason to give the connection up.
      if (error instanceof Refusal) return error;
      throw error;
    });
  const isCoordinators = (answer: T | Refusal): boolean =>
    !(answer instanceof Refusal) || answer.code !== NOT_COORDINATOR;
  const answer = await nodes.askAny(refusable, isCoordinators).catch((cause: unknown) => {
    if (isDenied(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`no coordinator of group "${group}" answers (is there such a group?): ${why}`, { cause });
  });
  if (answer instanceof Refusal) throw answer;
  return answer;
}

/** What the coordinator said instead of an answer. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

function isOfGroup(errorCode: number): boolean {
  return kafkaErrorName(errorCode).startsWith('GROUP_');
}

function check(what: string, errorCode: number, right: Right): void {
  checkAllowed(errorCode, what, right);
  if (errorCode !== 0) throw new Refusal(`${what}: ${kafkaErrorName(errorCode)}`, kafkaErrorName(errorCode));
}

async function describeClassic(connection: KafkaConnection, group: string): Promise<KafkaGroup | undefined> {
  const { groups } = await connection.ask(describeGroupsV5.api, [[group], false]);
  const found = groups[0];
  if (found === undefined || kafkaErrorName(found.errorCode) === NO_SUCH_GROUP) return undefined;
  check('DescribeGroups', found.errorCode, onGroup('Describe', group));
  // Kafka's word for a group that there is not, and for one of the other protocol.
  if (found.groupState === 'Dead') return undefined;
  const members = found.members.map(({ memberId, clientId, clientHost, memberAssignment }) => ({
    id: memberId,
    clientId,
    host: clientHost,
    epoch: undefined,
    holds: unitsOf(memberAssignment),
  }));
  return { protocol: 'classic', state: found.groupState, epoch: undefined, members };
}

async function describeNew(connection: KafkaConnection, group: string): Promise<KafkaGroup | undefined> {
  const { groups } = await connection.ask(consumerGroupDescribeV0.api, [[group], false]);
  const found = groups[0];
  if (found === undefined || kafkaErrorName(found.errorCode) === NO_SUCH_GROUP) return undefined;
  check('ConsumerGroupDescribe', found.errorCode, onGroup('Describe', group));
  const members = found.members.map(({ memberId, clientId, clientHost, memberEpoch, assignment }) => ({
    id: memberId,
    clientId,
    host: clientHost,
    epoch: memberEpoch,
    holds: assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
      partitions.map((partition) => unitOf(topicName, partition)),
    ),
  }));
  return { protocol: 'consumer', state: found.groupState, epoch: found.groupEpoch, members };
}

/** The consumer protocol's own encoding of an assignment: version, topics, each with its partitions. */
function unitsOf(assignment: Buffer): readonly string[] {
  // While a group rebalances, its members hold nothing, and say nothing.
  if (assignment.length < 6) return [];
  const units: string[] = [];
  let at = 2;
  const int32 = (): number => {
    at += 4;
    return assignment.readInt32BE(at - 4);
  };
  for (let topics = int32(); topics > 0; topics--) {
    const length = assignment.readInt16BE(at);
    const topic = assignment.toString('utf8', at + 2, at + 2 + length);
    at += 2 + length;
    for (let partitions = int32(); partitions > 0; partitions--) units.push(unitOf(topic, int32()));
  }
  return units;
}
