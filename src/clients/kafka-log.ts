// Reads a partition's log as it stands on one broker, from an offset to another.
import { fetchV13, kafkaErrorName, listOffsetsV7 } from './kafka-api.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { checkAllowed } from './kafka-denied.ts';
import { onTopic } from './kafka-rights.ts';

const maxBytes = 4 * 1024 * 1024;
const maxWaitMs = 100;
/** Bits of a batch's attributes: it holds a transaction's mark and no record of anybody's. */
const CONTROL = 0x20;

export interface PartitionLog {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** Of the leader: a broker that has another one in mind refuses. */
  readonly epoch: number;
}

/** Where the log begins, and its high watermark: what is from there on may yet be lost. From the leader. */
export async function boundsOf(
  connection: KafkaConnection,
  log: PartitionLog,
): Promise<{ readonly from: bigint; readonly to: bigint }> {
  const [from, to] = await Promise.all([offsetAt(connection, log, -2n), offsetAt(connection, log, -1n)]);
  return { from, to };
}

async function offsetAt(connection: KafkaConnection, log: PartitionLog, timestamp: bigint): Promise<bigint> {
  const asked = { partitionIndex: log.partition, currentLeaderEpoch: log.epoch, timestamp };
  const answer = await connection.ask(listOffsetsV7.api, [-1, 0, [{ name: log.topic, partitions: [asked] }]]);
  const partition = answer.topics[0]?.partitions[0];
  if (partition === undefined) throw new Error('an answer without the partition that was asked for');
  checkAllowed(partition.errorCode, 'ListOffsets', onTopic('Describe', log.topic));
  if (partition.errorCode !== 0) throw new Error(kafkaErrorName(partition.errorCode));
  return partition.offset;
}

export interface LogChunk {
  /** Values in stored order; null for a tombstone. */
  readonly values: readonly (Buffer | null)[];
  /** Where to read on. */
  readonly next: bigint;
}

/** Some records from `at` on, and none from `before` on. Empty while the broker's own high watermark is not that far. */
export async function readChunk(
  connection: KafkaConnection,
  log: PartitionLog,
  { at, before }: { readonly at: bigint; readonly before: bigint },
): Promise<LogChunk> {
  const asked = {
    partition: log.partition,
    currentLeaderEpoch: log.epoch,
    fetchOffset: at,
    lastFetchedEpoch: -1,
    partitionMaxBytes: maxBytes,
  };
  const topics = [{ topicId: log.topicId, partitions: [asked] }];
  const answer = await connection.ask(fetchV13.api, [maxWaitMs, 1, maxBytes, 0, 0, -1, topics, [], '']);
  const partition = answer.responses[0]?.partitions[0];
  const errorCode = partition?.errorCode ?? answer.errorCode;
  checkAllowed(errorCode, 'Fetch', onTopic('Read', log.topic));
  if (partition === undefined || errorCode !== 0) throw new Error(kafkaErrorName(errorCode));
  const values: (Buffer | null)[] = [];
  let next = at;
  for (const batch of partition.records ?? []) {
    for (const record of batch.records) {
      const offset = batch.firstOffset + BigInt(record.offsetDelta);
      if (offset >= at && offset < before && (batch.attributes & CONTROL) === 0) values.push(record.value);
    }
    next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
  }
  return { values, next };
}
