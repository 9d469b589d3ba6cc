// From outages to a recovery time: from the moment at which the fault took effect, or at which service went if that was
// later, to the end of the outage.
import type { Journal } from '../core/journal.ts';
import type { Bounds } from '../core/verdict.ts';
import { type FaultTimes, faultTimes } from './faults.ts';
import { type Gap, isStutter } from './outages.ts';
import { serviceOf, type UnitService } from './service.ts';
import { askedUntil, floorIn } from './unasked.ts';
import { type Moment, momentOf, wholeRun } from './windows.ts';

export interface Recovery extends Bounds {
  /** False = no outage was seen, and it is between 0 and the detection floor. */
  readonly seen: boolean;
  /** Service was back between these two, on the run's clock: two workloads can be compared without the fault's own error. */
  readonly backAfterMs: number;
  readonly backByMs: number | undefined;
  /** Acknowledgements came again only once our own revert had been called. */
  readonly rescuedByRevert: boolean;
  /** Another fault came and went meanwhile: nobody knows what its revert had to do with it. */
  readonly disturbed: boolean;
  /** The longest outage after it, while the fault was still in; undefined = none was seen. */
  readonly again: Bounds | undefined;
  /** One up to this long may have gone unseen meanwhile, because nothing was asked. */
  readonly unseenMs: number;
  /** Nothing was asked for a while before the fault was taken out: whether it had recovered by then is not known. */
  readonly cutShort: boolean;
}

/**
 * Of the worst unit of a workload, since a step or phase (default: the first fault). Undefined when that never took
 * effect, when a unit had not worked before or was out of service already, or when nothing was attempted after it.
 */
export function recoveryTime(name: string, since: string | undefined, journal: Journal): Recovery | undefined {
  const faults = faultTimes(journal.events);
  const moment = momentOf(since ?? faults[0]?.step, journal);
  const units = serviceOf(name, journal);
  if (moment === undefined || units === undefined || units.length === 0) return undefined;
  if (units.some((unit) => !unit.workedBefore || (unit.lastSentMs ?? 0) <= moment.notBeforeMs)) return undefined;
  if (goneBefore(units, moment, faults) !== undefined) return undefined;
  const terms = {
    moment,
    faults,
    heldForMs: journal.run.drill.timing.heldForMs,
    untilMs: moment.revertCalledMs ?? wholeRun(journal).toMs,
    graceMs: (journal.ops[name]?.header.deadlineMs ?? 0) + GRACE_MS,
  };
  return worstOf(units.map((unit) => recoveryOf(unit, terms)));
}

/** A stall of a busy machine may begin right before a fault, and go over into what it does. */
const STALL_MS = 1000;

/** The first unit that was out of service before anything was hurt, and still was then: whatever followed is not the fault's. */
export function goneBefore(
  units: readonly UnitService[],
  { notBeforeMs }: Pick<Moment, 'notBeforeMs'>,
  [first]: readonly FaultTimes[],
): { readonly unit: string; readonly byMs: number } | undefined {
  const hurtMs = Math.min(first?.calledMs ?? notBeforeMs, notBeforeMs);
  for (const { unit, gaps } of units) {
    const gap = gaps.find((each) => each.begunByMs < hurtMs - STALL_MS && each.endedAfterMs > notBeforeMs);
    if (gap !== undefined) return { unit, byMs: hurtMs - gap.begunByMs };
  }
  return undefined;
}

export interface RecoveryTerms {
  readonly moment: Moment;
  /** All faults of the run: an outage may be rescued by the revert of another one. */
  readonly faults: readonly FaultTimes[];
  /** Outages that follow before service has held for this are one recovery, but for stutters: flapping is not recovered. */
  readonly heldForMs: number;
  /** When the fault was taken out, or else the workloads were stopped. */
  readonly untilMs: number;
  /** How long before that the last operation may have been sent. */
  readonly graceMs: number;
}

const GRACE_MS = 1000;

/** Pure; exported for its test. The outages count that had begun before the fault was taken out. */
export function recoveryOf(unit: UnitService, terms: RecoveryTerms): Recovery {
  const { moment, heldForMs, untilMs } = terms;
  const during = unit.gaps.filter((gap) => endOf(gap) > moment.notBeforeMs && gap.begunByMs <= untilMs);
  const broken = during.findIndex((gap, at) => at > 0 && gap.fromMs - endOf(during[at - 1]) > heldForMs);
  const gaps = withoutStutters(broken < 0 ? during : during.slice(0, broken));
  const later = during.slice(gaps.length);
  const unseenMs = floorIn(unit, { fromMs: gaps.at(-1)?.toMs ?? moment.notBeforeMs, toMs: untilMs });
  return {
    ...(gaps.length === 0 ? notSeen(unit, unseenMs, terms) : seenIn(gaps, unit, terms)),
    again: later.reduce<Bounds | undefined>((worst, gap) => larger(worst, boundsOf(gap, terms)), undefined),
    unseenMs,
  };
}

/** Without the last ones that are stutters: service was back, and who asked in them was answered, if a little late. */
function withoutStutters(gaps: readonly Gap[]): readonly Gap[] {
  return gaps.slice(
    0,
    Math.max(
      0,
      gaps.findLastIndex((gap) => !isStutter(gap)),
    ) + 1,
  );
}

type SinceMoment = Omit<Recovery, 'again' | 'unseenMs'>;

function notSeen(unit: UnitService, unseenMs: number, terms: RecoveryTerms): SinceMoment {
  const { notBeforeMs, byMs } = terms.moment;
  const cutShort = isSilentBefore(terms.untilMs, unit, terms);
  const none = { seen: false, rescuedByRevert: false, disturbed: false, cutShort };
  return { ...none, ...between(notBeforeMs, byMs + unseenMs), lowMs: 0, highMs: unseenMs };
}

function seenIn(gaps: readonly Gap[], unit: UnitService, terms: RecoveryTerms): SinceMoment {
  const { moment, faults, untilMs } = terms;
  const [first, last] = [gaps[0], gaps.at(-1)] as [Gap, Gap];
  const reverts = gaps.flatMap((gap) => rescueOf(gap, faults) ?? []);
  const rescuedByRevert = reverts.length > 0;
  const revertMs = Math.min(untilMs, ...reverts);
  // Without an acknowledgement before the fault was taken out, nothing is known of how long it would have been.
  const backAfterMs = rescuedByRevert ? askedUntil(revertMs, unit) : Math.min(last.endedAfterMs, untilMs);
  const backByMs = rescuedByRevert ? undefined : last.toMs;
  // Service that still went on after the fault is no outage: the time counts from its end.
  const begunByMs = Math.max(moment.byMs, first.begunByMs);
  const begunAfterMs = Math.max(moment.notBeforeMs, first.fromMs);
  return {
    seen: true,
    rescuedByRevert,
    disturbed: gaps.some((gap) => revertsIn(gap, faults).length > 0),
    cutShort: isSilentBefore(revertMs, unit, terms),
    ...between(Math.max(moment.notBeforeMs, backAfterMs), backByMs),
    lowMs: Math.max(0, backAfterMs - begunByMs),
    highMs: backByMs === undefined ? undefined : backByMs - begunAfterMs,
  };
}

function isSilentBefore(ms: number, unit: UnitService, { graceMs }: RecoveryTerms): boolean {
  return askedUntil(ms, unit) < ms - graceMs;
}

function between(backAfterMs: number, backByMs: number | undefined): Pick<Recovery, 'backAfterMs' | 'backByMs'> {
  return { backAfterMs, backByMs };
}

/** An outage by itself; one that our own revert ended has no end of its own, but for a stutter: it failed nobody. */
function boundsOf(gap: Gap, { faults }: RecoveryTerms): Bounds {
  const revertMs = isStutter(gap) ? undefined : rescueOf(gap, faults);
  if (revertMs === undefined) return { lowMs: gap.lowMs, highMs: gap.highMs };
  return { lowMs: Math.max(0, Math.min(gap.lowMs, revertMs - gap.begunByMs)), highMs: undefined };
}

/** When a fault was taken out that had been in before the outage, if no acknowledgement came before that. */
export function rescueOf(gap: Gap, faults: readonly FaultTimes[]): number | undefined {
  const reverts = revertsIn(gap, faults).filter((fault) => fault.notBeforeMs < gap.begunByMs);
  return reverts.length === 0 ? undefined : Math.min(...reverts.map(({ atMs }) => atMs));
}

/** Our own reverts after an outage had begun and before it ended. */
function revertsIn(gap: Gap, faults: readonly FaultTimes[]): readonly { notBeforeMs: number; atMs: number }[] {
  return faults.flatMap(({ notBeforeMs, revertCalledMs: atMs }) =>
    atMs !== undefined && notBeforeMs < endOf(gap) && gap.begunByMs <= atMs && (gap.toMs ?? atMs) > atMs
      ? [{ notBeforeMs, atMs }]
      : [],
  );
}

function endOf(gap: Gap | undefined): number {
  return gap?.toMs ?? Number.POSITIVE_INFINITY;
}

/** The largest of several true values lies between the largest of the lows and the largest of the highs. */
export function larger<B extends Bounds>(a: B | undefined, b: B): B {
  if (a === undefined) return b;
  const highMs = a.highMs === undefined || b.highMs === undefined ? undefined : Math.max(a.highMs, b.highMs);
  return { ...a, lowMs: Math.max(a.lowMs, b.lowMs), highMs };
}

function worstOf(recoveries: readonly Recovery[]): Recovery | undefined {
  return recoveries.reduce<Recovery | undefined>((worst, one) => {
    if (worst === undefined) return one;
    const back = larger(
      { lowMs: worst.backAfterMs, highMs: worst.backByMs },
      { lowMs: one.backAfterMs, highMs: one.backByMs },
    );
    return {
      ...larger(worst, one),
      ...between(back.lowMs, back.highMs),
      seen: worst.seen || one.seen,
      rescuedByRevert: worst.rescuedByRevert || one.rescuedByRevert,
      disturbed: worst.disturbed || one.disturbed,
      again: one.again === undefined ? worst.again : larger(worst.again, one.again),
      unseenMs: Math.max(worst.unseenMs, one.unseenMs),
      cutShort: worst.cutShort || one.cutShort,
    };
  }, undefined);
}
