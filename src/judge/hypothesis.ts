// The hypothesis's second moment: after revert and recovery it has to hold again, within its time.
import type { Journal, JournalEvent } from '../core/journal.ts';
import type { NamedFinding } from '../core/report.ts';
import { evaluate } from '../core/tolerance.ts';
import { formatMs } from '../core/units.ts';
import { type Bounds, formatBounds, judgeAtMost, WITHIN_ERROR } from '../core/verdict.ts';
import { faultTimes } from '../measure/faults.ts';

/** One finding once something was hurt and given its time; none before that. */
export function steadyStateAgain(journal: Journal): readonly NamedFinding[] {
  const { drill } = journal.run;
  const [first] = drill.steadyStateHypothesis.probes;
  const phase = (state: 'begin' | 'end'): number | undefined =>
    journal.events.find((event) => event.type === 'phase' && event.phase === 'recovery' && event.state === state)?.atMs;
  const [fromMs, endMs] = [phase('begin'), phase('end')];
  const hurt = faultTimes(journal.events).some((fault) => fault.confirmedMs !== undefined);
  if (first === undefined || fromMs === undefined || !hurt) return [];
  const expected = `back within ${formatMs(drill.timing.recoveryWithinMs)} of the revert, held for ${formatMs(drill.timing.heldForMs)}`;
  const draft = { name: 'steady-state', kind: 'hypothesis', position: first.position, expected };
  const again = journal.events.findLast((event) => event.type === 'steadyAgain');
  if (again?.type === 'steadyAgain') return [{ ...draft, ...judgeReturn(journal, again, fromMs) }];
  const nothing = (actual: string, because: string): readonly NamedFinding[] => {
    return [{ ...draft, verdict: 'inconclusive', actual, because, data: {} }];
  };
  if (endMs === undefined || endMs - fromMs < drill.timing.recoveryWithinMs)
    return nothing('not waited for', 'the run ended before its time was up');
  const stuck = journal.events.find((event) => event.type === 'step' && event.state === 'revertFailed');
  if (stuck?.type === 'step')
    return nothing('not back', `our own undo of ${stuck.step} failed: this is not the system's doing`);
  const broken = journal.events.find((event) => event.type === 'problem' && event.code === 'TOOL_BROKEN');
  if (broken?.type === 'problem' && !wasRead(journal, fromMs)) return nothing('not seen', broken.message);
  const restored = journal.events.findLast((event) => event.type === 'restored');
  const why = restored?.type === 'restored' ? (restored.differences[0] ?? '') : '';
  return [
    { ...draft, verdict: 'failed', actual: `not back after ${formatMs(endMs - fromMs)}`, because: why, data: {} },
  ];
}

type Judged = Pick<NamedFinding, 'verdict' | 'actual' | 'because' | 'data'>;

/** When the steady state was back for good, on the run's clock; undefined = it was not seen again. */
export function steadyAgainAt(journal: Journal): Bounds | undefined {
  const again = journal.events.findLast((event) => event.type === 'steadyAgain');
  if (again?.type !== 'steadyAgain') return undefined;
  const revert = lastRevert(journal);
  const { notBeforeMs, byMs } = revert === undefined ? again : backBetween(journal, again, revert.calledMs);
  return { lowMs: notBeforeMs, highMs: byMs };
}

/** Steps may have followed the revert, so the time counts from there and not from when the runner began to wait. */
function judgeReturn(journal: Journal, again: SteadyAgain, recoveryMs: number): Judged {
  const { recoveryWithinMs, heldForMs } = journal.run.drill.timing;
  const zero = lastRevert(journal) ?? { calledMs: recoveryMs, byMs: recoveryMs };
  const { notBeforeMs, byMs } = backBetween(journal, again, zero.calledMs);
  const lowMs = Math.max(0, notBeforeMs - zero.byMs);
  const bounds = { lowMs, highMs: Math.max(lowMs, byMs - zero.calledMs) };
  const shown = { actual: formatBounds(bounds), data: { notBeforeMs, byMs, ...bounds } };
  const heldMs = again.atMs - byMs;
  if (heldMs < heldForMs) {
    const because = `the run was ended: it was watched for ${formatMs(heldMs)} only`;
    return { ...shown, verdict: 'inconclusive', because };
  }
  const verdict = judgeAtMost(bounds, recoveryWithinMs);
  const because = {
    passed: '',
    failed: 'it came too late',
    inconclusive: WITHIN_ERROR,
  }[verdict];
  return { ...shown, verdict, because };
}

function lastRevert({ events }: Journal): { readonly calledMs: number; readonly byMs: number } | undefined {
  const reverts = faultTimes(events).flatMap(({ revertCalledMs: calledMs, revertedMs }) =>
    calledMs === undefined ? [] : [{ calledMs, byMs: revertedMs ?? calledMs }],
  );
  if (reverts.length === 0) return undefined;
  return {
    calledMs: Math.max(...reverts.map(({ calledMs }) => calledMs)),
    byMs: Math.max(...reverts.map(({ byMs }) => byMs)),
  };
}

type SteadyAgain = Extract<JournalEvent, { readonly type: 'steadyAgain' }>;

/** It was back for good between the last reading that deviated and the first after it of the probe that was read last. */
function backBetween(
  { run, events }: Journal,
  again: SteadyAgain,
  sinceMs: number,
): { readonly notBeforeMs: number; readonly byMs: number } {
  const { probes } = run.drill.steadyStateHypothesis;
  const read = probes.map(({ name, tolerance }) =>
    events.flatMap((event) => {
      if (event.type !== 'probe' || event.probe !== name) return [];
      if (event.startedMs < sinceMs || event.atMs > again.atMs) return [];
      const holds = event.error === undefined && evaluate(tolerance, event.value).holds;
      return [{ startedMs: event.startedMs, atMs: event.atMs, holds }];
    }),
  );
  const deviating = read.flat().filter(({ holds }) => !holds);
  const notBeforeMs = Math.max(sinceMs, ...deviating.map(({ startedMs }) => startedMs));
  const firsts = read.map((own) => own.find(({ startedMs }) => startedMs > notBeforeMs)?.atMs ?? again.byMs);
  return { notBeforeMs, byMs: Math.max(notBeforeMs, ...firsts) };
}

/** A cluster that answers nobody has failed; one that could not be asked has not. */
function wasRead({ run, events }: Journal, sinceMs: number): boolean {
  const names = new Set(run.drill.steadyStateHypothesis.probes.map(({ name }) => name));
  return events.some(
    (event) =>
      event.type === 'probe' && names.has(event.probe) && event.value !== undefined && event.startedMs >= sinceMs,
  );
}
