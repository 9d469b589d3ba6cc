// Nodes, addresses and links: the cluster as data.
import type { Access } from './access.ts';

export type NodeName = string;

/** A client host (`client:<workload>`) or the way of the probes. Sources of links, never targets of them. */
export const PROBE = 'probe';
export function clientHost(workload: string): string {
  return `client:${workload}`;
}

/** A process of a workload that has several: `consumers#1`. A target of faults as nodes are, and no node of the cluster. */
export function memberName(workload: string, number: number): NodeName {
  return `${workload}#${number}`;
}

/** The workload that a member belongs to; undefined for whatever is no member's name. */
export function workloadOfMember(name: string): string | undefined {
  return /^(.+)#[1-9]\d*$/.exec(name)?.[1];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`; an IPv6 address in brackets. */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What a node is, before it lives anywhere. */
export interface NodeSpec {
  readonly name: NodeName;
  /** The service's name in the cluster (`cache`), not its kind. */
  readonly service: string;
  /** What the service calls this sort of node: `redis`, `sentinel`, `broker`, `controller`. */
  readonly role: string;
  /** Failure domain: `a`, `b`, `c`. */
  readonly zone: string;
  /** Listener name → port; ports are unique in a cluster. The first one is the node's main port. */
  readonly ports: Readonly<Record<string, number>>;
  /** Which listeners client hosts and probes get links to; undefined = all. */
  readonly serves?: { readonly clients: readonly string[]; readonly probes: readonly string[] };
  /** The program that it runs, from the toolchain, with arguments that may hold `{config}`, `{data}` and `{hosts}`. */
  readonly program: {
    readonly tool: string;
    readonly args: readonly string[];
    /**
     * What of its storage is its own, where its tool has storage for it to start from (Kafka's is formatted once for
     * all): name → value, for what stands as `{name}` in it. It is in `{data}` before the node's first start.
     */
    readonly seed?: Readonly<Record<string, string>>;
  };
  /**
   * What should answer before it begins, where all start at once: it would find it shut, and try again a second later. A
   * runtime need not heed it.
   */
  readonly startsAfter?: readonly NodeName[];
  /** With which rights it is entered; undefined = it lets everybody in. */
  readonly access?: Access;
  /** What clients of this service have to know of it besides its address, by the service's own names. */
  readonly terms?: Readonly<Record<string, string>>;
}

/** A directed way from a node, a client host or the probes to one listener of a node: one Toxiproxy proxy. */
export interface Link {
  readonly name: string;
  readonly from: string;
  readonly to: NodeName;
  /** Listener name in `NodeSpec.ports`. */
  readonly listener: string;
}

export function linkName(from: string, to: NodeName, listener?: string): string {
  return listener === undefined ? `${from}->${to}` : `${from}->${to}:${listener}`;
}

/**
 * Which process or container a node is right now. Two identities are the same node only if all their fields are:
 * a pid is reused, a pid with its start time and boot id is not, and a container that was started again keeps its id.
 */
export type Identity =
  | { readonly type: 'process'; readonly pid: number; readonly startTime: string; readonly bootId: string }
  | { readonly type: 'container'; readonly id: string; readonly startedAt: string }
  | { readonly type: 'address'; readonly host: string; readonly port: number }
  /** What the status command of somebody's own cluster said of it: another process says something else. */
  | { readonly type: 'told'; readonly said: string };

/** How a client or probe reaches every node: a row per node and listener. Plain data, handed to workers as it is. */
export interface AddressBook {
  readonly from: string;
  readonly rows: readonly AddressRow[];
}
export interface AddressRow {
  readonly node: NodeName;
  readonly service: string;
  readonly role: string;
  readonly listener: string;
  /** What the node calls itself when other nodes and clients ask. */
  readonly announced: Address;
  /** Where `from` has to connect to. */
  readonly address: Address;
  /** With which rights; undefined = it lets everybody in. */
  readonly access?: Access;
  /** See NodeSpec.terms. */
  readonly terms?: Readonly<Record<string, string>>;
}

/** Turns an address that a node announced into the one that leads there from here. Unknown ones stay as they are. */
export function translate(book: AddressBook, announced: Address): Address {
  const row = book.rows.find((r) => r.announced.host === announced.host && r.announced.port === announced.port);
  return row?.address ?? announced;
}

/** The row of whoever announces itself as `announced`, or is reached there. */
export function rowAt(book: AddressBook, announced: Address): AddressRow | undefined {
  const same = (a: Address): boolean => a.host === announced.host && a.port === announced.port;
  return book.rows.find((r) => same(r.announced)) ?? book.rows.find((r) => same(r.address));
}

/** The node that announces itself as `announced`, or is reached there. */
export function nodeAt(book: AddressBook, announced: Address): NodeName | undefined {
  return rowAt(book, announced)?.node;
}
