// Administrative calls that change who leads and who replicates. Any broker passes them on to the active controller.
import type { Reader } from '@platformatic/kafka';
import {
  alterPartitionReassignmentsV0,
  kafkaErrorName,
  kafkaLibrary,
  listPartitionReassignmentsV0,
} from './kafka-api.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { checkAllowed } from './kafka-denied.ts';
import { type KafkaMetadata, type KafkaPartition, unitOf } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { onCluster } from './kafka-rights.ts';

type Place = Pick<KafkaPartition, 'topic' | 'partition'>;

/** Why one partition was refused: `PREFERRED_LEADER_NOT_AVAILABLE`, with what the controller says of it. */
export interface Refusal {
  readonly unit: string;
  readonly error: string;
  readonly message: string;
}

/**
 * Asks one broker after the other until one is reached, with `metadata` those that are unfenced first: one that
 * is cut off takes a request and can pass it on to nobody. For what must not be done twice: a broker that was reached and did not answer in
 * time ends it, because it may have done it.
 */
export async function throughOneBroker<T>(
  nodes: KafkaNodes,
  question: (connection: KafkaConnection) => Promise<T>,
  metadata?: Pick<KafkaMetadata, 'brokers'>,
): Promise<T> {
  const unfenced = new Set(metadata?.brokers.values());
  const reasons: string[] = [];
  for (const { node } of nodes.nodes.toSorted((a, b) => Number(unfenced.has(b.node)) - Number(unfenced.has(a.node)))) {
    const reached = await nodes
      .ask(node, async (connection) => connection.usable)
      .catch((error: Error) => {
        reasons.push(`${node}: ${error.message}`);
        return false;
      });
    if (reached) return nodes.ask(node, question);
  }
  throw new Error(`no broker can be reached: ${reasons.join('; ') || 'there is none'}`);
}

/**
 * Makes the first replica of each the leader, if it is in the ISR. That some have it already is no refusal. Resolves when
 * the controller has decided; brokers hear of it later.
 */
export async function electPreferredLeaders(
  connection: KafkaConnection,
  partitions: readonly Place[],
  timeoutMs: number,
): Promise<readonly Refusal[]> {
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, own]) => ({
    name,
    partitions: own.map(({ partition }) => partition),
  }));
  const answer = await connection.ask(electLeadersV2(), [PREFERRED, topics, timeoutMs], timeoutMs + DECIDING_MS);
  checkAllowed(answer.errorCode, 'ElectLeaders', onCluster('Alter'));
  if (answer.errorCode !== 0) throw new Error(`ElectLeaders: ${kafkaErrorName(answer.errorCode)}`);
  return answer.results.flatMap(({ topic, partitions: each }) =>
    each.flatMap(({ partition, errorCode, errorMessage }) => {
      const error = kafkaErrorName(errorCode);
      if (errorCode === 0 || error === 'ELECTION_NOT_NEEDED') return [];
      return [{ unit: unitOf(topic, partition), error, message: errorMessage ?? '' }];
    }),
  );
}

const PREFERRED = 0;
/** The broker says by itself that it took too long: it is given the time to say so. */
const DECIDING_MS = 500;

export interface Reassignment extends Place {
  /** Brokers by number, the preferred leader first. */
  readonly replicas: readonly number[];
}

/** Begins them. Resolves when the controller has taken them; the copying comes after. */
export async function reassignPartitions(
  connection: KafkaConnection,
  reassignments: readonly Reassignment[],
  timeoutMs: number,
): Promise<readonly Refusal[]> {
  const topics = [...Map.groupBy(reassignments, ({ topic }) => topic)].map(([name, own]) => ({
    name,
    partitions: own.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas: [...replicas] })),
  }));
  const answer = await connection.ask(
    alterPartitionReassignmentsV0.api,
    [timeoutMs, false, topics],
    timeoutMs + DECIDING_MS,
  );
  checkAllowed(answer.errorCode, 'AlterPartitionReassignments', onCluster('Alter'));
  if (answer.errorCode !== 0) {
    throw new Error(`AlterPartitionReassignments: ${answer.errorMessage ?? kafkaErrorName(answer.errorCode)}`);
  }
  return answer.responses.flatMap(({ name, partitions }) =>
    partitions.flatMap(({ partitionIndex, errorCode, errorMessage }) =>
      errorCode === 0
        ? []
        : [{ unit: unitOf(name, partitionIndex), error: kafkaErrorName(errorCode), message: errorMessage ?? '' }],
    ),
  );
}

/** Units that are being moved, with the brokers that they are to be on in the end. */
export async function listReassignments(
  connection: KafkaConnection,
  timeoutMs: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const answer = await connection.ask(listPartitionReassignmentsV0.api, [timeoutMs, null], timeoutMs + DECIDING_MS);
  checkAllowed(answer.errorCode, 'ListPartitionReassignments', onCluster('Describe'));
  if (answer.errorCode !== 0) throw new Error(`ListPartitionReassignments: ${kafkaErrorName(answer.errorCode)}`);
  return new Map(
    answer.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, replicas, removingReplicas }) => [
        unitOf(name, partitionIndex),
        replicas.filter((broker) => !removingReplicas.includes(broker)),
      ]),
    ),
  );
}

interface ElectLeadersAnswer {
  readonly errorCode: number;
  readonly results: readonly {
    readonly topic: string;
    readonly partitions: readonly { partition: number; errorCode: number; errorMessage: string | null }[];
  }[];
}
type ElectLeadersRequest = [type: number, topics: readonly { name: string; partitions: number[] }[], timeoutMs: number];

/** The library has every call but this one. Source: Kafka's ElectLeadersRequest.json and ElectLeadersResponse.json. */
function electLeadersV2() {
  const { createAPI, Writer } = kafkaLibrary();
  return createAPI<ElectLeadersRequest, ElectLeadersAnswer>(
    43,
    2,
    (type: number, topics: ElectLeadersRequest[1], timeoutMs: number) =>
      Writer.create()
        .appendInt8(type)
        .appendArray([...topics], (w, topic) => {
          w.appendString(topic.name).appendArray(
            topic.partitions,
            (p, partition) => p.appendInt32(partition),
            true,
            false,
          );
        })
        .appendInt32(timeoutMs)
        .appendTaggedFields(),
    (_correlationId, _apiKey, _apiVersion, reader) => {
      reader.readInt32();
      return { errorCode: reader.readInt16(), results: reader.readArray(readElections) };
    },
  );
}

function readElections(reader: Reader): ElectLeadersAnswer['results'][number] {
  const topic = reader.readString();
  const partitions = reader.readArray((r) => ({
    partition: r.readInt32(),
    errorCode: r.readInt16(),
    errorMessage: r.readNullableString(),
  }));
  return { topic, partitions };
}
