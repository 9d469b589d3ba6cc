// How far a group is behind: what its coordinator says, against what the partitions' leaders say.
import type { AddressBook } from '../core/node.ts';
import { fetchRecords } from './kafka-fetch.ts';
import { readCommitted, readGroup } from './kafka-groups.ts';
import { type KafkaMetadata, type KafkaPartition, readMetadata } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { readHighWatermarks, readLogStarts } from './kafka-offsets.ts';

export interface PartitionLag {
  readonly unit: string;
  /** Undefined: the group has committed nothing of it yet, and is at the start of the log. */
  readonly committed: number | undefined;
  /** High watermark; undefined while its leader does not answer. */
  readonly end: number | undefined;
  /** Undefined as long as the end is. */
  readonly records: number | undefined;
  /** Age of the oldest record that is not committed: 0 when there is none; undefined when it could not be read. */
  readonly ms: number | undefined;
}

export interface LagQuestion {
  readonly book: AddressBook;
  readonly group: string;
  /** Undefined: all that the group has committed something of. */
  readonly topics: readonly string[] | undefined;
  readonly timeoutMs: number;
}

/** By partition, in order. Rejects for a group or a topic that there is not, and when no coordinator answers. */
export async function readLag(nodes: KafkaNodes, question: LagQuestion): Promise<readonly PartitionLag[]> {
  const committing = Promise.all([readCommitted(nodes, question.group), readGroup(nodes, question.group)]);
  const [[committed], metadata] = await Promise.all([committing, metadataOf(nodes, question, committing)]);
  const behind = [...metadata.partitions.values()];
  const [ends, starts] = await Promise.all([
    readHighWatermarks(nodes, metadata),
    behind.some(({ unit }) => !committed.has(unit)) ? readLogStarts(nodes, metadata) : new Map<string, number>(),
  ]);
  return Promise.all(
    behind.map(async (partition) => {
      const { unit } = partition;
      const [end, at] = [ends.get(unit), committed.get(unit)];
      const from = at ?? starts.get(unit);
      const records = end === undefined || from === undefined ? undefined : Math.max(0, end - from);
      const ms =
        records === 0
          ? 0
          : records === undefined
            ? undefined
            : await ageAt(nodes, metadata, { partition, offset: from, question });
      return { unit, committed: at, end, records, ms };
    }),
  );
}

/** At the same time as the group is asked for, where it is known of which topics. */
async function metadataOf(
  nodes: KafkaNodes,
  { book, group, topics }: LagQuestion,
  committing: Promise<readonly [ReadonlyMap<string, number>, unknown]>,
): Promise<KafkaMetadata> {
  if (topics !== undefined) return readMetadata(nodes, { book, topics });
  const [committed] = await committing;
  const read = new Set([...committed.keys()].map((unit) => unit.slice(0, unit.lastIndexOf('/'))));
  if (read.size === 0) throw new Error(`group "${group}" has committed nothing: say which topics it reads`);
  return readMetadata(nodes, { book, topics: [...read] });
}

interface AgeQuestion {
  readonly partition: KafkaPartition;
  readonly offset: number | undefined;
  readonly question: LagQuestion;
}

/** By the wall clock that its producer had, or the broker: they and we are taken to have the same. */
async function ageAt(
  nodes: KafkaNodes,
  metadata: KafkaMetadata,
  { partition, offset, question }: AgeQuestion,
): Promise<number | undefined> {
  const node = metadata.brokers.get(partition.leader ?? -1);
  const topicId = metadata.topics.get(partition.topic)?.topicId;
  if (node === undefined || topicId === undefined || offset === undefined) return undefined;
  const asked = {
    topicId,
    partition: partition.partition,
    offset,
    maxWaitMs: 0,
    maxBytes: 1,
    timeoutMs: question.timeoutMs,
  };
  const fetched = await nodes.ask(node, (connection) => fetchRecords(connection, asked)).catch(() => undefined);
  const oldest = fetched?.records[0];
  return oldest === undefined ? undefined : Math.max(0, Date.now() - oldest.timestampMs);
}
