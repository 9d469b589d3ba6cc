// Reading services that live, for commands that only look. What cannot be read is told, and stops nothing.
import { createClock } from '../../core/clock.ts';
import type { Cluster } from '../../core/cluster.ts';
import { describeError } from '../../core/error.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { LiveContext, Service, Zones } from '../../core/kinds.ts';
import { CALM_PATIENCE_MS } from '../../core/patience.ts';
import type { ServiceState } from './assess.ts';

/** What a command that only looks needs of a cluster. */
export interface Looked {
  readonly cluster: Cluster;
  /** By name in the cluster. */
  readonly services: ReadonlyMap<string, Service>;
  readonly zones: Zones;
}

export interface ReadService {
  readonly name: string;
  readonly service: Service;
  /** Undefined = nothing could be read of it at all. */
  readonly state: ServiceState | undefined;
  /** What could not be told, in sentences; empty = everything was. */
  readonly untold: readonly string[];
}

const WITHIN_MS = 60_000;

/** Of all services at once. Asks, and changes nothing. */
export async function readServices({ cluster, services, zones }: Looked): Promise<readonly ReadService[]> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const journal = { write: () => undefined };
  const cx: LiveContext = { cluster, clock: createClock(), journal, signal, patienceMs: CALM_PATIENCE_MS };
  return Promise.all([...services].map(([name, service]) => readService(name, service, { cx, zones })));
}

async function readService(
  name: string,
  service: Service,
  { cx, zones }: { readonly cx: LiveContext; readonly zones: Zones },
): Promise<ReadService> {
  const [view, settings] = await Promise.all([
    service.view(name, cx).catch((error: Error) => error),
    service.settings(name, cx).catch((error: Error) => error),
  ]);
  if (view instanceof Error) return { name, service, state: undefined, untold: [describeError(view)] };
  const told = settings instanceof Error ? {} : settings;
  const silent = service.outline?.(view).silent ?? {};
  const own = cx.cluster.spec.nodes.filter((node) => node.service === name).map((node) => node.name);
  const untold = [
    ...Object.entries(silent).map(([node, why]) => `${node} does not answer: ${why}`),
    ...(settings instanceof Error ? [`settings: ${describeError(settings)}`] : []),
    ...own
      .filter((node) => silent[node] === undefined && !hasSettingsOf(node, told))
      .map((node) => `${node} does not tell its settings`),
  ];
  return { name, service, state: { view, settings: told, zones }, untold };
}

function hasSettingsOf(node: string, settings: Json): boolean {
  return (
    isJsonObject(settings) && Object.values(settings).some((scope) => isJsonObject(scope) && Object.hasOwn(scope, node))
  );
}
