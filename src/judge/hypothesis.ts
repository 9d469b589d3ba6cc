// The hypothesis's second moment: after revert and recovery it has to hold again, within its time.
import type { Journal } from '../core/journal.ts';
import type { NamedFinding } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
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
  if (again?.type === 'steadyAgain') {
    const after = (ms: number): string => formatMs(Math.max(0, ms - fromMs));
    const [low, high] = [after(again.notBeforeMs), after(again.byMs)];
    const actual = low === high ? low : `${low} to ${high}`;
    const data = { notBeforeMs: again.notBeforeMs, byMs: again.byMs };
    const heldMs = again.atMs - again.byMs;
    if (heldMs >= drill.timing.heldForMs) return [{ ...draft, verdict: 'passed', actual, because: '', data }];
    const because = `the run was ended: it was watched for ${formatMs(heldMs)} of them only`;
    return [{ ...draft, verdict: 'inconclusive', actual, because, data }];
  }
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

/** A cluster that answers nobody has failed; one that could not be asked has not. */
function wasRead({ run, events }: Journal, sinceMs: number): boolean {
  const names = new Set(run.drill.steadyStateHypothesis.probes.map(({ name }) => name));
  return events.some(
    (event) =>
      event.type === 'probe' && names.has(event.probe) && event.value !== undefined && event.startedMs >= sinceMs,
  );
}
