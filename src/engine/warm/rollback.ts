// What is left of warm clusters when a process died: of a run that used one, and of one that was only half made.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster, ClusterHandle } from '../../core/cluster.ts';
import { DrillError, describeError } from '../../core/error.ts';
import type { Registry, Runtime } from '../../core/kinds.ts';
import { identityOf } from '../../core/process-identity.ts';
import { waitFor } from '../../core/wait.ts';
import { namesIn } from '../durable.ts';
import { lentCluster } from './lent-cluster.ts';
import { takeDown } from './make.ts';
import { clustersDir, listClusters, openWarmStore } from './store.ts';

export interface AdoptOptions {
  readonly runtime: Runtime;
  readonly runId: string;
  readonly signal: AbortSignal;
  onProgress(line: string): void;
}

const LOCKED_WITHIN_MS = 5000;

/**
 * The cluster that a dead run had been lent, as the run knew it; undefined when it has been taken down since. Whoever
 * disposes it gives it back.
 */
export async function adoptLent(handle: ClusterHandle, options: AdoptOptions): Promise<Cluster | undefined> {
  const { lent } = handle;
  if (lent === undefined) throw new DrillError('INTERNAL', 'not a lent cluster');
  const store = openWarmStore(lent.cluster);
  const lock = async (): Promise<true | undefined> =>
    (await store.lock(`the rollback of run ${options.runId}`)) ? true : undefined;
  await waitFor(lock, { withinMs: LOCKED_WITHIN_MS, everyMs: 100, what: `the warm cluster ${store.name}` }).catch(
    async (cause: unknown) => {
      const by = (await store.holder())?.by ?? 'another process';
      throw new DrillError('UNDO_FAILED', `the warm cluster ${store.name} is in use by ${by}`, { cause });
    },
  );
  if ((await store.handle())?.runId !== handle.runId) {
    await store.unlock();
    return undefined;
  }
  // What still writes would be in the way of who undoes.
  await options.runtime.endProcesses?.(options.runId);
  const cluster = await options.runtime.adopt(handle, options);
  return lentCluster(cluster, { lent, isKept: () => true, giveBack: () => store.unlock() });
}

export interface SweptCluster {
  readonly name: string;
  /** Undefined = nothing is left of it. */
  readonly failure: string | undefined;
}

/** Takes down what was half made by processes that died, and removes their locks. Leaves living ones alone. */
export async function sweepClusters(
  registry: Pick<Registry, 'runtimes'>,
  onProgress: (line: string) => void,
): Promise<readonly SweptCluster[]> {
  const swept: SweptCluster[] = [];
  for (const store of await listClusters()) {
    if ((await store.ready()) !== undefined || !(await store.lock('a rollback'))) continue;
    // It may have been finished meanwhile.
    const isDone = (await store.ready()) !== undefined;
    const failure = isDone ? undefined : await takeDown(store, registry, onProgress).then(nothing, describeError);
    await store.unlock();
    if (!isDone) swept.push({ name: store.name, failure });
  }
  await sweepLocks();
  return swept;
}

/** Drafts of locks by processes that died while they took one, and locks of clusters that are gone. */
async function sweepLocks(): Promise<void> {
  const names = await namesIn(clustersDir());
  for (const file of names.filter((name) => name.includes('.lock'))) {
    const pid = /\.lock\.(\d+)\./.exec(file)?.[1];
    const store = openWarmStore(file.slice(0, file.indexOf('.')));
    if (pid !== undefined && identityOf(Number(pid)) === undefined)
      await rm(join(clustersDir(), file), { force: true });
    else if (pid === undefined && !names.includes(store.name) && (await store.lock('a rollback'))) await store.unlock();
  }
}

function nothing(): undefined {
  return undefined;
}
