// The services of a warm cluster, and what is asked of all of them at once.
import { createClock } from '../../core/clock.ts';
import type { Cluster } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LiveContext, Registry, Service, ServiceSpec } from '../../core/kinds.ts';
import { waitFor } from '../../core/wait.ts';
import { lookUp } from '../look-up.ts';
import { readSettings } from '../observe.ts';
import type { Plan } from '../plan.ts';
import { compare, linksNotBare, nodesNotRunning } from '../restore.ts';
import type { WarmRecord } from './store.ts';

/** By name in the cluster. */
export type WarmServices = ReadonlyMap<string, { readonly service: Service; readonly spec: ServiceSpec }>;

export function servicesOfPlan({ services, serviceSpecs }: Pick<Plan, 'services' | 'serviceSpecs'>): WarmServices {
  return new Map(
    [...services].flatMap(([name, service]) => {
      const spec = serviceSpecs.get(name);
      return spec === undefined ? [] : [[name, { service, spec }] as const];
    }),
  );
}

export function servicesOfRecord(record: WarmRecord, registry: Registry): WarmServices {
  return new Map(
    Object.entries(record.services).map(([name, { kind, spec }]) => [
      name,
      { service: lookUp(registry.services, kind, 'service', name), spec },
    ]),
  );
}

/** Nothing that is asked of a warm cluster between runs belongs into anybody's journal. */
export function quietContext(cluster: Cluster, signal: AbortSignal): LiveContext {
  return { cluster, clock: createClock(), journal: { write: () => undefined }, signal };
}

/** Throws PLAN_REFUSED for a service that cannot forget. */
export async function clearAll(services: WarmServices, cx: LiveContext): Promise<void> {
  await Promise.all(
    [...services].map(async ([name, { service, spec }]) => {
      if (service.clear !== undefined) return service.clear(spec, cx);
      throw new DrillError('PLAN_REFUSED', `${name} cannot be kept warm: ${service.kind} does not say how it forgets`);
    }),
  );
}

export async function prepareAll(services: WarmServices, cx: LiveContext): Promise<void> {
  await Promise.all([...services.values()].map(async ({ service, spec }) => service.prepare?.(spec, cx)));
}

export function settingsOf(services: WarmServices, cx: LiveContext): Promise<JsonObject> {
  return readSettings(new Map([...services].map(([name, { service }]) => [name, service])), cx);
}

/** A node that is slow once is not ill. */
const LOOK_WITHIN_MS = 5000;

/** What is not as it was when it was made, nothing being in it; empty = it is healthy. */
export async function ailments(
  services: WarmServices,
  before: JsonObject,
  cx: LiveContext,
): Promise<readonly string[]> {
  let found: readonly string[] = [];
  const look = async (): Promise<true | undefined> => {
    found = await ailmentsNow(services, before, cx);
    return found.length === 0 ? true : undefined;
  };
  const wait = { withinMs: LOOK_WITHIN_MS, everyMs: 100, signal: cx.signal, what: 'health' };
  await waitFor(look, wait).catch(() => cx.signal.throwIfAborted());
  return found;
}

async function ailmentsNow(services: WarmServices, before: JsonObject, cx: LiveContext): Promise<readonly string[]> {
  const { cluster } = cx;
  const ask = (what: string, question: Promise<readonly string[]>): Promise<readonly string[]> =>
    question.catch((error: Error) => [`${what} could not be checked: ${error.message}`]);
  const nodes = await ask('its nodes', nodesNotRunning(cluster));
  // Whom one asks in vain for settings: all other reasons would only say the same.
  if (nodes.length > 0) return nodes;
  const settings = settingsOf(services, cx).then((now) => compare(before, now, []));
  const found = await Promise.all([ask('its links', linksNotBare(cluster)), ask('its settings', settings)]);
  return found.flat();
}
