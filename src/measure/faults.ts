import type { JournalEvent, StepEvent } from '../core/journal.ts';

/** When one fault step was called, in effect, and reverted, on the run's clock. */
export interface FaultTimes {
  readonly step: string;
  readonly kind: string;
  readonly targets: readonly string[];
  readonly calledMs: number;
  /** It took effect between these two: what the evidence says, else the call and `confirmedMs`. */
  readonly notBeforeMs: number;
  readonly byMs: number | undefined;
  /** When its inject returned with evidence. */
  readonly confirmedMs: number | undefined;
  readonly evidence: string;
  /** It threw, showed no evidence, or was found not to be in any more. */
  readonly failure: string | undefined;
  readonly revertCalledMs: number | undefined;
  readonly revertedMs: number | undefined;
}

/** Fault steps in the order in which they were called. Pure. */
export function faultTimes(events: readonly JournalEvent[]): readonly FaultTimes[] {
  const faults = new Map<string, FaultTimes>();
  for (const event of events) {
    if (event.type !== 'step' || event.verb !== 'fault') continue;
    const known = faults.get(event.step);
    if (event.state === 'called') faults.set(event.step, called(event, event.atMs));
    else if (known !== undefined) faults.set(event.step, { ...known, ...later(event, event.atMs) });
  }
  return [...faults.values()];
}

function called(event: StepEvent, atMs: number): FaultTimes {
  return {
    step: event.step,
    kind: event.kind,
    targets: event.targets,
    calledMs: atMs,
    notBeforeMs: atMs,
    confirmedMs: undefined,
    byMs: undefined,
    evidence: '',
    failure: undefined,
    revertCalledMs: undefined,
    revertedMs: undefined,
  };
}

function later(event: StepEvent, atMs: number): Partial<FaultTimes> {
  switch (event.state) {
    case 'confirmed':
      return {
        confirmedMs: atMs,
        byMs: event.evidence?.byMs ?? atMs,
        evidence: event.evidence?.summary ?? '',
        ...(event.evidence?.notBeforeMs === undefined ? {} : { notBeforeMs: event.evidence.notBeforeMs }),
      };
    case 'failed':
      return { failure: event.error?.message ?? 'it failed' };
    case 'revertCalled':
      return { revertCalledMs: atMs };
    case 'reverted':
      return { revertedMs: atMs };
    default:
      return {};
  }
}
