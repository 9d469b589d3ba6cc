// How far partitions are readable, asked of their leaders.
import { listOffsetsV7 } from './kafka-api.ts';
import { checkAllowed, unlessDenied } from './kafka-denied.ts';
import type { KafkaMetadata, KafkaPartition } from './kafka-metadata.ts';
import { unitOf } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { onTopic } from './kafka-rights.ts';

const LATEST = -1n;
const EARLIEST = -2n;
const ANY_CLIENT = -1;

/** Unit → high watermark, of every partition whose leader answers; the others are missing. One question per leader. */
export function readHighWatermarks(
  nodes: KafkaNodes,
  metadata: Pick<KafkaMetadata, 'brokers' | 'partitions'>,
): Promise<ReadonlyMap<string, number>> {
  return readOffsets(nodes, metadata, LATEST);
}

/** Unit → offset of the first record that is kept, as `readHighWatermarks`. */
export function readLogStarts(
  nodes: KafkaNodes,
  metadata: Pick<KafkaMetadata, 'brokers' | 'partitions'>,
): Promise<ReadonlyMap<string, number>> {
  return readOffsets(nodes, metadata, EARLIEST);
}

async function readOffsets(
  nodes: KafkaNodes,
  metadata: Pick<KafkaMetadata, 'brokers' | 'partitions'>,
  timestamp: bigint,
): Promise<ReadonlyMap<string, number>> {
  const byLeader = Map.groupBy(metadata.partitions.values(), (partition) => partition.leader);
  const asked = [...byLeader].map(async ([leader, partitions]) => {
    const node = leader === undefined ? undefined : metadata.brokers.get(leader);
    if (node === undefined) return [];
    const answer = await nodes
      .ask(node, (connection) =>
        connection.ask(listOffsetsV7.api, [ANY_CLIENT, 0, questionsFor(partitions, timestamp)]),
      )
      .catch(unlessDenied(undefined));
    return (answer?.topics ?? []).flatMap(({ name, partitions: offsets }) =>
      offsets.flatMap(({ partitionIndex, errorCode, offset }) => {
        checkAllowed(errorCode, 'ListOffsets', onTopic('Describe', name));
        return errorCode === 0 ? [[unitOf(name, partitionIndex), Number(offset)] as const] : [];
      }),
    );
  });
  return new Map((await Promise.all(asked)).flat());
}

function questionsFor(partitions: readonly KafkaPartition[], timestamp: bigint) {
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, own]) => ({
    name,
    partitions: own.map(({ partition, epoch }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: epoch,
      timestamp,
    })),
  }));
}
