// How long a drill takes: at least, and at most.
import type { Drill, FaultStep, StepSpec } from '../../core/drill.ts';
import type { Band } from '../../core/verdict.ts';

export interface Span {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface DrillTiming {
  readonly warmUp: Span;
  readonly method: Span;
  readonly recovery: Span;
  readonly drain: Span;
  /** Of all of them: without the start of the cluster and its end. */
  readonly total: Span;
}

/** `predicted`: step → the bands of its fault; a hold until recovery is not over before the least of them. */
export function timeDrill(drill: Drill, predicted: ReadonlyMap<string, readonly Band[]>): DrillTiming {
  const { warmUpMs, heldForMs, recoveryWithinMs, drainWithinMs } = drill.timing;
  const parts = {
    warmUp: { minMs: warmUpMs, maxMs: warmUpMs },
    method: timeMethod(drill, predicted),
    recovery: { minMs: heldForMs, maxMs: recoveryWithinMs },
    drain: { minMs: 0, maxMs: drainWithinMs },
  };
  return { ...parts, total: Object.values(parts).reduce(add) };
}

/** Steps follow each other; an overlapping hold goes on beside them, until it ends or a `revert` cuts it short. */
function timeMethod(drill: Drill, predicted: ReadonlyMap<string, readonly Band[]>): Span {
  const holds = new Map<string, Span>();
  let now: Span = { minMs: 0, maxMs: 0 };
  for (const step of drill.method) {
    if (step.verb === 'fault') {
      const end = add(now, timeHold(step, { drill, bands: predicted.get(step.name) ?? [] }));
      if (step.overlap) holds.set(step.name, end);
      else now = end;
    } else if (step.verb === 'revert') holds.delete(step.step);
    else now = add(now, timeOther(step));
  }
  return [...holds.values()].reduce(
    (all, end) => ({ minMs: Math.max(all.minMs, end.minMs), maxMs: Math.max(all.maxMs, end.maxMs) }),
    now,
  );
}

function timeHold({ hold }: FaultStep, { drill, bands }: { drill: Drill; bands: readonly Band[] }): Span {
  switch (hold.type) {
    case 'untilEnd':
      return { minMs: 0, maxMs: 0 };
    case 'duration':
      return { minMs: hold.ms, maxMs: hold.ms };
    case 'untilProbe':
      return { minMs: 0, maxMs: hold.atMostMs };
    case 'untilRecovered': {
      const outageMs = Math.min(...bands.map((band) => band.lowMs));
      const leastMs = drill.timing.heldForMs + (Number.isFinite(outageMs) ? outageMs : 0);
      return { minMs: Math.min(leastMs, hold.atMostMs), maxMs: hold.atMostMs };
    }
  }
}

function timeOther(step: Exclude<StepSpec, FaultStep>): Span {
  if (step.verb === 'pause') return { minMs: step.ms, maxMs: step.ms };
  return { minMs: 0, maxMs: step.verb === 'waitFor' ? step.atMostMs : 0 };
}

function add(a: Span, b: Span): Span {
  return { minMs: a.minMs + b.minMs, maxMs: a.maxMs + b.maxMs };
}
