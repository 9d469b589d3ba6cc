// The story of a failover as the servers and the clients told it, in order of time.
import type { Journal } from '../core/journal.ts';
import type { Report } from '../core/report.ts';
import { faultTimes } from './faults.ts';
import { OK, type Span } from './operations.ts';
import { type Gap, isStutter } from './outages.ts';
import { serviceOf } from './service.ts';

/** When the outage of a client began: with an operation that was not ok, or with answers that only stopped for a while. */
export const FIRST_FAILURE = 'first-failure';
export const FIRST_SILENCE = 'first-silence';

type Phase = Report['phases'][number];

/** Marks that every server repeats, or that say nothing without the others. */
const MINOR =
  /^(\+vote-for-leader|\+new-epoch|\+failover-state-.*|-role-change|\+role-change|\+slave|\+config-update-from|-dup-sentinel.*)$/;

/** From the first fault on. */
export function phasesOf(journal: Journal): readonly Phase[] {
  const [fault] = faultTimes(journal.events);
  if (fault === undefined) return [];
  const phases = [...toldIn(journal, { fromMs: fault.calledMs, toMs: Number.POSITIVE_INFINITY })];
  for (const name of Object.keys(journal.ops)) phases.push(...clientPhases(name, fault.notBeforeMs, journal));
  return phases.sort((a, b) => a.atMs - b.atMs);
}

/** What servers said in a span. What several sources say of the same node is told once, by the first of them. */
export function toldIn({ events }: Journal, { fromMs, toMs }: Span): readonly Phase[] {
  const phases: Phase[] = [];
  const seen = new Set<string>();
  for (const event of events) {
    if (event.type !== 'mark' || event.atMs < fromMs || event.atMs > toMs || MINOR.test(event.mark)) continue;
    const what = `${event.mark} ${subjectOf(event)}`;
    if (seen.has(what)) continue;
    seen.add(what);
    phases.push({ name: event.mark, atMs: event.atMs, detail: `${event.source}: ${event.detail}` });
  }
  return phases;
}

/** Sentinels say of whom they speak; a node speaks of itself. */
function subjectOf(event: { readonly mark: string; readonly source: string; readonly detail: string }): string {
  return /^[+-]/.test(event.mark) ? event.detail.split(' ').slice(0, 2).join(' ') : event.source;
}

/** When a client was first without service after the fault, but for stutters, and when it was acknowledged again. */
function clientPhases(workload: string, faultMs: number, journal: Journal): readonly Phase[] {
  const isCutOff = (gap: Gap): boolean => !isStutter(gap) && (gap.toMs ?? Number.POSITIVE_INFINITY) > faultMs;
  const first = (serviceOf(workload, journal) ?? []).flatMap(({ gaps }) => gaps.find(isCutOff) ?? []);
  return first.length === 0 ? [] : phasesOfGaps(workload, first, journal);
}

/** Of outages that belong together: when the first began, and when the last was over. */
export function phasesOfGaps(workload: string, gaps: readonly Gap[], journal: Journal): readonly Phase[] {
  const goneMs = Math.min(...gaps.map(({ begunByMs }) => begunByMs));
  // Operations that hang and then succeed are an outage, too, in which nothing has failed.
  const name =
    journal.ops[workload]?.outcome.some((outcome) => outcome !== OK) === true ? FIRST_FAILURE : FIRST_SILENCE;
  const backMs = Math.max(...gaps.map(({ toMs }) => toMs ?? Number.POSITIVE_INFINITY));
  const gone: Phase = { name, atMs: goneMs, detail: workload };
  if (!Number.isFinite(backMs)) return [gone];
  return [gone, { name: 'first-write', atMs: backMs, detail: `${workload}: acknowledged again` }];
}
