// The story of a failover as the servers and the clients told it, in order of time.
import type { Journal } from '../core/journal.ts';
import type { Report } from '../core/report.ts';
import { faultTimes } from './faults.ts';
import { OK } from './operations.ts';

type Phase = Report['phases'][number];

/** Marks that every server repeats, or that say nothing without the others. */
const MINOR =
  /^(\+vote-for-leader|\+new-epoch|\+failover-state-.*|-role-change|\+role-change|\+slave|\+config-update-from|-dup-sentinel.*)$/;

/** From the first fault on. Of a mark that several sources give, the first counts; a later one of another kind between them does not reset it. */
export function phasesOf(journal: Journal): readonly Phase[] {
  const [fault] = faultTimes(journal.events);
  if (fault === undefined) return [];
  const phases: Phase[] = [];
  const seen = new Set<string>();
  for (const event of journal.events) {
    if (event.type !== 'mark' || event.atMs < fault.calledMs || MINOR.test(event.mark)) continue;
    const what = `${event.mark} ${subjectOf(event)}`;
    if (seen.has(what)) continue;
    seen.add(what);
    phases.push({ name: event.mark, atMs: event.atMs, detail: `${event.source}: ${event.detail}` });
  }
  for (const [name, ops] of Object.entries(journal.ops))
    phases.push(...clientPhases(name, ops, fault.byMs ?? fault.calledMs));
  return phases.sort((a, b) => a.atMs - b.atMs);
}

/** Sentinels say of whom they speak; a node speaks of itself. */
function subjectOf(event: { readonly mark: string; readonly source: string; readonly detail: string }): string {
  return /^[+-]/.test(event.mark) ? event.detail.split(' ').slice(0, 2).join(' ') : event.source;
}

/** A client's last acknowledgement before its first failure, and its first one after that. */
function clientPhases(workload: string, ops: Journal['ops'][string], faultMs: number): readonly Phase[] {
  let firstBadMs = Number.POSITIVE_INFINITY;
  for (let row = 0; row < ops.count; row++) {
    const sentMs = ops.sentMs[row] ?? 0;
    if (ops.outcome[row] !== OK && (ops.settledMs[row] ?? 0) >= faultMs && sentMs < firstBadMs) firstBadMs = sentMs;
  }
  if (!Number.isFinite(firstBadMs)) return [];
  let firstOkMs = Number.POSITIVE_INFINITY;
  for (let row = 0; row < ops.count; row++) {
    const [sentMs, settledMs] = [ops.sentMs[row] ?? 0, ops.settledMs[row] ?? 0];
    if (ops.outcome[row] === OK && sentMs > firstBadMs && settledMs < firstOkMs) firstOkMs = settledMs;
  }
  const phases: Phase[] = [{ name: 'first-failure', atMs: firstBadMs, detail: workload }];
  if (Number.isFinite(firstOkMs))
    phases.push({ name: 'first-write', atMs: firstOkMs, detail: `${workload}: acknowledged again` });
  return phases;
}
