// The steady-state hypothesis at a moment: every probe's latest reading within its tolerance.
import type { Drill } from '../core/drill.ts';
import { evaluate } from '../core/tolerance.ts';
import type { Reading, Samplers } from './samplers.ts';

/** Why a probe's latest reading is not one that holds; `deviatedMs` is when one that deviates was started. */
interface Objection {
  readonly because: string;
  readonly deviatedMs?: number;
}

/** Judged on readings that were started after `notBeforeMs`: an old one says nothing of now. */
function objections(drill: Drill, samplers: Samplers, notBeforeMs: number): readonly Objection[] {
  return drill.steadyStateHypothesis.probes.flatMap(({ name, tolerance }): readonly Objection[] => {
    const reading = samplers.latest(name);
    if (reading === undefined || reading.startedMs < notBeforeMs) return [{ because: `${name} has not been read yet` }];
    const deviation = deviationOf(reading, tolerance);
    return deviation === undefined ? [] : [{ because: `${name}: ${deviation}`, deviatedMs: reading.startedMs }];
  });
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
 * the wait), `byMs` when every probe had been read after that and held: the moment lies between the two. The judge counts
 * the same way from the journal, so what is held for long enough here is so there.
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
  let notBeforeMs = cx.nowMs();
  let byMs: number | undefined;
  let because = 'no probe was read';
  const { promise, resolve } = Promise.withResolvers<SteadyResult>();
  const look = (): void => {
    const nowMs = cx.nowMs();
    const against = objections(cx.drill, cx.samplers, notBeforeMs);
    const [first] = against;
    if (first !== undefined) {
      because = first.because;
      notBeforeMs = Math.max(notBeforeMs, ...against.map(({ deviatedMs = 0 }) => deviatedMs));
      byMs = undefined;
    } else byMs ??= nowMs;
    if (byMs !== undefined && nowMs - byMs >= heldForMs) resolve({ steady: true, notBeforeMs, byMs });
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
