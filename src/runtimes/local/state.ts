import { z } from 'zod';
import type { ClusterHandle } from '../../core/cluster.ts';
import { stateOf } from '../own/cluster.ts';

export const KIND = 'local';

const program = z.object({
  path: z.string(),
  /** Before a node's own. */
  args: z.array(z.string()).readonly(),
  env: z.record(z.string(), z.string()),
  /** Where the files are that a node's data directory holds before its first start. */
  seed: z.string().nullable(),
});

/** What a handle of ours holds besides the spec. */
const localState = z.object({
  directory: z.string(),
  /** N of 127.N.S.T. */
  subnet: z.number().int(),
  toxiproxy: z.object({ host: z.string(), port: z.number().int(), mark: z.string() }),
  /** null: hosts files are not to be had, and nodes know each other by address. */
  isolation: z.object({ argv: z.array(z.string()), keepsPid: z.boolean(), keepsEnv: z.boolean() }).nullable(),
  programs: z.record(z.string(), program),
  keep: z.boolean(),
  logsTo: z.string().nullable(),
});

export type LocalState = z.infer<typeof localState>;

/** Throws JOURNAL_FAILED for a handle that is not ours or was damaged. */
export function readState(handle: ClusterHandle): LocalState {
  return stateOf(handle, KIND, localState);
}
