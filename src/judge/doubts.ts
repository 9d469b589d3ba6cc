// Why a run as a whole proves nothing: whatever its assertions say, it cannot pass.
import type { ErrorCode } from '../core/error.ts';
import type { Journal, JournalEvent, PhaseName } from '../core/journal.ts';
import type { ReportProblem } from '../core/report.ts';
import { faultTimes } from '../measure/faults.ts';
import { serviceOf } from '../measure/service.ts';

/** Kinds of faults that make a process stand still and then go on, so that its clock jumps. */
const STANDS_STILL = /\.pause$/;

/** What was told while it ran, and what the journal shows besides. */
export function doubtsOf(journal: Journal): readonly ReportProblem[] {
  const { events, run } = journal;
  const watches = run.watch !== undefined;
  const told = events
    .filter((event) => event.type === 'problem')
    .map(({ code, message, at, hint }) =>
      doubt(code, message, { at, hint: code === 'UNDO_FAILED' && isSettled(events) ? undefined : hint }),
    );
  const shown = [
    ...(watches ? [] : [...unproved(events), ...tilts(events)]),
    ...failedSteps(events),
    ...stops(events),
    ...unfinished(events),
    ...workloadDoubts(journal),
  ];
  const isTold = (one: ReportProblem): boolean =>
    told.some(({ code, message }) => code === one.code && message.includes(one.message));
  const doubts = unique([...told, ...shown.filter((one) => !isTold(one))]);
  return doubts.length > 0 ? doubts : notDone(journal);
}

function doubt(
  code: ErrorCode,
  message: string,
  more: { at?: string | undefined; hint?: string | undefined } = {},
): ReportProblem {
  return { code, message, at: more.at, hint: more.hint };
}

/** A fault without evidence, one that was found not to be in any more, and a method that injected none. */
function unproved(events: readonly JournalEvent[]): readonly ReportProblem[] {
  const faults = faultTimes(events);
  const failed = faults.filter((fault) => fault.failure !== undefined || fault.confirmedMs === undefined);
  const doubts = failed.map((fault) =>
    doubt('FAULT_NOT_PROVED', fault.failure ?? 'it was called, and nothing says that it took effect', {
      at: `step ${fault.step}`,
    }),
  );
  if (begun(events, 'method') && faults.length === 0) doubts.push(doubt('FAULT_NOT_PROVED', 'no fault was injected'));
  return doubts;
}

/** Nothing is left to be done next: a rollback has left nothing, or the run was given up. */
function isSettled(events: readonly JournalEvent[]): boolean {
  const rollback = events.findLast((event) => event.type === 'rolledBack');
  return rollback?.type === 'rolledBack' && (rollback.failures.length === 0 || rollback.abandoned === true);
}

function begun(events: readonly JournalEvent[], phase: PhaseName): boolean {
  return events.some((event) => event.type === 'phase' && event.phase === phase && event.state === 'begin');
}

/** Steps that failed, and undos that did. */
function failedSteps(events: readonly JournalEvent[]): readonly ReportProblem[] {
  return events.flatMap((event) => {
    if (event.type !== 'step') return [];
    const at = `step ${event.step}`;
    if (event.state === 'revertFailed')
      return [doubt('UNDO_FAILED', event.error?.message ?? 'it could not be undone', { at })];
    if (event.verb === 'fault' || event.state !== 'failed') return [];
    return [doubt(event.error?.code ?? 'INTERNAL', event.error?.message ?? 'it failed', { at })];
  });
}

/** What the drill says that should be done, and nothing says why it was not. */
function notDone({ run, events }: Journal): readonly ReportProblem[] {
  if (!begun(events, 'method')) {
    const what = run.watch === undefined ? 'the run ended before anything was hurt' : 'it ended before it watched';
    return [doubt('INTERRUPTED', what)];
  }
  const called = new Set(events.flatMap((event) => (event.type === 'step' ? [event.step] : [])));
  return run.drill.method
    .filter(({ name }) => !called.has(name))
    .map(({ name }) => doubt('INTERRUPTED', 'the run ended before it', { at: `step ${name}` }));
}

function stops(events: readonly JournalEvent[]): readonly ReportProblem[] {
  return events
    .filter((event) => event.type === 'stop')
    .map(({ condition, because }) =>
      doubt('STOP_CONDITION', `the stop condition "${condition}" ended the run: ${because}`),
    );
}

/**
 * A Sentinel in TILT watches and does nothing for 30 s: what it would have done is not known (redis.io, Sentinel, TILT
 * mode). It was meant to when a fault had made its process stand still, and does not count when it was over at the gate.
 */
function tilts(events: readonly JournalEvent[]): readonly ReportProblem[] {
  const stopped = faultTimes(events).filter(({ kind }) => STANDS_STILL.test(kind));
  const gateMs = events.find(
    (event) => event.type === 'phase' && event.phase === 'gate' && event.state === 'end',
  )?.atMs;
  const marks = events.filter((event) => event.type === 'mark');
  const tilted = marks.filter(({ mark, source, atMs }) => {
    if (mark !== '+tilt' || stopped.some((fault) => fault.calledMs <= atMs && fault.targets.includes(source)))
      return false;
    const over = marks.find((other) => other.mark === '-tilt' && other.source === source && other.atMs >= atMs);
    return over === undefined || gateMs === undefined || over.atMs > gateMs;
  });
  return tilted.map(({ source }) =>
    doubt('NOT_TRUSTED', 'the Sentinel went into TILT: its clock or its process stood still', {
      at: source,
      hint: 'Is the machine overloaded? Run again when it is not.',
    }),
  );
}

function unfinished(events: readonly JournalEvent[]): readonly ReportProblem[] {
  const end = events.find((event) => event.type === 'end');
  if (end === undefined) {
    return [
      doubt('JOURNAL_FAILED', 'the journal has no end: the run, or its disk, died before it was over', {
        hint: isSettled(events) ? undefined : 'firedrill rollback undoes what is left.',
      }),
    ];
  }
  if (end.status === 'interrupted') return [doubt('INTERRUPTED', 'the run was interrupted')];
  const stopped = events.some((event) => event.type === 'stop');
  return end.status === 'aborted' && !stopped ? [doubt('INTERRUPTED', 'the run was aborted')] : [];
}

/** A workload without a whole record, and one that never worked: it says nothing of a fault. */
function workloadDoubts(journal: Journal): readonly ReportProblem[] {
  if (!begun(journal.events, 'warmUp')) return [];
  return journal.run.drill.workloads.flatMap(({ name }) => {
    const ops = journal.ops[name];
    const at = `workload ${name}`;
    if (ops === undefined) return [doubt('JOURNAL_FAILED', 'no operation of it was recorded', { at })];
    if (ops.truncatedLines > 0)
      return [doubt('JOURNAL_FAILED', `${ops.truncatedLines} of its lines cannot be read`, { at })];
    if (!begun(journal.events, 'method')) return [];
    const units = serviceOf(name, journal) ?? [];
    return units
      .filter(({ workedBefore }) => !workedBefore)
      .map(({ unit }) => doubt('WORKLOAD_FAILED', `nothing of ${unit} was ok before the fault`, { at }));
  });
}

function unique(doubts: readonly ReportProblem[]): readonly ReportProblem[] {
  return [...new Map(doubts.map((one) => [`${one.code} ${one.message} ${one.at}`, one])).values()];
}
