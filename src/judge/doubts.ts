// Why a run as a whole proves nothing: whatever its assertions say, it cannot pass.
import type { ErrorCode } from '../core/error.ts';
import type { Journal, JournalEvent } from '../core/journal.ts';
import type { ReportProblem } from '../core/report.ts';
import { faultTimes } from '../measure/faults.ts';

export function doubtsOf(journal: Journal): readonly ReportProblem[] {
  const { events } = journal;
  const told = events
    .filter((event) => event.type === 'problem')
    .map(({ code, message, at, hint }) => doubt(code, message, { at, hint }));
  return dedupe([
    ...told,
    ...unproved(events),
    ...stops(events),
    ...tilts(events),
    ...unfinished(events),
    ...cutOff(journal),
  ]);
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
  const methodRan = events.some(
    (event) => event.type === 'phase' && event.phase === 'method' && event.state === 'begin',
  );
  if (methodRan && faults.length === 0) doubts.push(doubt('FAULT_NOT_PROVED', 'no fault was injected'));
  return doubts;
}

function stops(events: readonly JournalEvent[]): readonly ReportProblem[] {
  return events
    .filter((event) => event.type === 'stop')
    .map(({ condition, because }) =>
      doubt('INTERRUPTED', `the stop condition "${condition}" ended the run: ${because}`),
    );
}

/**
 * A Sentinel in TILT watches and does nothing for 30 s: what it would have done is not known (redis.io, Sentinel, TILT
 * mode). One that a fault stopped was meant to.
 */
function tilts(events: readonly JournalEvent[]): readonly ReportProblem[] {
  const hurt = new Set(faultTimes(events).flatMap(({ targets }) => targets));
  const tilted = new Set(
    events.flatMap((event) => (event.type === 'mark' && event.mark === '+tilt' ? [event.source] : [])),
  );
  return [...tilted.difference(hurt)].map((source) =>
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
        hint: 'firedrill rollback undoes what is left.',
      }),
    ];
  }
  return end.status === 'interrupted' ? [doubt('INTERRUPTED', 'the run was interrupted')] : [];
}

/** A workload of the drill without an operations file, or with a last line that was cut off. */
function cutOff(journal: Journal): readonly ReportProblem[] {
  const warmedUp = journal.events.some(
    (event) => event.type === 'phase' && event.phase === 'warmUp' && event.state === 'begin',
  );
  if (!warmedUp) return [];
  return journal.run.drill.workloads.flatMap(({ name }) => {
    const ops = journal.ops[name];
    if (ops === undefined)
      return [doubt('JOURNAL_FAILED', 'no operation of it was recorded', { at: `workload ${name}` })];
    return ops.truncatedLines > 0
      ? [doubt('JOURNAL_FAILED', `${ops.truncatedLines} of its lines cannot be read`, { at: `workload ${name}` })]
      : [];
  });
}

function dedupe(doubts: readonly ReportProblem[]): readonly ReportProblem[] {
  const seen = new Set<string>();
  return doubts.filter(({ code, message }) => {
    const key = `${code} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
