import type { Cluster } from '../../core/cluster.ts';
import { type NodeName, PROBE } from '../../core/node.ts';

/** Every link that a fault may touch: the probes' own ways stay. */
export function touchable(cluster: Cluster): Cluster['spec']['links'] {
  return cluster.spec.links.filter((link) => link.from !== PROBE);
}

/** Links on which others reach `node`. */
export function linksInto(cluster: Cluster, node: NodeName): readonly string[] {
  return touchable(cluster)
    .filter((link) => link.to === node)
    .map((link) => link.name);
}

/** Links into and out of `node`. */
export function linksAround(cluster: Cluster, node: NodeName): readonly string[] {
  return touchable(cluster)
    .filter((link) => link.to === node || link.from === node)
    .map((link) => link.name);
}

/** The probes' links to `node`: the way on which a fault is proved. */
export function probeLinks(cluster: Cluster, node: NodeName): readonly string[] {
  return cluster.spec.links.filter((link) => link.from === PROBE && link.to === node).map((link) => link.name);
}
