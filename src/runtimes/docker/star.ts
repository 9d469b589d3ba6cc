// The star: every node, every client host and the probes have a network of their own, on which only they and the hub are.
import type { ClusterSpec } from '../../core/cluster.ts';
import { PROBE } from '../../core/node.ts';
import { type Matrix, matrixOf } from '../links/matrix.ts';

export type Topology = Omit<ClusterSpec, 'runId'>;

/** One network of the star. Its names are those of a compose file. */
export interface Spoke {
  /** Of the node, the client host or the probes that it belongs to. */
  readonly of: string;
  readonly network: string;
  readonly subnet: string;
  /** The hub's address on it. */
  readonly hub: string;
  /** The node's; nobody has it where there is none. */
  readonly node: string;
}

const HUB = 2;
const NODE = 3;

/** Pure. `block` is the first half of all addresses: `10.64`, or what stands for it in a compose file. */
export function starMatrix(topology: Topology, block: string): Matrix {
  return matrixOf(topology, {
    named: true,
    hostOf: (node) => hostIn(block, node, NODE),
    wayTo: (from) => hostIn(block, from, HUB),
  });
}

/** Pure. The networks of the star, in the order of nodes, client hosts, probes. */
export function spokesOf(topology: Topology, block: string): readonly Spoke[] {
  const { numberOf } = starMatrix(topology, block);
  return [...topology.nodes.map(({ name }) => name), ...topology.clientHosts, PROBE].map((of) => {
    const number = numberOf(of);
    return {
      of,
      network: of.replaceAll(':', '.'),
      subnet: `${hostIn(block, number, 0)}/28`,
      hub: hostIn(block, number, HUB),
      node: hostIn(block, number, NODE),
    };
  });
}

/** Sixteen addresses each: 256 networks in the first sixteenth of the block. */
function hostIn(block: string, network: number, host: number): string {
  return `${block}.${network >> 4}.${((network & 15) << 4) + host}`;
}
