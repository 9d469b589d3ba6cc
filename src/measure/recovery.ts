// From outages to a recovery time: the end of the outage against the moment at which the fault took effect.
import type { Journal, StepEvent } from '../core/journal.ts';
import type { Bounds } from '../core/verdict.ts';
import { type FaultTimes, faultTimes } from './faults.ts';
import type { Gap } from './outages.ts';

export interface Recovery extends Bounds {
  /** The only acknowledgement after it came once our own revert had been called. */
  readonly rescuedByRevert: boolean;
}

/**
 * Of one unit, against one fault. The outages that began while the fault was in count, and those that follow before
 * service has held for `heldForMs`: flapping is one recovery. None: between 0 and the detection floor.
 */
export function recoveryOf(
  gaps: readonly Gap[],
  fault: FaultTimes,
  { heldForMs, floorMs }: { readonly heldForMs: number; readonly floorMs: number },
): Recovery {
  const inEffectMs = fault.byMs ?? fault.calledMs;
  const untilMs = fault.revertCalledMs ?? Number.POSITIVE_INFINITY;
  let last: Gap | undefined;
  for (const gap of gaps) {
    const ended = gap.toMs ?? Number.POSITIVE_INFINITY;
    if (ended < fault.calledMs) continue;
    if (last === undefined ? gap.fromMs > untilMs : gap.fromMs - (last.toMs ?? Number.POSITIVE_INFINITY) > heldForMs)
      break;
    last = gap;
  }
  if (last === undefined) return { lowMs: 0, highMs: floorMs, rescuedByRevert: false };
  if (last.fromMs <= untilMs && (last.endHighMs ?? Number.POSITIVE_INFINITY) > untilMs) {
    return {
      lowMs: Math.max(0, untilMs - inEffectMs),
      highMs: undefined,
      rescuedByRevert: last.endHighMs !== undefined,
    };
  }
  if (last.endHighMs === undefined)
    return { lowMs: Math.max(0, last.endLowMs - inEffectMs), highMs: undefined, rescuedByRevert: false };
  return {
    lowMs: Math.max(0, last.endLowMs - inEffectMs),
    highMs: last.endHighMs - fault.notBeforeMs,
    rescuedByRevert: false,
  };
}

/** The worst of several units: none that did not recover is hidden by one that did. */
export function worstRecovery(recoveries: readonly Recovery[]): Recovery | undefined {
  return recoveries.reduce<Recovery | undefined>((worst, one) => {
    if (worst === undefined) return one;
    if (worst.highMs === undefined || one.highMs === undefined) {
      if (worst.highMs === undefined && one.highMs === undefined) return one.lowMs > worst.lowMs ? one : worst;
      return one.highMs === undefined ? one : worst;
    }
    return one.highMs > worst.highMs ? one : worst;
  }, undefined);
}

/** The fault that recovery counts from: the step that is named, else the first one. */
export function faultOf(journal: Journal, step: string | undefined): FaultTimes | undefined {
  const faults = faultTimes(journal.events.filter((event): event is typeof event & StepEvent => event.type === 'step'));
  return step === undefined ? faults[0] : faults.find((fault) => fault.step === step);
}
