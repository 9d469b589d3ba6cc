// The contracts that everything pluggable fulfils. A kind is a value, made once; what has a lifetime is what it opens.
import type { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Capability, Cluster, ClusterHandle, ClusterSpec, ClusterView, Lifecycle, Pausing } from './cluster.ts';
import type { AssertionSpec, Selector } from './drill.ts';
import type { Evidence, Journal, JournalSink, LiveCounters } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import type { AddressBook, Identity, NodeName, NodeSpec } from './node.ts';
import type { Finding, MeasuredWorkload } from './report.ts';
import type { Right, RightsContext } from './right.ts';
import type { Service } from './service.ts';
import type { FoundCluster } from './target.ts';

export type { InvocationInfo, Reporter, RunInfo } from './reporter.ts';
export type { Grantee, NeededRight, Right, RightAnswer, RightsContext } from './right.ts';
export type {
  Failure,
  FailureCase,
  Hazard,
  HazardQuestion,
  Margin,
  MarginQuestion,
  NoBand,
  PredictQuestion,
  PrepareContext,
  Rehearsal,
  Seen,
  Service,
  ServiceOutline,
  ServiceSpec,
  ServiceWord,
  TopicMistake,
  Zones,
} from './service.ts';
export type { FoundCluster, FoundNode, ServiceTarget, TargetWords } from './target.ts';

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
  /** How long a node may take for its answer, where there is time to wait for one that is far away; undefined = as usual. */
  readonly patienceMs?: number;
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
  /** What somebody has to know before it is done, in sentences for plans: what it loses, whom it cuts off. Pure. */
  warns?(params: P): readonly string[];
  /** Selectors inside `params`, so that they can be checked when the drill is planned. */
  selectors?(params: P): readonly Selector[];
  /** What the system's nodes must let its user do for it; what it needs of the runtime stands in `needs`. Pure. */
  rights?(params: P, cx: RightsContext): readonly Right[];
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
  /** What somebody has to know before it is done, in sentences for plans; with the living cluster, where one was looked at. Pure. */
  warns?(params: P, view?: ClusterView): readonly string[];
  needs(params: P): readonly Capability[];
  /** What the system's nodes must let its user do for it and for its undo. Pure. */
  rights?(params: P, cx: RightsContext): readonly Right[];
  /** Resolves only with evidence that it was done. */
  run(input: FaultInput<P>, cx: ActionContext): Promise<Evidence>;
  /** Undoes what `run` has said that it leaves. Idempotent; legal after a half-done run, and from another process. */
  revert?(record: UndoRecord, cx: LiveContext): Promise<Evidence>;
}
export interface ActionContext extends LiveContext {
  /** Running workloads by name. */
  readonly workloads: ReadonlyMap<string, RunningWorkload>;
  /** The cluster as the run has found it, in its steady state. */
  readonly before: ClusterView;
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
  /** Keys of `with` that hold names of consumer groups. */
  readonly groupNames?: readonly string[];
  /** What the system's nodes must let its user do for it. Pure. */
  rights?(params: P, cx: RightsContext): readonly Right[];
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
  /** Keys of `with` that hold names of other workloads of the drill. */
  readonly workloadNames?: readonly string[];
  /** Names of the consumer groups that it is in. Pure. */
  groups?(params: P, name: string): readonly string[];
  /** What the system's nodes must let its user do for it: to write, to read back and to tidy up. Pure. */
  rights?(params: P, cx: RightsContext): readonly Right[];
  start(params: P, cx: WorkloadContext): Promise<RunningWorkload>;
  /**
   * What it leaves in a cluster: all that `revert` needs to remove it; null = nothing. On disk before it is started, where the
   * cluster is not ours. Pure.
   */
  leaves?(params: P, cx: Pick<WorkloadContext, 'name' | 'client' | 'runId'>): Json | null;
  /** Removes what it has left, once it was read back. Idempotent; legal when nothing was left, and from another process. */
  revert?(record: UndoRecord, cx: LiveContext): Promise<Evidence>;
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
  /** Of one that attaches to somebody's own cluster: what is there. Plans are made of it. */
  readonly found?: FoundCluster;
  /** Makes the cluster's processes and returns at once: readiness is asked of the services. `save` is called before the first process starts. */
  open(spec: ClusterSpec, cx: RuntimeContext): Promise<Cluster>;
  /** Name → version of the programs that it runs for these nodes, made ready where they are not: for the result. */
  versions?(
    cx: Pick<RuntimeContext, 'onProgress' | 'signal'>,
    nodes: readonly Pick<NodeSpec, 'program'>[],
  ): Promise<Readonly<Record<string, string>>>;
  /**
   * Why it is not the one to take where nobody has named one, as the end of a sentence; undefined = it may be taken. Asks
   * and changes nothing. Without it, it can always be had.
   */
  whyNot?(cx: Pick<RuntimeContext, 'signal'>, nodes: readonly Pick<NodeSpec, 'program'>[]): Promise<string | undefined>;
  /** Takes a cluster over from its handle, whatever state it is in; never starts anything. */
  adopt(handle: ClusterHandle, cx: Pick<RuntimeContext, 'onProgress' | 'signal'>): Promise<Cluster>;
  /**
   * Ends what a run has started on this machine beside its cluster, such as programs of its workloads, when its process
   * died. For a cluster that stays: taking one down ends them as well.
   */
  endProcesses?(runId: string): Promise<void>;
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
