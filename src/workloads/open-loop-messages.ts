// What a workload's worker and the runner say to each other. Everything in it can be cloned from thread to thread.
import type { ErrorCode } from '../core/error.ts';
import type { LiveCounters } from '../core/journal.ts';
import type { WorkloadContext } from '../core/kinds.ts';

/** The part of a workload's context that goes to its worker. */
export type WorkerContext = Pick<
  WorkloadContext,
  'name' | 'client' | 'runId' | 'seed' | 'addresses' | 'originNs' | 'opsFile'
>;

export interface WorkerSetup<D> {
  readonly data: D;
  readonly context: WorkerContext;
}

export type ToWorker =
  | { readonly type: 'stop' }
  | { readonly type: 'setRate'; readonly perSecond: number }
  | { readonly type: 'setPaused'; readonly paused: boolean };

export type FromWorker =
  | { readonly type: 'started' }
  | { readonly type: 'counters'; readonly counters: LiveCounters }
  | { readonly type: 'stopped'; readonly counters: LiveCounters }
  | { readonly type: 'failed'; readonly error: WorkerError };

export interface WorkerError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly at: string | undefined;
  readonly hint: string | undefined;
}
