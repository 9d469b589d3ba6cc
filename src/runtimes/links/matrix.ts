// Who is reached where, on loopback: node T listens on 127.N.0.T, and the link from S to T is a proxy on 127.N.S.T.
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
  hostOf(node: NodeName): string;
  readonly proxies: readonly ProxySpec[];
  /** Every listener that `from` has a link to, and its own ones. */
  addresses(from: string): AddressBook;
  /** The lines of /etc/hosts for a node, a client host or the probes. */
  hostsFile(from: string): string;
}

export interface MatrixOptions {
  /** N of 127.N.S.T. */
  readonly subnet: number;
  /** False where processes cannot have hosts files of their own: nodes then announce addresses, and have no links between them. */
  readonly named: boolean;
}

const MAX_NODES = 99;
const FIRST_CLIENT = 100;
const MAX_CLIENTS = 100;
const PROBE_INDEX = 250;

/** Pure. Throws PLAN_REFUSED where there are more nodes or client hosts than addresses. */
export function loopbackMatrix(spec: ClusterSpec, { subnet, named }: MatrixOptions): Matrix {
  const index = indexSources(spec);
  const nodes = new Map(spec.nodes.map((node) => [node.name, node]));
  const sourceOf = (from: string): number => index.get(from) ?? unknown('source of links', from, [...index.keys()]);
  const nodeOf = (name: NodeName): NodeSpec => nodes.get(name) ?? unknown('node', name, [...nodes.keys()]);
  const hostOf = (name: NodeName): string => `127.${subnet}.0.${sourceOf(nodeOf(name).name)}`;
  const wayTo = (from: string, to: NodeName): string => `127.${subnet}.${sourceOf(from)}.${sourceOf(to)}`;
  const portOf = (node: NodeSpec, listener: string): number =>
    node.ports[listener] ?? unknown(`listener of ${node.name}`, listener, Object.keys(node.ports));
  const links = named ? spec.links : spec.links.filter((link) => !nodes.has(link.from));

  const toProxy = (link: Link): ProxySpec => {
    const node = nodeOf(link.to);
    const port = portOf(node, link.listener);
    return {
      name: link.name,
      listen: { host: wayTo(link.from, link.to), port },
      upstream: { host: hostOf(link.to), port },
      role: node.role,
    };
  };
  const row = (node: NodeSpec, listener: string, host: string): AddressRow => {
    const port = portOf(node, listener);
    const announced = { host: named ? node.name : hostOf(node.name), port };
    return { node: node.name, service: node.service, role: node.role, listener, announced, address: { host, port } };
  };
  return {
    hostOf,
    proxies: links.map(toProxy),
    addresses: (from) => {
      sourceOf(from);
      const own = nodes.get(from);
      const toItself =
        own === undefined ? [] : Object.keys(own.ports).map((listener) => row(own, listener, hostOf(from)));
      const toOthers = links
        .filter((link) => link.from === from)
        .map((link) => row(nodeOf(link.to), link.listener, wayTo(from, link.to)));
      return { from, rows: [...toItself, ...toOthers] };
    },
    hostsFile: (from) => {
      const line = (node: NodeSpec): string =>
        `${node.name === from ? hostOf(from) : wayTo(from, node.name)} ${node.name}`;
      return ['127.0.0.1 localhost', '::1 localhost ip6-localhost', ...spec.nodes.map(line), ''].join('\n');
    },
  };
}

function indexSources(spec: ClusterSpec): Map<string, number> {
  if (spec.nodes.length > MAX_NODES || spec.clientHosts.length > MAX_CLIENTS) {
    const counts = `${spec.nodes.length} nodes and ${spec.clientHosts.length} client hosts`;
    const hint = `At most ${MAX_NODES} nodes and ${MAX_CLIENTS} workloads.`;
    throw new DrillError('PLAN_REFUSED', `no addresses for ${counts}`, { hint });
  }
  return new Map([
    ...spec.nodes.map((node, at) => [node.name, at + 1] as const),
    ...spec.clientHosts.map((host, at) => [host, FIRST_CLIENT + at] as const),
    [PROBE, PROBE_INDEX],
  ]);
}

function unknown(what: string, name: string, known: readonly string[]): never {
  throw new DrillError('INTERNAL', `no such ${what}: "${name}"`, { hint: `There are: ${known.join(', ')}` });
}
