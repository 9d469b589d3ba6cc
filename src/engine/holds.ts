// How long a fault stays in.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hold } from '../core/drill.ts';
import type { LiveCounters } from '../core/journal.ts';
import { evaluate } from '../core/tolerance.ts';
import type { Session } from './session.ts';

const LOOK_EVERY_MS = 20;

/** Resolves when the hold is over, or when `signal` ends it early. `untilEnd` is over at once: its revert comes last. */
export async function hold(spec: Hold, sinceMs: number, session: Session, signal: AbortSignal): Promise<void> {
  if (spec.type === 'untilEnd') return;
  if (spec.type === 'duration') return rest(sinceMs + spec.ms - session.clock.nowMs(), signal);
  const endMs = sinceMs + spec.atMostMs;
  const done =
    spec.type === 'untilRecovered'
      ? () =>
          recovered(
            [...session.workloads.values()].map((workload) => workload.counters()),
            sinceMs,
            session,
          )
      : () => {
          const reading = session.samplers.latest(spec.probe.name);
          return reading?.ok === true && reading.startedMs >= sinceMs && evaluate(spec.tolerance, reading.value).holds;
        };
  while (!signal.aborted && session.clock.nowMs() < endMs && !done()) await rest(LOOK_EVERY_MS, signal);
}

/** An outage was seen, and every workload has been ok for `heldFor` since. By live counters: good enough to wait on. */
function recovered(counters: readonly LiveCounters[], sinceMs: number, session: Session): boolean {
  const { heldForMs } = session.plan.drill.timing;
  const nowMs = session.clock.nowMs();
  const outageSeen = counters.some((live) => live.lastBadMs !== undefined && live.lastBadMs >= sinceMs);
  return outageSeen && counters.every((live) => live.okSinceMs !== undefined && nowMs - live.okSinceMs >= heldForMs);
}

/** Sleeps, or until the signal aborts; never rejects. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0 && !signal.aborted) await sleep(ms, undefined, { signal }).catch(() => undefined);
}
