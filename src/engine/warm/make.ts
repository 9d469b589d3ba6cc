// Warm clusters are made, and taken down whole.
import type { Cluster } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LiveContext, Registry } from '../../core/kinds.ts';
import { waitFor } from '../../core/wait.ts';
import { createRunId } from '../header.ts';
import { waitForSteady } from '../hypothesis.ts';
import type { Plan } from '../plan.ts';
import { startSamplers } from '../samplers.ts';
import {
  ailments,
  clearAll,
  prepareAll,
  quietContext,
  servicesOfPlan,
  settingsOf,
  type WarmServices,
} from './services.ts';
import type { WarmReady, WarmStore } from './store.ts';
import { withSlots } from './topology.ts';

export interface MakeOptions {
  /** How many workloads a drill on it may have. */
  readonly slots: number;
  readonly signal: AbortSignal;
  onProgress(line: string): void;
}

/**
 * Makes the cluster of a drill, and waits until it is prepared, steady by the drill's hypothesis, and empty again. The
 * caller has its lock. When it throws, nothing is left of it.
 */
export async function makeWarm(store: WarmStore, plan: Plan, options: MakeOptions): Promise<WarmReady> {
  const { runtime, registry } = plan;
  await store.begin({ v: 1, runtime: runtime.kind, services: recordOf(plan) });
  try {
    const cluster = await runtime.open(
      { runId: createRunId(`cluster-${store.name}`), ...withSlots(plan.spec, options.slots) },
      {
        save: (handle) => store.saveHandle(handle),
        onProgress: options.onProgress,
        keep: false,
        logsTo: undefined,
        signal: options.signal,
      },
    );
    const settings = await settle(cluster, plan, options.signal);
    const ready = { since: new Date().toISOString(), settings };
    await store.markReady(ready);
    return ready;
  } catch (error) {
    await takeDown(store, registry, options.onProgress);
    throw options.signal.aborted ? new DrillError('INTERRUPTED', 'interrupted while the cluster was made') : error;
  }
}

function recordOf(plan: Plan) {
  const services = [...servicesOfPlan(plan)].map(([name, { service, spec }]) => [name, { kind: service.kind, spec }]);
  return Object.fromEntries(services);
}

async function settle(cluster: Cluster, plan: Plan, signal: AbortSignal): Promise<JsonObject> {
  const { startWithinMs: withinMs } = plan.drill.timing;
  const within = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const services = servicesOfPlan(plan);
  await prepareAll(services, quietContext(cluster, within()));
  await untilSteady(cluster, plan, { withinMs, signal });
  const cx = quietContext(cluster, within());
  await clearAll(services, cx);
  return await settledSettings(services, cx);
}

/** Read twice, and the same: a node that did not answer in time is left out, and would be missed for ever. */
function settledSettings(services: WarmServices, cx: LiveContext): Promise<JsonObject> {
  const look = async (): Promise<JsonObject | undefined> => {
    const settings = await settingsOf(services, cx);
    return (await ailments(services, settings, cx)).length === 0 ? settings : undefined;
  };
  return waitFor(look, {
    withinMs: SETTLED_WITHIN_MS,
    everyMs: 100,
    signal: cx.signal,
    what: 'its settings to be read',
  });
}

const SETTLED_WITHIN_MS = 60_000;

/** Throws STEADY_STATE_ABSENT when the drill's hypothesis does not hold in time. */
export async function untilSteady(
  cluster: Cluster,
  { drill, registry }: Plan,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const cx = quietContext(cluster, signal);
  await using samplers = await startSamplers(drill.steadyStateHypothesis.probes, registry, cx);
  const { nowMs } = cx.clock;
  const found = await waitForSteady({ drill, samplers, nowMs, signal }, { withinMs, heldForMs: 0 });
  signal.throwIfAborted();
  if (!found.steady) throw new DrillError('STEADY_STATE_ABSENT', `the steady state is not there: ${found.because}`);
}

const DOWN_WITHIN_MS = 60_000;

/** Takes it down whole, whatever state it is in, and forgets it. The caller has its lock. */
export async function takeDown(
  store: WarmStore,
  registry: Pick<Registry, 'runtimes'>,
  onProgress: (line: string) => void,
): Promise<void> {
  const handle = await store.handle();
  if (handle !== undefined) {
    const runtime = registry.runtimes.get(handle.runtime);
    if (runtime === undefined) {
      throw new DrillError('UNDO_FAILED', `there is no runtime "${handle.runtime}" to take ${store.name} down with`, {
        hint: 'Is a plugin missing in the config?',
      });
    }
    const cluster = await runtime.adopt(handle, { onProgress, signal: AbortSignal.timeout(DOWN_WITHIN_MS) });
    await cluster[Symbol.asyncDispose]();
  }
  await store.remove();
}
