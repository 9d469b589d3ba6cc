import { type Control, offeredBy } from '../../core/control.ts';
import { DrillError } from '../../core/error.ts';
import type { FoundCluster, Runtime } from '../../core/kinds.ts';
import type { Address, NodeName } from '../../core/node.ts';
import { attachedCluster } from './cluster.ts';
import { KIND } from './state.ts';

export interface Attachment {
  readonly found: FoundCluster;
  readonly places: readonly { readonly node: NodeName; readonly announced: Address; readonly address: Address }[];
  /** By service. */
  readonly control: Readonly<Record<string, Control>>;
}

/** A runtime that makes nothing: its clusters are what was found of a target. Nothing is started, and nothing taken down. */
export function attachTo({ found, places, control }: Attachment): Runtime {
  return {
    ...attachRuntime,
    // Of one of its services, at least.
    capabilities: [...new Set(['reach' as const, ...Object.values(control).flatMap((own) => [...offeredBy(own)])])],
    found,
    open: async (spec, cx) => {
      const state = { target: found.target, nodes: places, control };
      const handle = {
        v: 1,
        runtime: KIND,
        runId: spec.runId,
        spec,
        state: JSON.parse(JSON.stringify(state)),
      } as const;
      await cx.save(handle);
      return attachedCluster(handle);
    },
  };
}

/** Without a target there is nothing to attach to; what was attached to can be adopted by its handle. */
export const attachRuntime: Runtime = {
  kind: KIND,
  summary: "Somebody's own cluster, as a target file names it: nothing is started and nothing is taken down.",
  capabilities: [],
  open: async () => {
    throw new DrillError('USAGE', 'the runtime attach needs a target', {
      hint: 'firedrill run --target <name>, with targets/<name>.target.yaml; firedrill init --target <name> writes one.',
    });
  },
  adopt: (handle) => attachedCluster(handle),
};
