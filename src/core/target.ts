// Somebody's own cluster: what its target file says of a service, and what the service finds when it looks.
import type { Access } from './access.ts';
import type { Address, NodeSpec } from './node.ts';

/** One service of a target: where to begin, and with which rights. */
export interface ServiceTarget {
  /** Its name in the cluster: that of a drill's `cluster.services`. */
  readonly name: string;
  /** Where to ask first: Sentinels, or bootstrap servers. */
  readonly seeds: readonly Address[];
  /** Role → with which rights nodes of that role are entered: `redis`, `sentinel`, `broker`, `controller`. */
  readonly access: Readonly<Record<string, Access>>;
  /** What its kind has to know besides, by the kind's own names: `primaryName`. */
  readonly terms: Readonly<Record<string, string>>;
  /** Announced address (`host:port`) → where it is reached from here, where that is not the same. */
  readonly ways: Readonly<Record<string, Address>>;
}

/** A node as its service found it. */
export interface FoundNode {
  /** As services of ours name their nodes: `redis-1`, `sentinel-2`, `broker-3`. The same in every run against the same cluster. */
  readonly name: string;
  readonly role: string;
  /** The listener that we use, as the service calls it. */
  readonly listener: string;
  /** What it calls itself. */
  readonly announced: Address;
  /** Where it is reached from here. */
  readonly address: Address;
  /** Its failure domain, where the system knows one (Kafka's `broker.rack`). */
  readonly zone: string | undefined;
  /** See NodeSpec.terms. */
  readonly terms: Readonly<Record<string, string>>;
}

/** How a target file speaks of a service. */
export interface TargetWords {
  /** Key under which its seeds stand: `sentinels`, `bootstrap`. */
  readonly seeds: string;
  /** Roles that are entered, each with rights of its own. */
  readonly roles: readonly string[];
  /** Key of a term → what it is, and what it is where nobody says. */
  readonly terms: Readonly<Record<string, { readonly summary: string; readonly default: string }>>;
}

/** Somebody's own cluster as it was found: what a plan is made of instead of what services would make. */
export interface FoundCluster {
  readonly target: string;
  readonly environment: string;
  /** Before the names of all that we make there. */
  readonly prefix: string;
  /** Name → kind. */
  readonly services: Readonly<Record<string, string>>;
  readonly nodes: readonly NodeSpec[];
}
