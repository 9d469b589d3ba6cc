// How busy the machine is, into the journal while a run lasts: the cluster, its clients and the runner share it.
import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { JournalSink } from '../core/journal.ts';

const RESOLUTION_MS = 10;

/** Until disposed. */
export function sampleMachine(journal: JournalSink, everyMs = 1000): Disposable {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const sample = (): void => {
    // The histogram counts from timer to timer, so that an idle loop is late by its resolution.
    const stoodStillMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
    journal.write({ type: 'machine', loadAverage: loadavg()[0] ?? 0, stoodStillMs });
    delay.reset();
  };
  const timer = setInterval(sample, everyMs);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      delay.disable();
    },
  };
}
