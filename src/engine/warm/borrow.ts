// A run on a warm cluster: it is found by its topology, looked at, lent, and given back.
import type { Cluster } from '../../core/cluster.ts';
import { describeError } from '../../core/error.ts';
import type { JournalEvent } from '../../core/journal.ts';
import type { Runtime } from '../../core/kinds.ts';
import type { Plan } from '../plan.ts';
import { listRuns, openUndoLog } from '../undo-log.ts';
import { lentCluster } from './lent-cluster.ts';
import { keepLogs } from './logs.ts';
import { takeDown, untilSteady } from './make.ts';
import { ailments, clearAll, prepareAll, quietContext, servicesOfPlan } from './services.ts';
import { listClusters, type WarmReady, type WarmStore } from './store.ts';
import { clusterNameOf, differenceOf, type Places, placesFor } from './topology.ts';

/** A warm cluster that one run has to itself. Disposing it gives it back, if the run has not. */
export interface Loan extends AsyncDisposable {
  readonly name: string;
  readonly since: string;
  /** Opens nothing: its cluster is the warm one. */
  readonly runtime: Runtime;
  /** Is told what happens in the run: by it is known whether the cluster can be kept. */
  hear(event: JournalEvent): void;
}

export interface BorrowRequest {
  readonly plan: Plan;
  readonly runId: string;
  readonly signal: AbortSignal;
  onProgress(line: string): void;
}

/** To be emptied and prepared; and then to be steady: it was so when it was given back. */
const SUITED_WITHIN_MS = 30_000;
const STEADY_WITHIN_MS = 10_000;

/** Undefined = there is no warm cluster of this runtime; `because` says why the one that there is does not do. */
export async function borrow(request: BorrowRequest): Promise<Loan | { readonly because: string } | undefined> {
  const { plan, runId } = request;
  const found = await find(plan);
  if (found === undefined || 'because' in found) return found;
  const { store, ready, places } = found;
  const no = (why: string): { because: string } => ({ because: `the warm cluster ${store.name} ${why}` });
  if (!(await store.lock(`run ${runId}`))) return no(`is in use by ${(await store.holder())?.by ?? 'another process'}`);
  try {
    const left = await unfinishedRun(store);
    const cluster = left === undefined ? await suited(store, ready, request) : `has not been given back by run ${left}`;
    if (typeof cluster !== 'string') return lend(cluster, { store, ready, places, request });
    await store.unlock();
    return no(cluster);
  } catch (error) {
    await store.unlock();
    if (request.signal.aborted) return undefined;
    return no(`does not do: ${describeError(error).split('\n')[0]}`);
  }
}

interface Found {
  readonly store: WarmStore;
  readonly ready: WarmReady;
  readonly places: Places;
}

async function find(plan: Plan): Promise<Found | { readonly because: string } | undefined> {
  const name = clusterNameOf(plan);
  let because: string | undefined;
  for (const store of await listClusters()) {
    const [ready, handle] = await Promise.all([store.ready(), store.handle()]);
    if (ready === undefined || handle?.runtime !== plan.runtime.kind) continue;
    if (store.name !== name) {
      const why = differenceOf(handle.spec, plan.spec);
      // Of several, that which nearly does.
      if (because === undefined || !why.startsWith('has other services')) because = `${store.name} ${why}`;
      continue;
    }
    const places = placesFor(plan.spec, handle.spec.clientHosts);
    if (places !== undefined) return { store, ready, places };
    const [has, needs] = [handle.spec.clientHosts.length, plan.spec.clientHosts.length];
    return { because: `the warm cluster ${name} has room for ${has} workloads, and the drill has ${needs}` };
  }
  return because === undefined ? undefined : { because: `the warm cluster ${because}` };
}

/** A run whose process died in the middle: what it did to the cluster has not been undone. */
async function unfinishedRun(store: WarmStore): Promise<string | undefined> {
  const mine = await store.handle();
  for (const runId of await listRuns()) {
    const log = openUndoLog(runId);
    const handle = await log.handle();
    const used = handle?.lent?.cluster === store.name && handle.runId === mine?.runId;
    if (used && (await log.livingOwner()) === undefined) return runId;
  }
  return undefined;
}

/** The cluster as new and prepared for the drill, or why it does not do. */
async function suited(store: WarmStore, ready: WarmReady, request: BorrowRequest): Promise<Cluster | string> {
  const { plan, onProgress } = request;
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(SUITED_WITHIN_MS)]);
  const handle = await store.handle();
  if (handle === undefined) return 'has just been taken down';
  const cluster = await plan.runtime.adopt(handle, { onProgress, signal });
  const cx = quietContext(cluster, signal);
  const services = servicesOfPlan(plan);
  await clearAll(services, cx);
  const ills = await ailments(services, ready.settings, cx);
  if (ills.length > 0) return `is not healthy: ${ills[0]}${ills.length > 1 ? `, and ${ills.length - 1} more` : ''}`;
  await prepareAll(services, cx);
  await untilSteady(cluster, plan, { withinMs: STEADY_WITHIN_MS, signal });
  return cluster;
}

function lend(cluster: Cluster, { store, ready, places, request }: Found & { readonly request: BorrowRequest }): Loan {
  const { plan, onProgress } = request;
  const trust = createTrust();
  let unlocked: Promise<void> | undefined;
  const unlock = (): Promise<void> => (unlocked ??= store.unlock());
  const lent = { cluster: store.name, runId: request.runId, places };
  const open = (keepTheirs: () => Promise<void>): Cluster =>
    lentCluster(cluster, {
      lent,
      isKept: trust.isKept,
      giveBack: async () => {
        await keepTheirs();
        if (!trust.isKept()) await takeDown(store, plan.registry, onProgress);
        else await emptied(cluster, plan, onProgress);
        await unlock();
      },
    });
  return {
    name: store.name,
    since: ready.since,
    hear: trust.hear,
    runtime: {
      ...plan.runtime,
      open: async (_spec, { save, logsTo }) => {
        const logs = await keepLogs(cluster);
        const mine = open(() => logs.copyTo(logsTo));
        await save(mine.handle);
        return mine;
      },
      adopt: async () => open(async () => undefined),
    },
    [Symbol.asyncDispose]: unlock,
  };
}

const CLEAR_WITHIN_MS = 30_000;

/** Nobody has to wait for it, and whoever borrows it next does it again. */
async function emptied(cluster: Cluster, plan: Plan, onProgress: (line: string) => void): Promise<void> {
  const cx = quietContext(cluster, AbortSignal.timeout(CLEAR_WITHIN_MS));
  await clearAll(servicesOfPlan(plan), cx).catch((error: unknown) =>
    onProgress(`The warm cluster could not be emptied: ${describeError(error)}`),
  );
}

/** A cluster that something was done to is kept only if it was seen to be as before. Exported for its test. */
export function createTrust(): { isKept(): boolean; hear(event: JournalEvent): void } {
  let touched = false;
  let clean = false;
  let broken = false;
  return {
    isKept: () => !broken && (clean || !touched),
    hear: (event) => {
      if (event.type === 'step') {
        touched ||= event.verb === 'fault' || event.verb === 'action';
        broken ||= event.state === 'revertFailed';
      } else if (event.type === 'restored') clean = event.clean;
      else if (event.type === 'problem') broken ||= event.code === 'UNDO_FAILED';
    },
  };
}
