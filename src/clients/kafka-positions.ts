// Offsets that are said in words: where a partition begins and ends.
import type { AddressBook } from '../core/node.ts';
import { readMetadata } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { readHighWatermarks, readLogStarts } from './kafka-offsets.ts';

export type Position = 'begin' | 'end' | number;

export interface PartitionPosition {
  readonly unit: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Of every partition of the topic. Rejects while the leader of one does not answer, and for an offset beyond its end. */
export async function positionsOf(
  nodes: KafkaNodes,
  { book, topic, to }: { readonly book: AddressBook; readonly topic: string; readonly to: Position },
): Promise<readonly PartitionPosition[]> {
  const metadata = await readMetadata(nodes, { book, topics: [topic] });
  const [starts, ends] = await Promise.all([readLogStarts(nodes, metadata), readHighWatermarks(nodes, metadata)]);
  return [...metadata.partitions.values()].map(({ unit, partition }) => {
    const [start, end] = [starts.get(unit), ends.get(unit)];
    if (start === undefined || end === undefined) throw new Error(`the leader of ${unit} does not answer`);
    const offset = to === 'begin' ? start : to === 'end' ? end : to;
    if (offset < start || offset > end)
      throw new Error(`${unit} has no offset ${offset}: it goes from ${start} to ${end}`);
    return { unit, topic, partition, offset };
  });
}
