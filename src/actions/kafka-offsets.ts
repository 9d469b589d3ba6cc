// What the acts share that move somebody to other offsets of a topic.
import { z } from 'zod';
import type { KafkaNodes } from '../clients/kafka-nodes.ts';
import { type PartitionPosition, type Position, positionsOf } from '../clients/kafka-positions.ts';
import type { Json } from '../core/json.ts';
import type { AddressBook } from '../core/node.ts';

/** For `with`, behind who is moved. */
export const offsetParams = {
  topic: z.string().min(1).describe('which topic'),
  partitions: z.array(z.int().min(0)).min(1).optional().describe('only these; without it, all of the topic'),
  to: z
    .union([z.enum(['begin', 'end']), z.int().min(0)])
    .describe('begin: what is kept is read again; end: what is not read yet is left out; or an offset'),
  service: z.string().optional().describe('name of the Kafka service, where the cluster has several'),
};

export interface Wanted {
  readonly topic: string;
  readonly partitions?: readonly number[] | undefined;
  readonly to: Position;
}

export async function wantedOffsets(
  nodes: KafkaNodes,
  book: AddressBook,
  { topic, partitions, to }: Wanted,
): Promise<readonly PartitionPosition[]> {
  const all = await positionsOf(nodes, { book, topic, to });
  return all.filter(({ partition }) => partitions?.includes(partition) ?? true);
}

/** For an act's evidence: in words, and as facts. */
export function tellOffsets(positions: readonly PartitionPosition[]): { readonly words: string; readonly facts: Json } {
  return {
    words: positions.map(({ unit, offset }) => `${unit} at ${offset}`).join(', '),
    facts: Object.fromEntries(positions.map(({ unit, offset }) => [unit, offset])),
  };
}
