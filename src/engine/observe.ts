// The cluster as its services see it, in one view; and everything else that is asked of all services at once.
import type { ClusterView } from '../core/cluster.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { LiveContext, Service } from '../core/kinds.ts';

export type Services = ReadonlyMap<string, Service>;

/** Rejects while a service cannot be read at all. */
export async function observe(services: Services, cx: LiveContext): Promise<ClusterView> {
  const views = await askAll(services, (name, service) => service.view(name, cx));
  return {
    atMs: cx.clock.nowMs(),
    services: views,
    nodes: cx.cluster.spec.nodes.map(({ name, service, zone }) => ({
      name,
      service,
      zone,
      roles: views[service]?.roles[name] ?? [],
    })),
  };
}

/** By service: live settings as they are read back. */
export function readSettings(services: Services, cx: LiveContext): Promise<JsonObject> {
  return askAll(services, (name, service) => service.settings(name, cx));
}

export function readOffsets(services: Services, cx: LiveContext): Promise<JsonObject> {
  return askAll(services, (name, service) => service.offsets(name, cx));
}

async function askAll<T extends object | Json>(
  services: Services,
  question: (name: string, service: Service) => Promise<T>,
): Promise<Readonly<Record<string, T>>> {
  const answers = [...services].map(async ([name, service]) => [name, await question(name, service)] as const);
  return Object.fromEntries(await Promise.all(answers));
}
