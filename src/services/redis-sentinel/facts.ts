// What a view of Redis under Sentinels holds: written by the service, read by its words, its predictions and its hazards.
import type { ServiceView } from '../../core/cluster.ts';
import type { NodeName } from '../../core/node.ts';

/** Nodes by name; one that is none of the cluster's stands as the address that it announces. */
export type KnownPeers = {
  readonly sentinels: readonly string[];
  readonly replicas: readonly string[];
  /** Of the Sentinels that it knows: those that it has not heard of for a while. */
  readonly down: readonly string[];
};

export type RedisSentinelFacts = {
  /** Null while more than half of the Sentinels name nobody. */
  readonly primary: NodeName | null;
  /** Replicas that follow it with their link up. */
  readonly inStep: readonly NodeName[];
  readonly offsets: Readonly<Record<NodeName, number>>;
  /** Sentinels that answer → whom they hold for the primary. */
  readonly sentinelsNaming: Readonly<Record<NodeName, NodeName | null>>;
  readonly tilt: readonly NodeName[];
  /** Sentinel → whom it knows besides itself. */
  readonly known: Readonly<Record<NodeName, KnownPeers>>;
  readonly versions: Readonly<Record<NodeName, string>>;
  /** Nodes that do not answer → why. */
  readonly silent: Readonly<Record<NodeName, string>>;
  /** Of the silent Redis nodes, those of which the primary does not say that they are gone. */
  readonly untold: readonly NodeName[];
};

const NO_FACTS: RedisSentinelFacts = {
  primary: null,
  inStep: [],
  offsets: {},
  sentinelsNaming: {},
  tilt: [],
  known: {},
  versions: {},
  silent: {},
  untold: [],
};

export function factsOf(view: ServiceView): RedisSentinelFacts {
  return { ...NO_FACTS, ...(view.facts as Partial<RedisSentinelFacts> | null) };
}

export function nodesWith(view: ServiceView, role: string): readonly NodeName[] {
  return Object.entries(view.roles).flatMap(([node, roles]) => (roles.includes(role) ? [node] : []));
}

/** Sentinels that do not answer, and that no other one misses: nobody says whether they would vote. */
export function sentinelsUntold(view: ServiceView): readonly NodeName[] {
  const { silent, known } = factsOf(view);
  const missed = new Set(Object.values(known).flatMap(({ down }) => down));
  return nodesWith(view, 'sentinel').filter((node) => silent[node] !== undefined && !missed.has(node));
}

/** `redis-2, redis-3 do not answer: WRONGPASS …`. */
export function gapOf(view: ServiceView, nodes: readonly NodeName[]): string {
  const { silent } = factsOf(view);
  const reasons = [...new Set(nodes.map((node) => silent[node] ?? 'not told'))];
  return `${nodes.join(', ')} ${nodes.length === 1 ? 'does' : 'do'} not answer: ${reasons.join('; ')}`;
}

/** How many Sentinels there are to those that vote: a majority of all that were ever heard of, alive or not. */
export function votersOf(view: ServiceView): number {
  const known = Object.values(factsOf(view).known).map(({ sentinels }) => sentinels.length + 1);
  return Math.max(nodesWith(view, 'sentinel').length, ...known);
}

export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}
