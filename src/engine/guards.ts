// Stop conditions, watched all the time: one that deviates for its time, or that has no data for it, ends the run.
import type { StopConditionSpec } from '../core/drill.ts';
import { evaluate } from '../core/tolerance.ts';
import { formatMs } from '../core/units.ts';
import type { Samplers } from './samplers.ts';

export interface Guards extends Disposable {
  /** Begins to watch: the gate has been passed. */
  arm(): void;
}

/** Calls `trip` once, with the condition's name and why. */
export function createGuards(
  conditions: readonly StopConditionSpec[],
  cx: {
    readonly samplers: Samplers;
    readonly nowMs: () => number;
    readonly trip: (condition: string, because: string) => void;
  },
): Guards {
  let armedMs: number | undefined;
  let tripped = false;
  const fineMs = new Map<string, number>();

  const look = (condition: StopConditionSpec): void => {
    if (armedMs === undefined || tripped) return;
    const { probe, tolerance, forMs, name } = condition;
    const reading = cx.samplers.latest(probe.name);
    const freshMs = 2 * probe.everyMs + probe.timeoutMs;
    const fresh = reading?.ok === true && cx.nowMs() - reading.atMs <= freshMs;
    const verdict = fresh ? evaluate(tolerance, reading.value) : undefined;
    if (verdict?.holds === true) {
      fineMs.set(name, cx.nowMs());
      return;
    }
    const lastFineMs = fineMs.get(name) ?? armedMs;
    // Without data for its time it trips too: a guard that cannot see is no guard.
    if (cx.nowMs() - lastFineMs < Math.max(forMs, verdict === undefined ? freshMs : 0)) return;
    tripped = true;
    const what = verdict === undefined ? 'no data' : `expected ${verdict.expected}, was ${verdict.actual}`;
    cx.trip(name, `${what}, for ${formatMs(cx.nowMs() - lastFineMs)}`);
  };
  const stopListening = cx.samplers.onReading((probe) => {
    for (const condition of conditions) if (condition.probe.name === probe) look(condition);
  });
  const timer = setInterval(() => conditions.forEach(look), 250);
  return {
    arm: () => {
      armedMs = cx.nowMs();
    },
    [Symbol.dispose]: () => {
      stopListening();
      clearInterval(timer);
    },
  };
}
