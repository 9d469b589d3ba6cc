// Stop conditions, watched all the time: one that deviates for its time, or that has no data for it, ends the run.
import type { StopConditionSpec } from '../core/drill.ts';
import { type Evaluation, evaluate } from '../core/tolerance.ts';
import { formatMs } from '../core/units.ts';
import type { Samplers } from './samplers.ts';

export interface Guards extends Disposable {
  /** Begins to watch: the gate has been passed. */
  arm(): void;
}

export interface GuardContext {
  readonly samplers: Samplers;
  nowMs(): number;
  /** Called once, with the condition's name and why. */
  trip(condition: string, because: string): void;
}

export function createGuards(conditions: readonly StopConditionSpec[], cx: GuardContext): Guards {
  const fineMs = new Map<string, number>();
  let armedMs: number | undefined;
  let tripped = false;
  const look = (condition: StopConditionSpec): void => {
    if (armedMs === undefined || tripped) return;
    const seen = readingOf(condition, cx);
    if (seen?.holds === true) fineMs.set(condition.name, cx.nowMs());
    const because = whyTripped(condition, seen, cx.nowMs() - (fineMs.get(condition.name) ?? armedMs));
    if (because === undefined) return;
    tripped = true;
    cx.trip(condition.name, because);
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

/** The last reading that says something of now; undefined when there is none. */
function readingOf({ probe, tolerance }: StopConditionSpec, cx: GuardContext): Evaluation | undefined {
  const reading = cx.samplers.latest(probe.name);
  if (reading?.ok !== true || cx.nowMs() - reading.atMs > freshMs(probe)) return undefined;
  const evaluation = evaluate(tolerance, reading.value);
  return evaluation.known ? evaluation : undefined;
}

function freshMs({ everyMs, timeoutMs }: StopConditionSpec['probe']): number {
  return 2 * everyMs + timeoutMs;
}

/** Without data for its time it trips too: a guard that cannot see is no guard. */
function whyTripped(
  { forMs, probe }: StopConditionSpec,
  seen: Evaluation | undefined,
  badMs: number,
): string | undefined {
  if (seen?.holds === true || badMs < Math.max(forMs, seen === undefined ? freshMs(probe) : 0)) return undefined;
  const what = seen === undefined ? 'no data' : `expected ${seen.expected}, was ${seen.actual}`;
  return `${what}, for ${formatMs(badMs)}`;
}
