import { z } from 'zod';
import type { ClusterHandle } from '../../core/cluster.ts';
import { stateOf } from '../own/cluster.ts';

export const KIND = 'docker';

/** What a handle of ours holds besides the spec. */
const dockerState = z.object({
  /** Where the compose file is, and Kafka's tools if anybody asks for them. */
  directory: z.string(),
  /** N: the run has 10.N.0.0/20 to itself, as a local one has 127.N. */
  subnet: z.number().int(),
  toxiproxy: z.object({ host: z.string(), port: z.number().int(), mark: z.string() }),
  /** Variable of the compose file → image. */
  images: z.record(z.string(), z.string()),
  keep: z.boolean(),
  logsTo: z.string().nullable(),
});

export type DockerState = z.infer<typeof dockerState>;

/** Throws JOURNAL_FAILED for a handle that is not ours or was damaged. */
export function readState(handle: ClusterHandle): DockerState {
  return stateOf(handle, KIND, dockerState);
}

/** Pure. The first half of all addresses of a run. */
export function blockOf({ subnet }: Pick<DockerState, 'subnet'>): string {
  return `10.${subnet}`;
}

/** Pure. What Compose calls a run's cluster: only small letters, digits, `_` and `-`. */
export function projectOf(runId: string): string {
  return `firedrill-${runId.toLowerCase().replace(/[^a-z0-9_-]/g, '-')}`;
}

/** Pure. As Compose names the only container of a service. */
export function containerName(runId: string, node: string): string {
  return `${projectOf(runId)}-${node}-1`;
}
