// The steady-state hypothesis at a moment: every probe's latest reading within its tolerance.
import type { Drill } from '../core/drill.ts';
import { evaluate } from '../core/tolerance.ts';
import type { Reading, Samplers } from './samplers.ts';

export type Steadiness =
  | { readonly holds: true; readonly sinceMs: number }
  | { readonly holds: false; readonly because: string; readonly atMs: number | undefined };

/** Judged on readings that were started after `notBeforeMs`: an old one says nothing of now. */
export function steadiness(drill: Drill, samplers: Samplers, notBeforeMs: number): Steadiness {
  let sinceMs = 0;
  for (const probe of drill.steadyStateHypothesis.probes) {
    const reading = samplers.latest(probe.name);
    if (reading === undefined || reading.startedMs < notBeforeMs) {
      return { holds: false, because: `${probe.name} has not been read yet`, atMs: undefined };
    }
    const deviation = deviationOf(reading, probe.tolerance);
    if (deviation !== undefined)
      return { holds: false, because: `${probe.name}: ${deviation}`, atMs: reading.startedMs };
    sinceMs = Math.max(sinceMs, reading.atMs);
  }
  return { holds: true, sinceMs };
}

function deviationOf(reading: Reading, tolerance: Parameters<typeof evaluate>[0]): string | undefined {
  if (!reading.ok) return reading.error;
  const { holds, expected, actual } = evaluate(tolerance, reading.value);
  return holds ? undefined : `expected ${expected}, is ${actual}`;
}

export interface SteadyWait {
  readonly withinMs: number;
  readonly heldForMs: number;
}

export type SteadyResult =
  | { readonly steady: true; readonly notBeforeMs: number; readonly byMs: number }
  | { readonly steady: false; readonly because: string };

/**
 * Waits until the hypothesis has held for a while. `notBeforeMs` is the start of the last reading that deviated (or of
 * the wait), `byMs` the first reading from which on it held: the moment lies between the two.
 */
export function waitForSteady(
  cx: {
    readonly drill: Drill;
    readonly samplers: Samplers;
    readonly nowMs: () => number;
    readonly signal: AbortSignal;
  },
  { withinMs, heldForMs }: SteadyWait,
): Promise<SteadyResult> {
  const startMs = cx.nowMs();
  let notBeforeMs = startMs;
  let byMs: number | undefined;
  let because = 'no probe was read';
  const { promise, resolve } = Promise.withResolvers<SteadyResult>();
  const look = (): void => {
    const now = steadiness(cx.drill, cx.samplers, startMs);
    if (!now.holds) {
      because = now.because;
      notBeforeMs = now.atMs ?? notBeforeMs;
      byMs = undefined;
    } else byMs ??= now.sinceMs;
    if (byMs !== undefined && cx.nowMs() - byMs >= heldForMs) resolve({ steady: true, notBeforeMs, byMs });
  };
  const stopListening = cx.samplers.onReading(look);
  const timer = setTimeout(() => resolve({ steady: false, because }), withinMs);
  const onAbort = (): void => resolve({ steady: false, because: 'the run was ended' });
  cx.signal.addEventListener('abort', onAbort, { once: true });
  return promise.finally(() => {
    stopListening();
    clearTimeout(timer);
    cx.signal.removeEventListener('abort', onAbort);
  });
}
