// What is recorded while a drill runs. One line of events.ndjson each; nothing in it is a judgement.
import type { ClusterView } from './cluster.ts';
import type { Drill } from './drill.ts';
import type { DryRunItem } from './dry-run.ts';
import type { ErrorCode } from './error.ts';
import type { Json, JsonObject } from './json.ts';
import type { NodeName } from './node.ts';
import type { Ops, ReadBack } from './outcome.ts';
import type { Band } from './verdict.ts';

export type PhaseName = 'preflight' | 'gate' | 'warmUp' | 'method' | 'recovery' | 'drain' | 'restore';
export const PHASES: readonly PhaseName[] = ['preflight', 'gate', 'warmUp', 'method', 'recovery', 'drain', 'restore'];

/** Proof that something took effect: a sentence for people, and the facts behind it. */
export interface Evidence {
  readonly summary: string;
  readonly facts: JsonObject;
  /**
   * It took effect between these two moments, on the run's clock: what was looked at before, and the proof afterwards,
   * take longer than the act. Undefined = from the call of inject, until it returned.
   */
  readonly notBeforeMs?: number;
  readonly byMs?: number;
}

export interface RunStarted {
  readonly type: 'run';
  readonly v: 1;
  readonly runId: string;
  readonly suiteId: string;
  readonly seed: number;
  readonly originNs: string;
  readonly startedAt: string;
  readonly runtime: string;
  readonly target: string | undefined;
  readonly dryRun: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly host: JsonObject;
  readonly configHash: string;
  readonly drill: Drill;
  /** Name of the sabotage, when this is a self-test. */
  readonly sabotage: string | undefined;
  /** What the command line laid over the drill. */
  readonly overrides?: Overrides;
  /** The warm cluster that it ran on; absent = one of its own. */
  readonly warm?: WarmCluster;
  /** What the config said of the drill when it was run; absent = nothing. */
  readonly quarantine?: Quarantine;
  /** The run that proved nothing, and was run again as this one. */
  readonly retryOf?: string;
  /** There when it only watched: nothing was done to the cluster, and nothing is proved. */
  readonly watch?: WatchTerms;
}

export interface WatchTerms {
  /** False: nothing was written, so that only probes know of outages. */
  readonly writes: boolean;
}

/** A drill that is known not to be fit, set aside by somebody until a day. */
export interface Quarantine {
  readonly owner: string;
  readonly reason: string;
  /** `2026-12-01`: from the beginning of this day (UTC) on, its verdict counts again. */
  readonly expires: string;
  /** True: that day had not come when the run began. */
  readonly inForce: boolean;
}

/** A cluster that was there before the run, and outlives it. */
export interface WarmCluster {
  readonly name: string;
  /** Wall clock, ISO 8601: since when it has been up. */
  readonly since: string;
}

export interface Overrides {
  /** `name=value`. */
  readonly param: readonly string[];
  /** `path=value`. */
  readonly set: readonly string[];
}

/**
 * A step's life: called → confirmed (evidence is there) → ended (its hold is over) → revertCalled → reverted;
 * or → failed (inject threw or could not show evidence), revertFailed. Besides faults, an
 * `action` that leaves something behind is reverted, when the workloads have stopped.
 */
export type StepState = 'called' | 'confirmed' | 'failed' | 'ended' | 'revertCalled' | 'reverted' | 'revertFailed';
export interface StepEvent {
  readonly type: 'step';
  readonly step: string;
  readonly verb: 'fault' | 'action' | 'waitFor' | 'revert' | 'pause';
  readonly kind: string;
  readonly state: StepState;
  readonly targets: readonly NodeName[];
  readonly evidence?: Evidence;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/** One reading. `atMs` is when it settled; an error is a gap in the series and never a value. */
export interface ProbeEvent {
  readonly type: 'probe';
  readonly probe: string;
  readonly startedMs: number;
  readonly value?: Json;
  readonly error?: string;
}

/** What a server said of itself: `+sdown`, `+odown`, `+switch-master`, a promotion, a first refused write. */
export interface MarkEvent {
  readonly type: 'mark';
  readonly mark: string;
  /** Who said it. */
  readonly source: string;
  readonly detail: string;
}

export interface ProblemEvent {
  readonly type: 'problem';
  readonly code: ErrorCode;
  readonly message: string;
  readonly at?: string;
  readonly hint?: string;
}

/** How busy the machine was that the run, its clients and often its cluster share. About one a second. */
export interface MachineEvent {
  readonly type: 'machine';
  /** Of the last minute, as the kernel has it. */
  readonly loadAverage: number;
  /** The longest time in which the runner's own process got nothing done, since the event before. */
  readonly stoodStillMs: number;
}

export type EventBody =
  | RunStarted
  | { readonly type: 'phase'; readonly phase: PhaseName; readonly state: 'begin' | 'end'; readonly note?: string }
  | StepEvent
  | ProbeEvent
  | MarkEvent
  | ProblemEvent
  | MachineEvent
  | { readonly type: 'view'; readonly moment: 'gate' | 'inject' | 'restored'; readonly view: ClusterView }
  | { readonly type: 'settings'; readonly moment: 'before' | 'after'; readonly settings: Json }
  | { readonly type: 'offsets'; readonly moment: 'before' | 'after'; readonly offsets: Json }
  | {
      readonly type: 'predicted';
      readonly step: string;
      /** By the service of this name, of itself. */
      readonly service?: string;
      readonly band: Band | undefined;
      readonly because?: string;
      /** Where there is no band because service does not go, or does not come back by itself. */
      readonly outage?: 'none' | 'lasting';
    }
  | {
      readonly type: 'workload';
      readonly workload: string;
      readonly state: 'started' | 'stopped' | 'readBack' | 'removed';
      readonly facts: JsonObject;
    }
  | { readonly type: 'heartbeat'; readonly workloads: Readonly<Record<string, LiveCounters>> }
  | { readonly type: 'stop'; readonly condition: string; readonly because: string }
  /** The hypothesis held again, with this and that moment as its bounds (last reading without, first with it). */
  | { readonly type: 'steadyAgain'; readonly notBeforeMs: number; readonly byMs: number }
  | {
      readonly type: 'restored';
      readonly clean: boolean;
      readonly differences: readonly string[];
      readonly moved: readonly string[];
    }
  /** Of a dry run, and of nothing else: what was found out. Nothing of it has happened. */
  | { readonly type: 'dryRun'; readonly item: DryRunItem }
  /** `removed`: the cluster was ours, and was taken down whole. */
  | { readonly type: 'end'; readonly status: RunStatus; readonly removed?: boolean }
  | RolledBackEvent;

/**
 * Another process has undone what the run had left behind. Appended when the run is over, or its process dead: it is the
 * only event that is not on the run's clock, and its `atMs` is that of the last event before it.
 */
export interface RolledBackEvent {
  readonly type: 'rolledBack';
  /** Wall clock, ISO 8601. */
  readonly at: string;
  /** The command, and whose it was. */
  readonly by: string;
  readonly done: readonly string[];
  /** What is left to be done; empty = nothing. */
  readonly failures: readonly string[];
  /** The cluster was ours, and was taken down whole. */
  readonly removed: boolean;
  /** True: nothing was tried, and nobody will. The run is forgotten, and `failures` stays as it is. */
  readonly abandoned?: boolean;
}

export type RunStatus = 'completed' | 'aborted' | 'interrupted';
export type JournalEvent = EventBody & { readonly atMs: number };

/** Live numbers of one workload: for the console, and for holds that wait for recovery. The judge never reads them. */
export interface LiveCounters {
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly notSent: number;
  readonly lastOkMs: number | undefined;
  /** Start of the present unbroken stretch of oks; undefined while there is none. A silence longer than the floor breaks it. */
  readonly okSinceMs: number | undefined;
  /** When service was last seen to be absent (a not-ok operation settled, or a silence passed the floor). */
  readonly lastBadMs: number | undefined;
  readonly lastError: string | undefined;
}

/** A finished run, read back from disk. All that the judge gets. */
export interface Journal {
  readonly run: RunStarted;
  readonly events: readonly JournalEvent[];
  readonly ops: Readonly<Record<string, Ops>>;
  readonly readBacks: Readonly<Record<string, readonly ReadBack[]>>;
}

/** Where a run writes what happens. `write` is ordered and never throws; a failure to write is a problem of the run. */
export interface JournalSink {
  write(event: EventBody): void;
}
