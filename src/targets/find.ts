// What there is of a target: every service asked for its nodes, at once.
import { DrillError } from '../core/error.ts';
import type { FoundCluster, FoundNode, Registry } from '../core/kinds.ts';
import { type Address, addressText, type NodeSpec } from '../core/node.ts';
import type { Target, TargetService } from './load.ts';

/** A node with the way to it. */
export interface Located {
  readonly spec: NodeSpec;
  readonly announced: Address;
  readonly address: Address;
}

export interface Discovery {
  readonly cluster: FoundCluster;
  readonly nodes: readonly Located[];
}

/** A service of which nobody could be found, and why. */
export interface Unfound {
  readonly service: string;
  readonly kind: string;
  readonly error: Error;
}

/** Read-only. Throws CLUSTER_FAILED with what each that was asked has said, when a service cannot be found. */
export async function discover(target: Target, registry: Registry, signal: AbortSignal): Promise<Discovery> {
  const { unfound, ...discovery } = await discoverEach(target, registry, signal);
  const [first] = unfound;
  if (first !== undefined) throw first.error;
  return discovery;
}

/** The same for who only looks: what cannot be found is told, and the rest is there. */
export async function discoverEach(
  target: Target,
  registry: Registry,
  signal: AbortSignal,
): Promise<Discovery & { readonly unfound: readonly Unfound[] }> {
  const asked = await Promise.all(
    target.services.map(async (service) => {
      const found = await nodesOf(service, { target, registry, signal }).catch((error: Error) => error);
      return { service, found };
    }),
  );
  const nodes = asked.flatMap(({ found }) => (found instanceof Error ? [] : found));
  const there = asked.flatMap(({ service, found }) => (found instanceof Error ? [] : [[service.name, service.kind]]));
  const { name, environment, prefix } = target;
  const services = Object.fromEntries(there);
  return {
    cluster: { target: name, environment, prefix, services, nodes: nodes.map(({ spec }) => spec) },
    nodes,
    unfound: asked.flatMap(({ service, found }) =>
      found instanceof Error ? [{ service: service.name, kind: service.kind, error: found }] : [],
    ),
  };
}

interface Asking {
  readonly target: Target;
  readonly registry: Registry;
  readonly signal: AbortSignal;
}

async function nodesOf(service: TargetService, { target, registry, signal }: Asking): Promise<readonly Located[]> {
  const kind = registry.services.get(service.kind);
  if (kind?.discover === undefined) throw new DrillError('INTERNAL', `${service.kind} cannot be attached to`);
  const nodes = await kind.discover(service, signal);
  return nodes.map((node) => locate(node, service, target));
}

/** The zone of a node that nobody has placed is empty: no zone is lost with it. */
function locate(node: FoundNode, service: TargetService, target: Target): Located {
  const { name, role, listener, announced, address, terms } = node;
  const access = service.access[role];
  const spec: NodeSpec = {
    name,
    service: service.name,
    role,
    zone: target.zones[addressText(announced)] ?? node.zone ?? '',
    ports: { [listener]: announced.port },
    // It runs already, and not by us.
    program: { tool: 'none', args: [] },
    ...(access === undefined ? {} : { access }),
    terms: { ...service.terms, ...terms },
  };
  return { spec, announced, address };
}
