// Names of nodes where a probe's tolerance or parameters hold one: who there will be is known before there is a cluster.
import type { Probe } from '../core/kinds.ts';
import type { Problems } from './problems.ts';
import { suggest } from './suggest.ts';
import { OPERATORS } from './tolerance-schema.ts';
import { child, type Tree } from './tree.ts';

/** Says which nodes there are not. `nodes` is undefined while the cluster itself is wrong. */
export function checkNodeNames(
  item: Tree,
  { nodeNames = [] }: Probe<unknown>,
  { nodes, problems }: { readonly nodes: readonly string[] | undefined; readonly problems: Problems },
): void {
  if (nodes === undefined) return;
  for (const key of nodeNames) {
    for (const section of ['with', 'tolerance']) {
      for (const { text, at } of named(child(child(item, section), key))) {
        if (!nodes.includes(text)) problems.error(at, `there is no node "${text}"`, suggest(text, nodes));
      }
    }
  }
}

interface Named {
  readonly text: string;
  readonly at: Tree['at'];
}

/** A name, those that an operator compares with, or the keys of a map of node → tolerance. */
function named(node: Tree | undefined): readonly Named[] {
  if (node === undefined) return [];
  if (node.type === 'scalar') return typeof node.value === 'string' ? [{ text: node.value, at: node.at }] : [];
  if (node.type === 'list') return node.items.flatMap(named);
  if ([...node.entries.keys()].some((key) => OPERATORS.includes(key)))
    return ['equals', 'oneOf'].flatMap((operator) => named(child(node, operator)));
  return [...node.entries].map(([text, { keyAt }]) => ({ text, at: keyAt }));
}
