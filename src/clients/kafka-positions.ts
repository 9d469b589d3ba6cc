// Offsets that are said in words: where a partition begins and ends.
import type { AddressBook } from '../core/node.ts';
import { readMetadata, unitOf } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { readHighWatermarks, readLogStarts } from './kafka-offsets.ts';

export type Position = 'begin' | 'end' | number;

export interface PartitionPosition {
  readonly unit: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface PositionQuestion {
  readonly book: AddressBook;
  readonly topic: string;
  /** Undefined: all of the topic. */
  readonly partitions?: readonly number[] | undefined;
  readonly to: Position;
}

/**
 * Of each partition that is asked for. Rejects while the leader of one does not answer, for an offset beyond its end, and
 * for one that there is not.
 */
export async function positionsOf(
  nodes: KafkaNodes,
  { book, topic, partitions, to }: PositionQuestion,
): Promise<readonly PartitionPosition[]> {
  const metadata = await readMetadata(nodes, { book, topics: [topic] });
  const [starts, ends] = await Promise.all([readLogStarts(nodes, metadata), readHighWatermarks(nodes, metadata)]);
  const missing = partitions
    ?.map((partition) => unitOf(topic, partition))
    .find((unit) => !metadata.partitions.has(unit));
  if (missing !== undefined)
    throw new Error(`there is no partition ${missing}: there is ${[...metadata.partitions.keys()].join(', ')}`);
  const asked = [...metadata.partitions.values()].filter(({ partition }) => partitions?.includes(partition) ?? true);
  return asked.map(({ unit, partition }) => {
    const [start, end] = [starts.get(unit), ends.get(unit)];
    if (start === undefined || end === undefined) throw new Error(`the leader of ${unit} does not answer`);
    const offset = to === 'begin' ? start : to === 'end' ? end : to;
    if (offset < start || offset > end)
      throw new Error(`${unit} has no offset ${offset}: it goes from ${start} to ${end}`);
    return { unit, topic, partition, offset };
  });
}
