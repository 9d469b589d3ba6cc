// The contracts that everything pluggable fulfils. A kind is a value, made once; what has a lifetime is what it opens.
import type { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Capability, Cluster, ClusterHandle, ClusterSpec, ClusterView, Lifecycle, Pausing } from './cluster.ts';
import type { AssertionSpec, Selector } from './drill.ts';
import type { Evidence, Journal, JournalEvent, JournalSink, LiveCounters } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import type { AddressBook, Identity, NodeName, NodeSpec } from './node.ts';
import type { Finding, MeasuredWorkload, Report } from './report.ts';
import type { Service } from './service.ts';

export type { PredictQuestion, Service, ServiceSpec, ServiceWord, TopicMistake } from './service.ts';

/** What every kind says of itself, for `explain` and the JSON Schema. */
export interface Described<P> {
  readonly kind: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** Schema of `with:`; strict, every field with a `.describe()`. */
  readonly params: z.ZodType<P>;
  /** What goes over the entry that `explain` makes up as an example, as in YAML: where `with` needs more than its schema tells. */
  readonly example?: JsonObject;
}

/** What a live kind may use. */
export interface LiveContext {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly journal: JournalSink;
  /** Aborted by the deadline of what is being done, or by the end of the run. */
  readonly signal: AbortSignal;
}

// ---- faults and actions ---------------------------------------------------------------------------------------------

export interface FaultInput<P> {
  readonly params: P;
  /** The step's `targets`, resolved. */
  readonly targets: readonly NodeName[];
  readonly view: ClusterView;
  readonly cluster: Cluster;
  /** For selectors inside `params` (groups of a partition). Client hosts are nodes here. */
  resolve(selector: Selector): readonly string[];
}

export interface Fault<P, U extends Json = Json> extends Described<P> {
  needs(params: P): readonly Capability[];
  /** True if the step must name `targets`. */
  readonly needsTargets: boolean;
  /** What `revert` does, in words, for plans: `starts the node again`. */
  readonly undoneBy?: string;
  /** Selectors inside `params`, so that they can be checked when the drill is planned. */
  selectors?(params: P): readonly Selector[];
  /** Every node that it touches. Pure; the blast radius is judged on it, again at injection. */
  touches(input: FaultInput<P>): readonly NodeName[];
  /** All that another process needs to undo it. Pure; on disk before `inject`. */
  undo(input: FaultInput<P>): U;
  /** Resolves only with evidence that it took effect. Throws FAULT_NOT_PROVED otherwise. */
  inject(input: FaultInput<P>, cx: LiveContext): Promise<Evidence>;
  /** At the end of the hold: is it still in effect? Throws FAULT_NOT_PROVED when something undid it behind our back. */
  still?(record: UndoRecord<U>, cx: LiveContext): Promise<void>;
  /** Idempotent; legal after a half-done inject, and from another process. */
  revert(record: UndoRecord<U>, cx: LiveContext): Promise<Evidence>;
}

/** An administrative act or a remedy: done once, nothing to hold. What it leaves behind is undone at the end of the run. */
export interface Action<P> extends Described<P> {
  readonly needsTargets: boolean;
  /** What `revert` does, in words: `deletes the topic`. */
  readonly undoneBy?: string;
  needs(params: P): readonly Capability[];
  /** Resolves only with evidence that it was done. */
  run(input: FaultInput<P>, cx: ActionContext): Promise<Evidence>;
  /** Undoes what `run` has said that it leaves. Idempotent; legal after a half-done run, and from another process. */
  revert?(record: UndoRecord, cx: LiveContext): Promise<Evidence>;
}
export interface ActionContext extends LiveContext {
  /** Running workloads by name. */
  readonly workloads: ReadonlyMap<string, RunningWorkload>;
  /**
   * Said before the act: all that `revert` needs, on disk once this resolves. Said again it takes the former's place;
   * null = nothing is left behind.
   */
  undoWith(prior: Json): Promise<void>;
}

export type UndoState = 'planned' | 'injected' | 'reverted' | 'failed';
export interface UndoRecord<U extends Json = Json> {
  readonly v: 1;
  readonly runId: string;
  readonly seq: number;
  readonly step: string;
  readonly kind: string;
  readonly params: Json;
  readonly targets: readonly { readonly node: NodeName; readonly identity: Identity | undefined }[];
  readonly prior: U;
  readonly deadlineMs: number;
  readonly state: UndoState;
}

// ---- probes ---------------------------------------------------------------------------------------------------------

export interface Probe<P> extends Described<P> {
  /** Field → what it means: for `explain`, and to check tolerances when a drill is loaded. Empty = the value is a scalar or free. */
  readonly fields: Readonly<Record<string, string>>;
  /** Fields, and keys of `with`, that hold names of nodes: those that a drill says there must be in its cluster. */
  readonly nodeNames?: readonly string[];
  open(params: P, cx: LiveContext): Promise<OpenProbe>;
}
export interface OpenProbe extends AsyncDisposable {
  /** Rejects when it cannot be read; never an invented value. */
  read(signal: AbortSignal): Promise<Json>;
}

// ---- workloads ------------------------------------------------------------------------------------------------------

export interface Workload<P> extends Described<P> {
  /** Choices for `client:`; the first is the default. Empty = `client` may not be said. */
  readonly clients: readonly string[];
  /** How many processes of its own it starts, that faults may hurt one by one as `<workload>#1`, …: for plans. Pure. */
  members?(params: P): number;
  /** Topics that it needs: where the drill declares topics, they have to be among those. Pure. */
  topics?(params: P): readonly string[];
  start(params: P, cx: WorkloadContext): Promise<RunningWorkload>;
}
export interface WorkloadContext {
  readonly name: string;
  readonly client: string;
  readonly runId: string;
  readonly seed: number;
  /** How this workload's client host reaches every node. */
  readonly addresses: AddressBook;
  readonly originNs: bigint;
  /** Where its operations go: `ops/<name>.ndjson`, and `ops/<name>.read.ndjson` for what was read back. */
  readonly opsFile: string;
  readonly readBackFile: string;
  readonly journal: JournalSink;
  readonly signal: AbortSignal;
}
/** Processes that do a workload's work together. They end with the runner, whatever ends it. */
export interface Members extends Lifecycle, Pausing {
  /** Of those that it should have, whether they live or not. */
  readonly names: readonly NodeName[];
  /** Starts more of them, or stops the last ones. Resolves once they have been started or are gone. */
  scale(count: number): Promise<void>;
}
export interface RunningWorkload extends AsyncDisposable {
  counters(): LiveCounters;
  /** Resolves once the first operation was ok; rejects when none is by the deadline. */
  firstOk(withinMs: number): Promise<void>;
  setRate?(perSecond: number): void;
  setPaused?(paused: boolean): void;
  /** Its processes, where it has several of its own. */
  readonly members?: Members;
  /** Goes on reading a unit from another place: an offset of its log. Rejects when nobody reads the unit. */
  seek?(unit: string, offset: number): Promise<void>;
  /** Sends nothing more and settles what is under way; the ops file is complete then. */
  stop(): Promise<void>;
  /** Reads everything back into the read-back file. For ledgers, after heal. `probes` is a way to each node that no fault touched. */
  readBack(probes: AddressBook, withinMs: number): Promise<void>;
}

// ---- assertions -----------------------------------------------------------------------------------------------------

export interface Assertion<P> extends Described<P> {
  /** Which of the shared keys it must have; others are refused when the drill is loaded. */
  readonly takes: readonly ('of' | 'since' | 'during' | 'probe' | 'tolerance' | 'for' | 'within')[];
  readonly requires: readonly ('of' | 'since' | 'during' | 'probe' | 'tolerance' | 'for' | 'within')[];
  /** What its finding says and rests on, for `explain`. */
  readonly says?: string;
  /** Pure and synchronous. */
  check(params: P, cx: AssertionContext): Finding;
}
export interface AssertionContext {
  readonly spec: AssertionSpec;
  readonly journal: Journal;
  readonly measured: Readonly<Record<string, MeasuredWorkload>>;
}

// ---- runtimes -------------------------------------------------------------------------------------------------------

export interface Runtime {
  readonly kind: string;
  readonly summary: string;
  /** What its clusters can do: for plans made before there is a cluster. */
  readonly capabilities: readonly Capability[];
  /** Makes the cluster's processes and returns at once: readiness is asked of the services. `save` is called before the first process starts. */
  open(spec: ClusterSpec, cx: RuntimeContext): Promise<Cluster>;
  /** Name → version of the programs that it runs for these nodes, made ready where they are not: for the result. */
  versions?(
    cx: Pick<RuntimeContext, 'onProgress' | 'signal'>,
    nodes: readonly Pick<NodeSpec, 'program'>[],
  ): Promise<Readonly<Record<string, string>>>;
  /** Takes a cluster over from its handle, whatever state it is in; never starts anything. */
  adopt(handle: ClusterHandle, cx: Pick<RuntimeContext, 'onProgress' | 'signal'>): Promise<Cluster>;
  /** Removes what runs have left of it that died before their handle was on disk. Leaves living ones alone. */
  sweep?(): Promise<void>;
}
export interface RuntimeContext {
  save(handle: ClusterHandle): Promise<void>;
  onProgress(line: string): void;
  readonly keep: boolean;
  /** Where logs of nodes are to be copied when it is disposed; undefined = nowhere. */
  readonly logsTo: string | undefined;
  readonly signal: AbortSignal;
}

// ---- reporters ------------------------------------------------------------------------------------------------------

/** All hooks are optional. One that throws is reported, fails the run with code 6, and never stops it. */
export interface Reporter {
  readonly name: string;
  onInvocationStart?(info: InvocationInfo): void | Promise<void>;
  onRunStart?(info: RunInfo): void | Promise<void>;
  onEvent?(event: JournalEvent): void;
  /** What the tool itself is doing (a cluster is started, Ctrl-C was heard): for people, and no event of the run. */
  onProgress?(line: string): void;
  onRunEnd?(report: Report, info: RunInfo): void | Promise<void>;
  onInvocationEnd?(reports: readonly Report[], info: InvocationInfo): void | Promise<void>;
}
export interface InvocationInfo {
  readonly suiteId: string;
  readonly dir: string;
  readonly drills: number;
}
export interface RunInfo {
  readonly runId: string;
  readonly index: number;
  readonly of: number;
  readonly title: string;
  readonly drill: string;
  /** `reports/<run-id>`. */
  readonly dir: string;
}

// ---- the list -------------------------------------------------------------------------------------------------------

/** All kinds that a drill may name. `builtin.ts` makes the one of ours; plugins add to it. */
export interface Registry {
  readonly services: ReadonlyMap<string, Service>;
  readonly faults: ReadonlyMap<string, Fault<unknown>>;
  readonly actions: ReadonlyMap<string, Action<unknown>>;
  readonly probes: ReadonlyMap<string, Probe<unknown>>;
  readonly workloads: ReadonlyMap<string, Workload<unknown>>;
  readonly assertions: ReadonlyMap<string, Assertion<unknown>>;
  readonly runtimes: ReadonlyMap<string, Runtime>;
}
