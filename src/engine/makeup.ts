// What the cluster of a drill consists of: made by its services, or as it was found where it is somebody else's.
import type { ClusterSpec } from '../core/cluster.ts';
import type { Drill } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { FoundCluster, Registry, Service, ServiceSpec } from '../core/kinds.ts';
import { clientHost, type Link, linkName, type NodeSpec, PROBE } from '../core/node.ts';
import { lookUp } from './look-up.ts';

export interface Makeup {
  /** By name in the cluster. */
  readonly services: ReadonlyMap<string, Service>;
  /** What each of them was made from. */
  readonly serviceSpecs: ReadonlyMap<string, ServiceSpec>;
  readonly spec: Omit<ClusterSpec, 'runId'>;
}

const FIRST_PORT = 6301;

/** Pure. Throws PLAN_REFUSED where a drill wants of somebody's own cluster what only one of ours can be. */
export function makeUp(drill: Drill, registry: Registry, found: FoundCluster | undefined): Makeup {
  const services = new Map(
    Object.entries(drill.cluster.services).map(([name, kind]) => [
      name,
      lookUp(registry.services, kind, 'service', drill.file),
    ]),
  );
  const clientHosts = drill.workloads.map((workload) => clientHost(workload.name));
  return found === undefined ? made(drill, services, clientHosts) : attached(drill, services, { found, clientHosts });
}

function made(drill: Drill, services: ReadonlyMap<string, Service>, clientHosts: readonly string[]): Makeup {
  const serviceSpecs = new Map<string, ServiceSpec>();
  const nodes: NodeSpec[] = [];
  const links: Link[] = [];
  const files: Record<string, ReturnType<Service['files']>> = {};
  for (const [name, service] of services) {
    const spec = serviceSpecOf(drill, name, FIRST_PORT + portsOf(nodes).length);
    const own = service.nodes(spec);
    serviceSpecs.set(name, spec);
    nodes.push(...own);
    links.push(...service.links(own));
    for (const node of own) files[node.name] = service.files(node, own, spec);
  }
  for (const from of [...clientHosts, PROBE]) links.push(...linksFrom(from, nodes));
  return { services, serviceSpecs, spec: { nodes, links, files, clientHosts } };
}

interface Attaching {
  readonly found: FoundCluster;
  readonly clientHosts: readonly string[];
}

/** No links: there is one way to each node, and it is not ours. */
function attached(drill: Drill, services: ReadonlyMap<string, Service>, { found, clientHosts }: Attaching): Makeup {
  if (drill.cluster.settingsFrom !== undefined) {
    const { file } = drill.cluster.settingsFrom;
    throw new DrillError('PLAN_REFUSED', `the drill takes settings from ${file}, and ${found.target} has its own`, {
      at: drill.file,
      hint: `firedrill drift --target ${found.target} --against ${file} holds the one against the other.`,
    });
  }
  if (Object.keys(drill.cluster.settings).length > 0) {
    throw new DrillError('PLAN_REFUSED', `the drill has settings for its cluster, and ${found.target} has its own`, {
      at: drill.file,
      hint: 'Leave out cluster.settings: --set cluster.settings={}',
    });
  }
  const nodes = [...services].flatMap(([name, service]) => nodesFor(name, service.kind, { found, drill }));
  const serviceSpecs = new Map([...services.keys()].map((name) => [name, serviceSpecOf(drill, name, 0)]));
  return { services, serviceSpecs, spec: { nodes, links: [], files: {}, clientHosts } };
}

/** By name; where a target (name → kind) has only one of that kind, that one, whatever its owner calls it. Pure. */
export function nameThere(name: string, kind: string, services: Readonly<Record<string, string>>): string | undefined {
  const sameKind = Object.keys(services).filter((other) => services[other] === kind);
  if (sameKind.includes(name)) return name;
  return sameKind.length === 1 ? sameKind[0] : undefined;
}

function nodesFor(
  name: string,
  kind: string,
  { found, drill }: { readonly found: FoundCluster; readonly drill: Drill },
): readonly NodeSpec[] {
  const theirs = nameThere(name, kind, found.services);
  if (theirs === undefined) {
    const there = Object.entries(found.services).map(([other, what]) => `${other} (${what})`);
    throw new DrillError('PLAN_REFUSED', `the target ${found.target} has no service "${name}" of kind ${kind}`, {
      at: drill.file,
      hint: `It has ${there.join(', ')}; name services in the drill as the target does.`,
    });
  }
  return found.nodes.filter(({ service }) => service === theirs).map((node) => ({ ...node, service: name }));
}

function serviceSpecOf({ cluster: { settings, topics = {} } }: Drill, name: string, basePort: number): ServiceSpec {
  return { name, settings, topics, basePort };
}

function portsOf(nodes: readonly NodeSpec[]): readonly number[] {
  return nodes.flatMap((node) => Object.values(node.ports));
}

/** A way from a client host, or the probes, to every listener that is for them. */
export function linksFrom(from: string, nodes: readonly NodeSpec[]): readonly Link[] {
  return nodes.flatMap((node) => {
    const [first, ...others] = node.serves?.[from === PROBE ? 'probes' : 'clients'] ?? Object.keys(node.ports);
    if (first === undefined) return [];
    return [first, ...others].map((listener) => ({
      name: linkName(from, node.name, listener === first ? undefined : listener),
      from,
      to: node.name,
      listener,
    }));
  });
}
