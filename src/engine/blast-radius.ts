import type { BlastRadius } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { NodeName, NodeSpec } from '../core/node.ts';

/**
 * Throws PLAN_REFUSED when a fault would touch more than the drill allows. Judged on resolved targets; clients among them,
 * and their processes, are ours and no nodes.
 */
export function checkBlastRadius(targets: readonly NodeName[], limit: BlastRadius, nodes: readonly NodeSpec[]): void {
  const touched = targets.filter((name) => nodes.some((node) => node.name === name));
  const refuse = (what: string): never => {
    throw new DrillError('PLAN_REFUSED', `the fault would touch ${touched.join(', ')}: more than ${what}`, {
      hint: 'Raise blastRadius in the drill if that is meant.',
    });
  };
  if (limit.maxNodes !== undefined && touched.length > limit.maxNodes)
    refuse(`${nodeCount(limit.maxNodes)} (maxNodes)`);
  if (limit.maxPerService === undefined) return;
  const perService = Map.groupBy(
    nodes.filter((node) => touched.includes(node.name)),
    (node) => node.service,
  );
  for (const [service, group] of perService) {
    if (group.length > limit.maxPerService) refuse(`${nodeCount(limit.maxPerService)} of ${service} (maxPerService)`);
  }
}

function nodeCount(count: number): string {
  return count === 1 ? '1 node' : `${count} nodes`;
}
