// Has somebody else come to lead, and is everything quiet again? Heard from the events of a run while it lasts.
import type { JournalEvent } from '../../core/journal.ts';
import { LEADS } from '../../measure/watched/watched.ts';

export interface FailoverListener {
  hear(event: JournalEvent): void;
  /** Aborted once a failover is over, and has been for a while. */
  readonly settled: AbortSignal;
}

/** `quietMs`: for how long no server may have said anything, and every workload must have been served. */
export function listenForFailover(quietMs: number): FailoverListener {
  const over = new AbortController();
  let watching = false;
  let failedOver = false;
  let lastSignMs = 0;
  return {
    settled: over.signal,
    hear(event) {
      if (event.type === 'phase' && event.phase === 'method') watching = event.state === 'begin';
      if (!watching) return;
      if (event.type === 'mark') {
        failedOver ||= LEADS.test(event.mark);
        lastSignMs = event.atMs;
      }
      if (event.type === 'heartbeat' && Object.values(event.workloads).some(({ okSinceMs }) => okSinceMs === undefined))
        lastSignMs = event.atMs;
      if (failedOver && event.atMs - lastSignMs >= quietMs) over.abort();
    },
  };
}
