// A journal → a Report. Pure: any stored run can be judged again, and gets the same answer.
import { DrillError } from '../core/error.ts';
import type { Journal, JournalEvent } from '../core/journal.ts';
import type { Assertion } from '../core/kinds.ts';
import type { FaultRecord, Finding, MeasuredWorkload, NamedFinding, Report } from '../core/report.ts';
import { type Verdict, worst } from '../core/verdict.ts';
import { faultTimes } from '../measure/faults.ts';
import { isrTimes } from '../measure/isr.ts';
import { machineUse } from '../measure/machine.ts';
import { measure } from '../measure/measure.ts';
import { phasesOf } from '../measure/phases.ts';
import { watchedIn } from '../measure/watched/watched.ts';
import { doubtsOf } from './doubts.ts';
import { steadyAgainAt, steadyStateAgain } from './hypothesis.ts';
import { restingOnFaults } from './resting.ts';

/** Throws USAGE for a dry run: nothing in it has happened. */
export function judge(journal: Journal, assertions: ReadonlyMap<string, Assertion<unknown>>): Report {
  const { run, events } = journal;
  refuseDryRun(journal);
  const measured = measure(journal);
  const findings = findingsOf({ journal, measured }, assertions);
  const doubts = doubtsOf(journal);
  const restored = last(events, 'restored');
  const undone = last(events, 'rolledBack');
  const watched = watchedIn(journal);
  return {
    ...identityOf(journal),
    durationMs: events.at(-1)?.atMs ?? 0,
    status: last(events, 'end')?.status ?? 'interrupted',
    verdict: overall(findings, doubts.length > 0 || run.drill.assertions.length === 0),
    problems: doubts,
    cluster: clusterAfter(journal),
    differences: restored?.differences ?? [],
    moved: restored?.moved ?? [],
    rolledBack: undone && rollbackOf(undone),
    faults: faultRecords(events),
    assertions: findings,
    measured,
    phases: watched?.episodes.flatMap(({ phases }) => phases) ?? phasesOf(journal),
    redundantAgainAtMs: steadyAgainAt(journal),
    offsets: offsetsOf(events),
    predicted: events.find(
      (event): event is EventOf<'predicted'> => event.type === 'predicted' && event.band !== undefined,
    )?.band,
    ...replicas(journal),
    ...lag(findings),
    machine: machineUse(journal),
    ...(watched === undefined ? {} : { watched }),
  };
}

function rollbackOf({ at, by, done, failures, abandoned }: EventOf<'rolledBack'>): Report['rolledBack'] {
  return { at, by, done, failures, ...(abandoned === true ? { abandoned } : {}) };
}

function refuseDryRun({ run }: Journal): void {
  if (!run.dryRun) return;
  throw new DrillError('USAGE', `${run.runId} was a dry run: nothing was done, so there is nothing to judge`, {
    hint: 'What it found out stands in its result.json.',
  });
}

function replicas(journal: Journal): Pick<Report, 'isr'> {
  const isr = isrTimes(journal);
  return isr === undefined ? {} : { isr };
}

function lag(findings: readonly NamedFinding[]): Pick<Report, 'lag'> {
  const found = findings.find(({ kind, data }) => kind === 'lagConvergence' && typeof data['peakRecords'] === 'number');
  if (found === undefined) return {};
  const { peakRecords, peakAtMs, convergedAtMs } = found.data;
  return {
    lag: {
      peak: Number(peakRecords),
      peakAtMs: Number(peakAtMs),
      convergedAtMs: typeof convergedAtMs === 'number' ? convergedAtMs : undefined,
    },
  };
}

type IdentityField =
  | 'schema'
  | 'runId'
  | 'suiteId'
  | 'seed'
  | 'runtime'
  | 'target'
  | 'dryRun'
  | 'sabotage'
  | 'overrides'
  | 'configHash'
  | 'versions'
  | 'host'
  | 'drill'
  | 'startedAt'
  | 'warm'
  | 'quarantine'
  | 'retryOf';

/** Which run of which drill it was, as the journal's first event says. */
function identityOf({ run }: Journal): Pick<Report, IdentityField> {
  const { name, file, title, sha256, owner, onFailure, tags, proves, selfTest, cluster } = run.drill;
  const from = cluster.settingsFrom;
  return {
    schema: 'firedrill.result/1',
    runId: run.runId,
    suiteId: run.suiteId,
    seed: run.seed,
    runtime: run.runtime,
    target: run.target,
    dryRun: run.dryRun,
    sabotage: run.sabotage,
    overrides: run.overrides ?? { param: [], set: [] },
    ...(run.quarantine === undefined ? {} : { quarantine: run.quarantine }),
    ...(run.retryOf === undefined ? {} : { retryOf: run.retryOf }),
    ...(run.warm === undefined ? {} : { warm: run.warm }),
    configHash: run.configHash,
    versions: run.versions,
    host: run.host,
    startedAt: run.startedAt,
    drill: {
      name,
      file,
      title,
      sha256,
      owner,
      onFailure,
      tags,
      proves,
      proven: selfTest.length > 0,
      ...(from && { settingsFrom: { file: from.file, target: from.target, recordedAt: from.recordedAt } }),
    },
  };
}

interface Judged {
  readonly journal: Journal;
  readonly measured: Readonly<Record<string, MeasuredWorkload>>;
}

/** Of each assertion, and of the hypothesis's second moment, which rests on every fault. */
function findingsOf(cx: Judged, assertions: ReadonlyMap<string, Assertion<unknown>>): readonly NamedFinding[] {
  const { journal } = cx;
  const asserted = journal.run.drill.assertions.map((spec): NamedFinding => {
    const { name, kind, position } = spec;
    return { name, kind, position, ...restingOnFaults(check(spec, cx, assertions), spec, journal) };
  });
  return [...asserted, ...steadyStateAgain(journal).map((again) => restingOnFaults(again, {}, journal))];
}

function check(
  spec: Journal['run']['drill']['assertions'][number],
  cx: Judged,
  assertions: ReadonlyMap<string, Assertion<unknown>>,
): Finding {
  const assertion = assertions.get(spec.kind);
  const nothing = (because: string): Finding => ({
    verdict: 'inconclusive',
    expected: spec.kind,
    actual: 'not judged',
    because,
    data: {},
  });
  if (assertion === undefined) return nothing(`there is no assertion "${spec.kind}" here`);
  try {
    return assertion.check(spec.params, { spec, ...cx });
  } catch (error) {
    return nothing(`the assertion itself broke: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What casts doubt on the run hides no failure, and lets nothing pass. A drill without assertions proves nothing. */
function overall(findings: readonly Finding[], inDoubt: boolean): Verdict {
  return worst([...findings.map(({ verdict }) => verdict), ...(inDoubt ? (['inconclusive'] as const) : [])]);
}

/** A run that hurt nothing left nothing behind; of one that did, it has to be known. */
function clusterAfter(journal: Journal): Report['cluster'] {
  const restored = last(journal.events, 'restored');
  if (journal.run.watch !== undefined) return afterWatch(journal);
  const hurt = journal.events.some(
    (event) => event.type === 'step' && event.verb === 'fault' && event.state === 'called',
  );
  if (restored?.clean === true) return 'restored';
  const undone = last(journal.events, 'rolledBack');
  // Who was killed before anything was hurt has left a cluster all the same, and somebody took it down.
  if (undone === undefined && restored === undefined && !hurt) return 'restored';
  if (last(journal.events, 'end')?.removed === true) return 'removed';
  if (undone === undefined || undone.failures.length > 0) return 'dirty';
  return undone.removed ? 'removed' : 'undone';
}

/** Whatever happened there was somebody else's doing; what is ours are the keys and topics that were written to. */
function afterWatch({ events }: Journal): Report['cluster'] {
  const left = events.some((event) => event.type === 'problem' && event.code === 'UNDO_FAILED');
  const undone = last(events, 'rolledBack');
  if (undone !== undefined) return undone.failures.length > 0 ? 'dirty' : undone.removed ? 'removed' : 'undone';
  return left || last(events, 'end') === undefined ? 'dirty' : 'restored';
}

function faultRecords(events: readonly JournalEvent[]): readonly FaultRecord[] {
  return faultTimes(events).map((fault) => ({
    step: fault.step,
    kind: fault.kind,
    targets: fault.targets,
    calledAtMs: fault.notBeforeMs,
    confirmedAtMs: fault.byMs,
    evidence: fault.evidence === '' ? (fault.failure ?? '') : fault.evidence,
    foundGone: fault.confirmedMs === undefined ? undefined : fault.failure,
    revertedAtMs: fault.revertedMs,
  }));
}

function offsetsOf(events: readonly JournalEvent[]): Report['offsets'] {
  const of = (moment: 'before' | 'after') =>
    events.findLast((event) => event.type === 'offsets' && event.moment === moment);
  const [before, after] = [of('before'), of('after')];
  if (before?.type !== 'offsets' || after?.type !== 'offsets') return undefined;
  return { before: before.offsets, after: after.offsets };
}

type EventOf<T extends JournalEvent['type']> = Extract<JournalEvent, { type: T }>;

function last<T extends JournalEvent['type']>(events: readonly JournalEvent[], type: T): EventOf<T> | undefined {
  return events.findLast((event): event is EventOf<T> => event.type === type);
}
