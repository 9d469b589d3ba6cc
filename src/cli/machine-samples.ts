// How busy the machine is, into the journal while a run lasts: the cluster, its clients and the runner share it.
import { loadavg } from 'node:os';
import type { JournalSink } from '../core/journal.ts';

/** A timer of our own: perf_hooks' histogram of the event loop forgets what it is in the middle of when it is reset. */
const TICK_MS = 20;

/** Until disposed. */
export function sampleMachine(journal: JournalSink, everyMs = 1000): Disposable {
  let [stoodStillMs, tickedMs, saidMs] = [0, performance.now(), performance.now()];
  const tick = (): void => {
    const nowMs = performance.now();
    stoodStillMs = Math.max(stoodStillMs, nowMs - tickedMs - TICK_MS);
    tickedMs = nowMs;
    if (nowMs - saidMs < everyMs) return;
    journal.write({ type: 'machine', loadAverage: loadavg()[0] ?? 0, stoodStillMs });
    [stoodStillMs, saidMs] = [0, nowMs];
  };
  const timer = setInterval(tick, TICK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
