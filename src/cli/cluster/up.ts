import type { Registry, Runtime } from '../../core/kinds.ts';
import { waitFor } from '../../core/wait.ts';
import { makePlan, type Plan } from '../../engine/plan.ts';
import { makeWarm, takeDown } from '../../engine/warm/make.ts';
import type { SweptCluster } from '../../engine/warm/rollback.ts';
import { ailments, quietContext, servicesOfPlan } from '../../engine/warm/services.ts';
import { openWarmStore, type WarmReady, type WarmStore } from '../../engine/warm/store.ts';
import { clusterNameOf } from '../../engine/warm/topology.ts';
import { chooseRuntime } from '../choose-runtime.ts';
import { loadChosen } from '../chosen.ts';
import { type CommandContext, openProject, print, progress } from '../context.ts';
import { finishDeadRuns, leavesAttached } from '../dead-runs.ts';
import { watchInterrupts } from '../signals.ts';
import { holderWords, sweptWords } from './words.ts';

export interface UpOptions {
  readonly config?: string;
  readonly tag: readonly string[];
  readonly runtime?: string;
  readonly param: readonly string[];
  readonly set: readonly string[];
}

/** Client hosts that a cluster has at least: drills that nobody thought of at the time may have some workloads more. */
const LEAST_SLOTS = 3;
/** As long as another process may take to make the same one. */
const MADE_WITHIN_MS = 600_000;

/** One for each topology among the drills, one after the other; those that are up stay as they are. */
export async function up(names: readonly string[], options: UpOptions, cx: CommandContext): Promise<number> {
  const project = await openProject(options.config, cx);
  const loaded = await loadChosen(names, options, project, cx);
  const runtime = await chooseRuntime(project, options.runtime, loaded, cx);
  const plans = loaded.map(({ drill }) => makePlan(drill, project.registry, runtime));
  const tell = (line: string): void => progress(cx, line);
  using interruption = watchInterrupts(tell, () => `${cx.called} cluster down`);
  const by = 'firedrill cluster up';
  const onSwept = (cluster: SweptCluster): void => tell(sweptWords(cluster));
  const leaves = leavesAttached({ target: undefined, reportsDir: project.reportsDir }, tell);
  await finishDeadRuns({ by, onProgress: tell, onSwept, leaves }, project, cx);
  for (const [name, own] of Map.groupBy(plans, clusterNameOf)) {
    const { signal } = interruption;
    print(cx, await upOne(own, { store: openWarmStore(name), signal, tell, runtime, registry: project.registry }));
  }
  return 0;
}

interface Making {
  readonly store: WarmStore;
  readonly runtime: Runtime;
  readonly registry: Registry;
  readonly signal: AbortSignal;
  tell(line: string): void;
}

/** In the end, in words. */
async function upOne(plans: readonly Plan[], making: Making): Promise<string> {
  const { store, registry, tell } = making;
  if (!(await lockOrUsed(making))) return `${store.name} is up, and in use by ${holderWords(await store.holder())}.`;
  try {
    const slots = Math.max(LEAST_SLOTS, ...plans.map(({ spec }) => spec.clientHosts.length));
    const [plan] = plans;
    if (plan === undefined) return '';
    const ready = await store.ready();
    const fault = ready === undefined ? undefined : await faultOf(plan, ready, { ...making, slots });
    if (ready !== undefined && fault === undefined) return `${store.name} is up since ${ready.since}.`;
    if (fault !== undefined) tell(`${store.name} ${fault}: it is made again.`);
    // Also of what was only half made.
    await takeDown(store, registry, tell);
    tell(`Making ${store.name} on ${making.runtime.kind} …`);
    await makeWarm(store, plan, { slots, signal: making.signal, onProgress: tell });
    return `${store.name} is up, for ${plans.map(({ drill }) => drill.name).join(', ')}.`;
  } finally {
    await store.unlock();
  }
}

/** False: it is up, and somebody uses it. Waits for whoever is making it. */
async function lockOrUsed({ store, signal, tell }: Making): Promise<boolean> {
  let told = false;
  const ask = async (): Promise<boolean | undefined> => {
    if (await store.lock('cluster up')) return true;
    if ((await store.ready()) !== undefined) return false;
    if (!told) tell(`${store.name} is being made by ${holderWords(await store.holder())}: waiting for it.`);
    told = true;
    return undefined;
  };
  return await waitFor(ask, { withinMs: MADE_WITHIN_MS, everyMs: 200, signal, what: store.name });
}

const LOOK_WITHIN_MS = 15_000;

/** Why it will not do; undefined = it will. */
async function faultOf(
  plan: Plan,
  { settings }: WarmReady,
  { store, runtime, slots, tell }: Making & { readonly slots: number },
): Promise<string | undefined> {
  const handle = await store.handle();
  if (handle === undefined) return 'is not whole';
  const has = handle.spec.clientHosts.length;
  if (has < slots) return `has room for ${has} workloads, and ${slots} are wanted`;
  const signal = AbortSignal.timeout(LOOK_WITHIN_MS);
  const cluster = await runtime.adopt(handle, { onProgress: tell, signal });
  const [first] = await ailments(servicesOfPlan(plan), settings, quietContext(cluster, signal));
  return first === undefined ? undefined : `is not healthy (${first})`;
}
