// What the handle of an attached cluster holds: all that another process needs to undo, and no secret.
import { z } from 'zod';
import type { ClusterHandle } from '../../core/cluster.ts';
import type { Control } from '../../core/control.ts';
import { isJsonObject } from '../../core/json.ts';
import { stateOf } from '../own/cluster.ts';

export const KIND = 'attach';

const address = z.object({ host: z.string(), port: z.number() });
const schema = z.object({
  target: z.string(),
  nodes: z.array(z.object({ node: z.string(), announced: address, address })),
  /** Service → how its nodes are controlled, as it was read from the target file. */
  control: z.record(
    z.string(),
    z.custom<Control>((value) => isJsonObject(value) && typeof value['by'] === 'string'),
  ),
});

export type AttachState = z.output<typeof schema>;
export type AttachedNode = AttachState['nodes'][number];

/** The target that the handle's cluster is of; undefined = it is a cluster of ours. */
export function attachedTarget({ runtime, state }: ClusterHandle): string | undefined {
  if (runtime !== KIND) return undefined;
  const { target } = state;
  return typeof target === 'string' ? target : "a cluster of somebody's own";
}

/** Throws JOURNAL_FAILED for a handle of another runtime, or one that was damaged. */
export function readState(handle: ClusterHandle): AttachState {
  return stateOf(handle, KIND, schema);
}
