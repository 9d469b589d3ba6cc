// Kafka knows its nodes by numbers, and we know them by names: `broker-2` is 2, `controller-2` is 102.
import type { NodeName } from '../core/node.ts';

const FIRST_CONTROLLER = 100;

/** `node.id` of a node of ours. Undefined for a name that does not end in a number: then it is none of ours. */
export function kafkaIdOf(node: NodeName, role: string): number | undefined {
  const number = /-(\d+)$/.exec(node)?.[1];
  if (number === undefined) return undefined;
  return Number(number) + (role === 'controller' ? FIRST_CONTROLLER : 0);
}

/** Number → name, of all nodes of one Kafka cluster. */
export function kafkaNodeNames(
  nodes: readonly { readonly node: NodeName; readonly role: string }[],
): ReadonlyMap<number, NodeName> {
  return new Map(
    nodes.flatMap(({ node, role }) => {
      const id = kafkaIdOf(node, role);
      return id === undefined ? [] : [[id, node] as const];
    }),
  );
}
