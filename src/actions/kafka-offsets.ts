// What the acts share that move somebody to other offsets of a topic.
import { z } from 'zod';
import type { PartitionPosition } from '../clients/kafka-positions.ts';
import type { Json } from '../core/json.ts';

/** For `with`, behind who is moved. */
export const offsetParams = {
  topic: z.string().min(1).describe('which topic'),
  partitions: z.array(z.int().min(0)).min(1).optional().describe('only these; without it, all of the topic'),
  to: z
    .union([z.enum(['begin', 'end']), z.int().min(0)])
    .describe('begin: what is kept is read again; end: what is not read yet is left out; or an offset'),
  service: z.string().optional().describe('name of the Kafka service, where the cluster has several'),
};

/** For an act's evidence: in words, and as facts. */
export function tellOffsets(positions: readonly PartitionPosition[]): { readonly words: string; readonly facts: Json } {
  return {
    words: positions.map(({ unit, offset }) => `${unit} at ${offset}`).join(', '),
    facts: Object.fromEntries(positions.map(({ unit, offset }) => [unit, offset])),
  };
}
