// `since` and `during` as moments on the run's clock.
import type { Journal, JournalEvent, PhaseName } from '../core/journal.ts';
import { faultTimes } from './faults.ts';

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  /** As the end of "nothing was read …". */
  readonly what: string;
}

/** A clock's zero: it lies between `notBeforeMs` and `byMs`. */
export interface Moment {
  readonly notBeforeMs: number;
  readonly byMs: number;
  /** Of a fault: when our own undo of it was called. */
  readonly revertCalledMs: number | undefined;
}

/** Since a fault took effect, an act was done, or another step or a phase began. Undefined when it never did. */
export function momentOf(name: string | undefined, journal: Journal): Moment | undefined {
  const fault = faultTimes(journal.events).find(({ step }) => step === name);
  if (fault !== undefined) return fault.byMs === undefined ? undefined : { ...fault, byMs: fault.byMs };
  const [begin, done] = momentsOf(name, journal);
  if (begin === undefined) return undefined;
  const isAct = begin.type === 'step' && (begin.verb === 'action' || begin.verb === 'revert');
  const byMs = isAct ? (done?.atMs ?? begin.atMs) : begin.atMs;
  return { notBeforeMs: begin.atMs, byMs, revertCalledMs: undefined };
}

/** A fault: while it was in effect, until its revert was called. Another step or a phase: from its begin to its end. */
export function windowOf(name: string, journal: Journal): Window | undefined {
  const what = `during ${name}`;
  const fault = faultTimes(journal.events).find(({ step }) => step === name);
  const openEndMs = wholeRun(journal).toMs;
  if (fault !== undefined) {
    return fault.byMs === undefined ? undefined : { fromMs: fault.byMs, toMs: fault.revertCalledMs ?? openEndMs, what };
  }
  const [begin, end] = momentsOf(name, journal);
  return begin === undefined ? undefined : { fromMs: begin.atMs, toMs: end?.atMs ?? openEndMs, what };
}

/** From a moment until the workloads were stopped. */
export function windowSince(name: string, journal: Journal): Window | undefined {
  const moment = momentOf(name, journal);
  if (moment === undefined) return undefined;
  return { fromMs: moment.byMs, toMs: Math.max(moment.byMs, wholeRun(journal).toMs), what: `since ${name}` };
}

/** What `during` leaves out: from the first step until the workloads were stopped. */
export function wholeRun({ events }: Journal): Window {
  const begin = (phase: PhaseName): number | undefined =>
    events.find((event) => event.type === 'phase' && event.phase === phase && event.state === 'begin')?.atMs;
  return { fromMs: begin('method') ?? 0, toMs: begin('drain') ?? events.at(-1)?.atMs ?? 0, what: 'in the run' };
}

type Mark = Extract<JournalEvent, { readonly type: 'phase' | 'step' }>;

/** Begin and end of a phase, or of a step that is no fault. */
function momentsOf(name: string | undefined, { events }: Journal): readonly Mark[] {
  return events.filter(
    (event): event is Mark =>
      (event.type === 'phase' && event.phase === name) ||
      (event.type === 'step' && event.verb !== 'fault' && event.step === name),
  );
}
