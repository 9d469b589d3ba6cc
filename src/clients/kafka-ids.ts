// Kafka knows its nodes by numbers, and we know them by names: of ours `broker-2` is 2, and `controller-2` is 102.
import type { AddressRow, NodeName } from '../core/node.ts';

const FIRST_CONTROLLER = 100;

/** In `terms` of a node that was found: its number in Kafka, whatever its name. */
export const NODE_ID = 'node.id';

/** `node.id` of a node. Undefined where neither its terms nor the end of its name say so. */
export function kafkaIdOf({ node, role, terms }: Pick<AddressRow, 'node' | 'role' | 'terms'>): number | undefined {
  const told = terms?.[NODE_ID];
  if (told !== undefined) return Number(told);
  const number = /-(\d+)$/.exec(node)?.[1];
  if (number === undefined) return undefined;
  return Number(number) + (role === 'controller' ? FIRST_CONTROLLER : 0);
}

/** Number → name, of all nodes of one Kafka cluster. */
export function kafkaNodeNames(
  nodes: readonly Pick<AddressRow, 'node' | 'role' | 'terms'>[],
): ReadonlyMap<number, NodeName> {
  return new Map(
    nodes.flatMap((row) => {
      const id = kafkaIdOf(row);
      return id === undefined ? [] : [[id, row.node] as const];
    }),
  );
}
