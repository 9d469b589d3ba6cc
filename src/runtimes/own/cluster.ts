// What the clusters that we start ourselves have in common, whatever their nodes run in.
import { z } from 'zod';
import type { Capabilities, Cluster, ClusterHandle } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';

export interface OwnCluster {
  readonly addresses: Cluster['addresses'];
  readonly capabilities: Partial<Capabilities>;
  /** Called once. Has to leave nothing, also of a cluster that half runs or was half taken down. */
  takeDown(): Promise<void>;
}

/** Every node can do what one can. */
export function ownCluster(handle: ClusterHandle, { addresses, capabilities, takeDown }: OwnCluster): Cluster {
  const { spec } = handle;
  const names = new Set(spec.nodes.map((node) => node.name));
  let gone: Promise<void> | undefined;
  return {
    owned: true,
    handle,
    spec,
    addresses,
    can: (capability, node) => (node === undefined || names.has(node) ? capabilities[capability] : undefined),
    [Symbol.asyncDispose]: () => {
      gone ??= takeDown();
      return gone;
    },
  };
}

/** What a runtime keeps in its handles. Throws JOURNAL_FAILED for one of another runtime, or one that was damaged. */
export function stateOf<T>(handle: ClusterHandle, kind: string, schema: z.ZodType<T>): T {
  const state = schema.safeParse(handle.state);
  if (handle.runtime === kind && state.success) return state.data;
  const why = state.success ? `it is of runtime "${handle.runtime}"` : z.prettifyError(state.error);
  throw new DrillError('JOURNAL_FAILED', `the handle of run ${handle.runId} is not one of runtime "${kind}": ${why}`);
}

/** Throws INTERRUPTED: between the steps of a start. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new DrillError('INTERRUPTED', 'interrupted while the cluster was started');
}
