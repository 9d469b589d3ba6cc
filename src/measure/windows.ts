// `since` and `during` as moments on the run's clock.
import type { Journal, PhaseName } from '../core/journal.ts';
import { PHASES } from '../core/journal.ts';
import { faultTimes } from './faults.ts';

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly what: string;
}

/** A fault: from the moment when it was in effect until its revert was called. Another step or a phase: from its begin to its end. */
export function windowOf(name: string, journal: Journal): Window | undefined {
  return faultWindow(name, journal) ?? phaseWindow(name, journal) ?? stepWindow(name, journal);
}

/** The whole run, from the first workload's start to the drain: what `during` leaves out. */
export function wholeRun(journal: Journal): Window {
  const begin = journal.events.find(
    (event) => event.type === 'phase' && event.phase === 'method' && event.state === 'begin',
  );
  const drain = journal.events.find(
    (event) => event.type === 'phase' && event.phase === 'drain' && event.state === 'begin',
  );
  const end = journal.events.at(-1)?.atMs ?? 0;
  return { fromMs: begin?.atMs ?? 0, toMs: drain?.atMs ?? end, what: 'the run' };
}

/** From a step's call, or a phase's begin, until the drain. */
export function windowSince(name: string, journal: Journal): Window | undefined {
  const { toMs } = wholeRun(journal);
  const fault = faultTimes(journal.events).find(({ step }) => step === name);
  const fromMs = fault?.byMs ?? phaseWindow(name, journal)?.fromMs ?? stepWindow(name, journal)?.fromMs;
  return fromMs === undefined ? undefined : { fromMs, toMs: Math.max(fromMs, toMs), what: `since ${name}` };
}

function faultWindow(name: string, journal: Journal): Window | undefined {
  const fault = faultTimes(journal.events).find(({ step }) => step === name);
  if (fault?.byMs === undefined) return undefined;
  return { fromMs: fault.byMs, toMs: fault.revertCalledMs ?? wholeRun(journal).toMs, what: `during ${name}` };
}

function phaseWindow(name: string, journal: Journal): Window | undefined {
  if (!PHASES.includes(name as PhaseName)) return undefined;
  const moments = journal.events.filter((event) => event.type === 'phase' && event.phase === name);
  const [begin, end] = moments;
  if (begin === undefined) return undefined;
  return { fromMs: begin.atMs, toMs: end?.atMs ?? journal.events.at(-1)?.atMs ?? begin.atMs, what: `during ${name}` };
}

/** Steps that are no faults: the moment they were called until they were done. */
function stepWindow(name: string, journal: Journal): Window | undefined {
  const moments = journal.events.filter(
    (event) => event.type === 'step' && event.verb !== 'fault' && event.step === name,
  );
  const [begin, end] = moments;
  if (begin === undefined) return undefined;
  return { fromMs: begin.atMs, toMs: end?.atMs ?? wholeRun(journal).toMs, what: `during ${name}` };
}
