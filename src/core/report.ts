// What the judge makes of a journal, and all that a reporter gets.
import type { Position, SettingsFrom } from './drill.ts';
import type { Overrides, Quarantine, RunStatus, WarmCluster } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import type { Band, Bounds, Verdict } from './verdict.ts';
import type { Watched } from './watched.ts';

export type { ClientsAfter, Episode, LeftBehind, SeenOutage, Watched } from './watched.ts';

/** One assertion's verdict. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was asked, in words and numbers: `recovered within 10 s`. */
  readonly expected: string;
  /** What was seen: `6.24 s to 6.27 s`. */
  readonly actual: string;
  /** Why this verdict; what was missing when inconclusive; which phase took long when failed. */
  readonly because: string;
  readonly data: JsonObject;
}
export interface NamedFinding extends Finding {
  readonly name: string;
  readonly kind: string;
  readonly position: Position;
}

export interface Outage extends Bounds {
  readonly fromMs: number;
  /** Undefined = service never came back. */
  readonly toMs: number | undefined;
  /** True if the only ok after it came once our own revert had been called. */
  readonly rescuedByRevert: boolean;
  /** Short, and all that was asked in it was answered by its deadline: told, and not counted. */
  readonly stutter?: true;
}

export interface MeasuredUnit {
  readonly unit: string;
  /** Gaps of service, in order of time. */
  readonly outages: readonly Outage[];
  /** No outage is seen below this. */
  readonly detectionFloorMs: number;
}

export interface MeasuredWorkload {
  readonly client: string;
  readonly okMeans: string;
  /** Of the worst unit, against the first fault step; undefined = there was no fault or no data. */
  readonly recoveryTimeMs: { readonly low: number; readonly high: number | undefined } | undefined;
  readonly units: readonly MeasuredUnit[];
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly notSent: number;
  /** Undefined = it is no ledger, or it could not be read back. */
  readonly lostWrites: number | undefined;
  /**
   * How far back losses go: from the oldest lost write's acknowledgement to the fault, or to the newest lost one's when
   * that came later (a primary that was cut off goes on acknowledging). Undefined when none was lost.
   */
  readonly lostWindowMs: number | undefined;
  readonly duplicates: number | undefined;
  readonly reordered: number | undefined;
  /** Copies on other nodes that do not hold the same writes in the same order. */
  readonly divergentCopies: number | undefined;
  /** Present although they were reported as failed: a fault in our own table of outcomes. */
  readonly failedButFound: number | undefined;
  readonly errors: Readonly<Record<string, number>>;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly maxMs: number | undefined;
}

export interface FaultRecord {
  readonly step: string;
  readonly kind: string;
  readonly targets: readonly string[];
  readonly calledAtMs: number;
  readonly confirmedAtMs: number | undefined;
  readonly evidence: string;
  /** Why it did not stay in effect until the end of its hold; undefined = it stayed, or was never proved. */
  readonly foundGone?: string | undefined;
  readonly revertedAtMs: number | undefined;
}

/**
 * `removed`: it was ours and did not come to be as before, but nothing of it is left. `undone`: a rollback undid all that
 * was done to it, and nobody has looked whether it is as before. `dirty`: a person is needed.
 */
export type ClusterAfter = 'restored' | 'removed' | 'undone' | 'dirty';

/** How busy the machine was while it was measured on. What was not recorded is undefined. */
export interface MachineUse {
  readonly processors: number | undefined;
  /** The highest of the kernel's averages over a minute. */
  readonly loadAverage: number | undefined;
  /** The longest time in which the runner's process got nothing done. */
  readonly stoodStillMs: number | undefined;
  /** One operation in a hundred was sent this much later than it was due, or more: of the worst workload. */
  readonly sentLateMs: number | undefined;
  /** Why bounds are wider, and the system slower, than on a machine of its own; empty = they are not. */
  readonly tooBusy: readonly string[];
}

export interface Rollback {
  /** Wall clock, ISO 8601. */
  readonly at: string;
  /** The command, and whose it was. */
  readonly by: string;
  readonly done: readonly string[];
  /** What is left to be done; empty = nothing. */
  readonly failures: readonly string[];
  /** There when nothing was tried and nobody will: somebody has said that the run be forgotten. */
  readonly abandoned?: boolean;
}

/** result.json. All …Ms count from the run's start on the monotonic clock. */
export interface Report {
  readonly schema: 'firedrill.result/1';
  readonly runId: string;
  readonly suiteId: string;
  readonly seed: number;
  readonly runtime: string;
  readonly target: string | undefined;
  readonly dryRun: boolean;
  readonly sabotage: string | undefined;
  /** What the command line laid over the drill: with it, the run can be made again. */
  readonly overrides: Overrides;
  /** Absent when the drill was not in quarantine, and never had been as far as the config knew. */
  readonly quarantine?: Quarantine;
  /** The run that proved nothing, and was run again as this one. */
  readonly retryOf?: string;
  /** The warm cluster that it ran on; absent = one of its own. */
  readonly warm?: WarmCluster;
  readonly configHash: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly host: JsonObject;
  readonly drill: ReportDrill;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly status: RunStatus;
  readonly verdict: Verdict;
  /** Why the run as a whole proved nothing or was aborted; empty when it ran as planned. */
  readonly problems: readonly ReportProblem[];
  readonly cluster: ClusterAfter;
  readonly differences: readonly string[];
  /** Roles that moved: not a difference, but worth knowing. */
  readonly moved: readonly string[];
  /** What another process did to undo what the run had left behind; undefined = nobody had to. */
  readonly rolledBack: Rollback | undefined;
  readonly faults: readonly FaultRecord[];
  readonly assertions: readonly NamedFinding[];
  readonly measured: Readonly<Record<string, MeasuredWorkload>>;
  readonly phases: readonly { readonly name: string; readonly atMs: number; readonly detail: string }[];
  /** When the hypothesis held again, as bounds on the run's clock. */
  readonly redundantAgainAtMs: Bounds | undefined;
  readonly offsets: { readonly before: Json; readonly after: Json } | undefined;
  readonly predicted: Band | undefined;
  /** Kafka's in-sync replicas, from the first fault on. Absent when nobody watched them, or none was seen to fall out. */
  readonly isr?: IsrTimes;
  /** Of the first assertion on lag convergence that had readings. */
  readonly lag?: LagTimes;
  readonly machine: MachineUse;
  /** There when the run only watched. Its verdict is inconclusive: nothing was asked, so nothing is proved. */
  readonly watched?: Watched;
}
/** When the first replica was seen to be out of an ISR, and when the last one was seen to be in again, to stay. */
export interface IsrTimes {
  readonly shrunkAtMs: number;
  /** Undefined = one was out until the end. */
  readonly recoveredAtMs: number | undefined;
}
/** How far the consumers fell behind, in records, and when they were back under the assertion's limit, to stay. */
export interface LagTimes {
  readonly peak: number;
  readonly peakAtMs: number;
  /** Undefined = they were over it until the end. */
  readonly convergedAtMs: number | undefined;
}
export interface ReportDrill {
  readonly name: string;
  readonly file: string;
  readonly title: string;
  readonly sha256: string;
  readonly owner: string | undefined;
  readonly onFailure: string | undefined;
  readonly tags: readonly string[];
  readonly proves: readonly { readonly runbook: string; readonly step: string }[];
  readonly proven: boolean;
  /** Whose settings its cluster had; absent = those of the drill alone. */
  readonly settingsFrom?: Pick<SettingsFrom, 'file' | 'target' | 'recordedAt'>;
}
export interface ReportProblem {
  readonly code: string;
  readonly message: string;
  readonly at: string | undefined;
  readonly hint: string | undefined;
}
