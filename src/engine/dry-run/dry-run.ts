// Everything that can be known of a run against a living cluster without doing it: asks, and changes nothing.
import type { Clock } from '../../core/clock.ts';
import type { Cluster, ClusterView } from '../../core/cluster.ts';
import type { DryRunItem } from '../../core/dry-run.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LiveContext } from '../../core/kinds.ts';
import { CALM_PATIENCE_MS } from '../../core/patience.ts';
import { observe, readSettings } from '../observe.ts';
import type { Plan } from '../plan.ts';
import { readProbes } from './probes.ts';
import { rehearse } from './rehearsal.ts';
import { checkRights } from './rights.ts';
import { lookAtSteps } from './steps.ts';

export interface DryRunRequest {
  /** Made from the nodes that were found. */
  readonly plan: Plan;
  /** Only its readings are used. */
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** For the view and the settings of a whole cluster. */
const LOOK_WITHIN_MS = 30_000;

/** Rejects only when it is interrupted: what cannot be asked is an item that says why. */
export async function dryRun(request: DryRunRequest): Promise<readonly DryRunItem[]> {
  const { plan, cluster, clock, signal } = request;
  // Nothing has happened that belongs in a journal.
  const cx: LiveContext = { cluster, clock, signal, journal: { write: () => undefined } };
  const within = {
    ...cx,
    signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_WITHIN_MS)]),
    patienceMs: CALM_PATIENCE_MS,
  };
  const view = await observe(plan.services, within).catch(asError);
  const settings = await readSettings(plan.services, within).catch(asError);
  signal.throwIfAborted();
  const rehearsed = await rehearse(plan, { view, settings }, within);
  const items = [
    ...describeCluster(plan, view),
    ...(await readProbes(plan, cx)),
    ...(await checkRights(request, cx)),
    ...rehearsed.items,
    ...describeWorkloads(plan),
    ...(await lookAtSteps(request, rehearsed.seen)),
  ];
  signal.throwIfAborted();
  return items;
}

/** What the cluster said, or why it did not. */
export interface Seen {
  readonly view: ClusterView | Error;
  readonly settings: JsonObject | Error;
}

function describeCluster({ services, spec }: Plan, view: ClusterView | Error): readonly DryRunItem[] {
  return [...services.keys()].map((service): DryRunItem => {
    const nodes = spec.nodes.filter((node) => node.service === service);
    const told = (name: string): readonly string[] =>
      view instanceof Error ? [] : (view.nodes.find((node) => node.name === name)?.roles ?? []);
    const item = {
      about: 'cluster',
      service,
      nodes: nodes.map(({ name, zone }) => ({ name, zone, roles: told(name) })),
    } as const;
    return view instanceof Error
      ? { ...item, standing: 'cannotProve', because: view.message }
      : { ...item, standing: 'proved' };
  });
}

function describeWorkloads({ drill, registry }: Plan): readonly DryRunItem[] {
  return drill.workloads.map(({ name, kind, params, client = '' }): DryRunItem => {
    const leaves = registry.workloads.get(kind)?.leaves?.(params, { name, client, runId: '<run-id>' });
    const item = { about: 'workload', workload: name, standing: 'wouldDo' } as const;
    return leaves === undefined || leaves === null ? item : { ...item, leaves };
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
