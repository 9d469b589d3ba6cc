// Who is reached where. On loopback node T listens on 127.N.0.T, and the link from S to T is a proxy on 127.N.S.T.
import type { ClusterSpec } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import {
  type Address,
  type AddressBook,
  type AddressRow,
  type Link,
  type NodeName,
  type NodeSpec,
  PROBE,
} from '../../core/node.ts';

/** One link as Toxiproxy has to hold it. */
export interface ProxySpec {
  /** The link's name. */
  readonly name: string;
  readonly listen: Address;
  readonly upstream: Address;
  /** Role of the node that it leads to: decides what it can be asked. */
  readonly role: string;
}

export interface Matrix {
  /** Where the node itself listens, and nobody else connects to. */
  readonly hostOf: (node: NodeName) => string;
  readonly proxies: readonly ProxySpec[];
  /** Every listener that `from` has a link to, and its own ones. */
  readonly addresses: (from: string) => AddressBook;
  /** The lines of /etc/hosts for a node, a client host or the probes. */
  readonly hostsFile: (from: string) => string;
  /** Of a node, a client host or the probes: what their addresses are made from. */
  readonly numberOf: (from: string) => number;
}

/** Addresses by number: nodes count from 1, client hosts from 100, and the probes are 250. */
export interface Addressing {
  /** False where processes cannot have hosts files of their own: nodes then announce addresses and reach each other directly. */
  readonly named: boolean;
  readonly hostOf: (node: number) => string;
  /** Where `from` finds the proxies that lead to a node. */
  readonly wayTo: (from: number, node: number) => string;
}

export interface MatrixOptions {
  /** N of 127.N.S.T. */
  readonly subnet: number;
  readonly named: boolean;
}

const MAX_NODES = 99;
const FIRST_CLIENT = 100;
const MAX_CLIENTS = 100;
const PROBE_INDEX = 250;

/** Pure. Throws PLAN_REFUSED where there are more nodes or client hosts than addresses. */
export function loopbackMatrix(spec: ClusterSpec, { subnet, named }: MatrixOptions): Matrix {
  return matrixOf(spec, {
    named,
    hostOf: (node) => `127.${subnet}.0.${node}`,
    wayTo: (from, node) => `127.${subnet}.${from}.${node}`,
  });
}

/** Pure. Throws PLAN_REFUSED where there are more nodes or client hosts than numbers. */
export function matrixOf(spec: Omit<ClusterSpec, 'runId'>, addressing: Addressing): Matrix {
  const plan = planOf(spec, addressing);
  return {
    numberOf: plan.indexOf,
    hostOf: (node) => plan.hostOf(plan.nodeOf(node)),
    proxies: plan.links.map((link) => proxyOf(plan, link)),
    addresses: (from) => ({ from, rows: rowsOf(plan, from) }),
    hostsFile: (from) => hostsFileOf(plan, from),
  };
}

interface Plan {
  readonly named: boolean;
  readonly nodes: readonly NodeSpec[];
  readonly links: readonly Link[];
  readonly nodeOf: (name: NodeName) => NodeSpec;
  readonly hostOf: (node: NodeSpec) => string;
  /** The link's own address. */
  readonly wayTo: (from: string, node: NodeSpec) => string;
  /** Throws for a name that is no source of links. */
  readonly indexOf: (from: string) => number;
}

function planOf({ nodes, links, clientHosts }: Omit<ClusterSpec, 'runId'>, addressing: Addressing): Plan {
  const { named } = addressing;
  if (nodes.length > MAX_NODES || clientHosts.length > MAX_CLIENTS) {
    const counts = `${nodes.length} nodes and ${clientHosts.length} client hosts`;
    const hint = `At most ${MAX_NODES} nodes and ${MAX_CLIENTS} workloads.`;
    throw new DrillError('PLAN_REFUSED', `no addresses for ${counts}`, { hint });
  }
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const index = new Map([
    ...nodes.map((node, at) => [node.name, at + 1] as const),
    ...clientHosts.map((host, at) => [host, FIRST_CLIENT + at] as const),
    [PROBE, PROBE_INDEX] as const,
  ]);
  const indexOf = (from: string): number => index.get(from) ?? unknown('source of links', from, index.keys());
  return {
    named,
    nodes,
    links: named ? links : links.filter((link) => !byName.has(link.from)),
    nodeOf: (name) => byName.get(name) ?? unknown('node', name, byName.keys()),
    hostOf: (node) => addressing.hostOf(indexOf(node.name)),
    wayTo: (from, node) => addressing.wayTo(indexOf(from), indexOf(node.name)),
    indexOf,
  };
}

function proxyOf(plan: Plan, { name, from, to, listener }: Link): ProxySpec {
  const node = plan.nodeOf(to);
  const port = portOf(node, listener);
  const listen = { host: plan.wayTo(from, node), port };
  return { name, listen, upstream: { host: plan.hostOf(node), port }, role: node.role };
}

function rowsOf(plan: Plan, from: string): AddressRow[] {
  plan.indexOf(from);
  const row = (node: NodeSpec, listener: string, host: string): AddressRow => {
    const port = portOf(node, listener);
    const announced = { host: plan.named ? node.name : plan.hostOf(node), port };
    return {
      node: node.name,
      service: node.service,
      role: node.role,
      listener,
      announced,
      address: { host, port },
      ...(node.access === undefined ? {} : { access: node.access }),
      ...(node.terms === undefined ? {} : { terms: node.terms }),
    };
  };
  const own = plan.nodes.filter((node) => node.name === from);
  return [
    ...own.flatMap((node) => Object.keys(node.ports).map((listener) => row(node, listener, plan.hostOf(node)))),
    ...plan.links
      .filter((link) => link.from === from)
      .map(({ to, listener }) => row(plan.nodeOf(to), listener, plan.wayTo(from, plan.nodeOf(to)))),
  ];
}

function hostsFileOf(plan: Plan, from: string): string {
  const host = (node: NodeSpec): string => (node.name === from ? plan.hostOf(node) : plan.wayTo(from, node));
  const nodes = plan.nodes.map((node) => `${host(node)} ${node.name}`);
  return ['127.0.0.1 localhost', '::1 localhost ip6-localhost', ...nodes, ''].join('\n');
}

function portOf(node: NodeSpec, listener: string): number {
  return node.ports[listener] ?? unknown(`listener of ${node.name}`, listener, Object.keys(node.ports));
}

function unknown(what: string, name: string, known: Iterable<string>): never {
  throw new DrillError('INTERNAL', `no such ${what}: "${name}"`, { hint: `There are: ${[...known].join(', ')}` });
}
