// Somebody's own cluster, seen from here: one way to each node, and only what its owner lets us do.
import type { Capabilities, Capability, Cluster, ClusterHandle } from '../../core/cluster.ts';
import type { Control } from '../../core/control.ts';
import { DrillError } from '../../core/error.ts';
import { type AddressBook, addressText, type NodeName, type NodeSpec } from '../../core/node.ts';
import { answers } from './answers.ts';
import { commandedNodes } from './command-control.ts';
import { type AttachedNode, readState } from './state.ts';

type Controlled = Pick<Partial<Capabilities>, 'lifecycle' | 'pausing'>;

/** From its handle alone, in any process. Disposing it lets go and does nothing to it. */
export async function attachedCluster(handle: ClusterHandle): Promise<Cluster> {
  const { spec } = handle;
  const state = readState(handle);
  const nodes = new Map(spec.nodes.map((node) => [node.name, node]));
  const places = new Map(state.nodes.map((place) => [place.node, place]));
  const look = (node: NodeName): Place => placeOf(node, nodes, places);
  const controls = await Promise.all(
    Object.entries(state.control).map(
      async ([service, control]) => [service, await controlled(control, look)] as const,
    ),
  );
  const byService = new Map<string, Controlled>(controls);
  const reach: Capabilities['reach'] = { answers: (node, withinMs) => asksOf(look(node), withinMs) };
  const everywhere = [...byService.values()];
  const offers = (capability: Capability, node?: NodeName): unknown => {
    if (capability === 'reach') return reach;
    if (capability !== 'lifecycle' && capability !== 'pausing') return undefined;
    if (node === undefined) return everywhere.find((one) => one[capability] !== undefined)?.[capability];
    return byService.get(nodes.get(node)?.service ?? '')?.[capability];
  };
  return {
    owned: false,
    handle,
    spec,
    addresses: (from) => bookOf(from, spec.nodes, places),
    can: <C extends Capability>(capability: C, node?: NodeName) =>
      node === undefined || nodes.has(node) ? (offers(capability, node) as Capabilities[C] | undefined) : undefined,
    [Symbol.asyncDispose]: async () => {},
  };
}

interface Place {
  readonly spec: NodeSpec;
  readonly place: AttachedNode;
}

function placeOf(
  node: NodeName,
  nodes: ReadonlyMap<NodeName, NodeSpec>,
  places: ReadonlyMap<NodeName, AttachedNode>,
): Place {
  const [spec, place] = [nodes.get(node), places.get(node)];
  if (spec === undefined || place === undefined) throw new DrillError('INTERNAL', `no such node: "${node}"`);
  return { spec, place };
}

function asksOf({ spec: { role, access }, place: { announced, address } }: Place, withinMs: number): Promise<boolean> {
  return answers({ role, announced, address, access }, withinMs);
}

async function controlled(control: Control, look: (node: NodeName) => Place): Promise<Controlled> {
  if (control.by === 'none') return {};
  const addressOf = (node: NodeName): string => addressText(look(node).place.announced);
  if (control.by === 'docker') {
    // Its libraries are heavy, and only for those who have an engine.
    const nodes = (await import('./docker-control.ts')).containedNodes(control, addressOf);
    return { lifecycle: nodes, pausing: nodes };
  }
  const { lifecycle, pausing } = commandedNodes(control, (node) => {
    const { spec, place } = look(node);
    const { host, port } = place.announced;
    const own = { ...control.words[spec.role], ...control.words[addressOf(node)] };
    return {
      node,
      words: { host, port: String(port), node, role: spec.role, ...own },
      answers: (withinMs) => asksOf({ spec, place }, withinMs),
    };
  });
  return { ...(lifecycle === undefined ? {} : { lifecycle }), ...(pausing === undefined ? {} : { pausing }) };
}

/** Everybody comes the same way: there is one to each node. */
function bookOf(from: string, nodes: readonly NodeSpec[], places: ReadonlyMap<NodeName, AttachedNode>): AddressBook {
  const rows = nodes.flatMap(({ name, service, role, ports, access, terms }) => {
    const place = places.get(name);
    const listener = Object.keys(ports)[0];
    if (place === undefined || listener === undefined) return [];
    const { announced, address } = place;
    const more = { ...(access === undefined ? {} : { access }), ...(terms === undefined ? {} : { terms }) };
    return [{ node: name, service, role, listener, announced, address, ...more }];
  });
  return { from, rows };
}
