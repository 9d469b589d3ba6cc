// A system in the cluster: its nodes, its words, and what it says of itself.
import type { ServiceBaseline } from './baseline.ts';
import type { ConfigFile, ServiceView } from './cluster.ts';
import type { TopicSpec } from './drill.ts';
import type { Evidence } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import type { LiveContext, UndoRecord } from './kinds.ts';
import type { Link, NodeName, NodeSpec } from './node.ts';
import type { Grantee, Right, RightAnswer } from './right.ts';
import type { FoundNode, ServiceTarget, TargetWords } from './target.ts';
import type { Band } from './verdict.ts';

export interface ServiceSpec {
  /** Its name in the cluster. */
  readonly name: string;
  /** The drill's settings for it, merged over the defaults, by scope: `redis`, `sentinel`. */
  readonly settings: Readonly<Record<string, JsonObject>>;
  /** First port that it may use; it takes consecutive ones. */
  readonly basePort: number;
  /** Topics of the drill, for services that have any. */
  readonly topics?: Readonly<Record<string, TopicSpec>>;
}

/** What is wrong with a topic of a drill, before there is a cluster. */
export interface TopicMistake {
  /** Within the topic: `['replicas', 0, 2]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
}

export interface Service {
  readonly kind: string;
  readonly summary: string;
  /** Scope → default settings (the runbook's), with the reason for each in docs. Also says which scopes exist. */
  readonly defaults: Readonly<Record<string, JsonObject>>;
  /** Scope → names of all settings, where the system passes over one that it does not know: a drill's are held against them. */
  readonly settingNames?: Readonly<Record<string, readonly string[]>>;
  /** Words for targets, with what they mean. */
  readonly words: Readonly<Record<string, ServiceWord>>;
  nodes(spec: ServiceSpec): readonly NodeSpec[];
  /** Peer links only: links of clients and probes are made by the engine, to the listeners that `serves` names. */
  links(nodes: readonly NodeSpec[]): readonly Link[];
  files(node: NodeSpec, nodes: readonly NodeSpec[], spec: ServiceSpec): readonly ConfigFile[];
  /** Its presence says that this service has topics. Pure; empty = nothing is wrong. */
  checkTopic?(topic: TopicSpec, spec: ServiceSpec): readonly TopicMistake[];
  /**
   * Once, when the cluster has been started and before the gate: waits until it is complete, and makes what the drill
   * wants in it. Asks until it is so, or the signal aborts.
   */
  prepare?(spec: ServiceSpec, cx: PrepareContext): Promise<void>;
  /** What `prepare` would come to in a cluster that is not ours, found out without making anything. */
  rehearse?(spec: ServiceSpec, seen: Seen, cx: LiveContext): Promise<Rehearsal>;
  /** Removes what `prepare` has made in a cluster that is not ours. Idempotent; legal after a half-done one, and from another process. */
  revert?(record: UndoRecord, cx: LiveContext): Promise<Evidence>;
  /**
   * Forgets what runs have written, so that `prepare` and a next run find it as they would a new one: elements, topics,
   * groups. Idempotent; resolves when every node has forgotten. Its absence says that the service cannot serve twice.
   */
  clear?(spec: ServiceSpec, cx: LiveContext): Promise<void>;
  /** Reads every node; throws while it cannot. */
  view(name: string, cx: LiveContext): Promise<ServiceView>;
  /** Live settings, read back: scope → node → setting. What a failover moves by itself is left out. */
  settings(name: string, cx: LiveContext): Promise<Json>;
  /** Replication offsets of every node, for the data-loss window of a ticket. */
  offsets(name: string, cx: LiveContext): Promise<Json>;
  /** Writes marks into the journal (its own events) until disposed. */
  follow(name: string, cx: LiveContext): Promise<AsyncDisposable>;
  /** View and settings, as `view` and `settings` will return them, of a cluster that has just started: for plans. Pure. */
  planned?(nodes: readonly NodeSpec[], spec: ServiceSpec): { readonly view: ServiceView; readonly settings: Json };
  /**
   * Finds the nodes of somebody's own cluster, read-only. Its absence says that such a cluster cannot be attached to. Rejects
   * with CLUSTER_FAILED when nobody who was asked answers, and says what each of them said.
   */
  discover?(target: ServiceTarget, signal: AbortSignal): Promise<readonly FoundNode[]>;
  /** How a target file speaks of it. There where `discover` is. */
  readonly targetWords?: TargetWords;
  /**
   * What its live configuration breaks of the contract that the runbooks make: the worst first. Pure, over what `view` and
   * `settings` returned.
   */
  hazards?(question: HazardQuestion): readonly Hazard[];
  /**
   * What its nodes must let us do for `view`, `settings`, `offsets`, `follow` and `discover`, and for the topics that a drill
   * wants there. Pure.
   */
  rights?(spec: Pick<ServiceSpec, 'topics'>): readonly Right[];
  /** What `checkRights` must be let do itself, besides. */
  readonly checkingRights?: readonly Right[];
  /** In the order of `rights`: whether they are given, found out without using them. Changes nothing. */
  checkRights?(name: string, rights: readonly Right[], cx: LiveContext): Promise<readonly RightAnswer[]>;
  /** The commands of its own tools that give a user exactly these rights. Pure. */
  grants?(rights: readonly Right[], grantee: Grantee): readonly string[];
  /** What is left while these nodes are away, of everything that it needs enough of. Pure, over `view` and `settings`. */
  margins?(question: MarginQuestion): readonly Margin[];
  /** How long a failure should take, from live settings; a reason when it says nothing of this one, or when there is no such time. */
  predict(question: PredictQuestion): Band | NoBand;
  /**
   * Of the settings of a recorded cluster of this kind, those that one of ours can have, and differ from ours: as a drill's.
   * Pure. Its absence says that nothing is taken.
   */
  adopt?(recorded: ServiceBaseline): Adoption;
  /** What can happen to it: `predict` is asked of each, whether a drill does it or not. */
  readonly failures?: readonly Failure[];
  /** Of a view, what is told of every kind alike. Pure. */
  outline?(view: ServiceView): ServiceOutline;
  /** What nobody tells of a cluster of this kind, and predictions rest on. Sentences for people. Pure. */
  unseen?(view: ServiceView): readonly string[];
  /**
   * By the scopes of `settings`: what the system itself has, where neither a drill nor `defaults` says anything. Only
   * settings that have to do with a failover.
   */
  readonly systemDefaults?: Readonly<Record<string, JsonObject>>;
}
export interface PrepareContext extends LiveContext {
  /**
   * Said before anything is made: all that `revert` needs to remove it, on disk once this resolves. Said again it takes the
   * former's place; null = nothing is left. Absent in a cluster of ours: that goes whole.
   */
  undoWith?(prior: Json): Promise<void>;
}
/** What `view` and `settings` returned. */
export interface Seen {
  readonly view: ServiceView;
  readonly settings: Json;
}

/** What a drill wants in a cluster, and what `view` and `settings` will return with it. */
export interface Rehearsal extends Seen {
  readonly topics: readonly {
    readonly name: string;
    /** `refused`: it cannot be made, or is there and is another than declared; why. */
    readonly state: 'absent' | 'there' | 'refused';
    readonly because?: string;
  }[];
}
export interface ServiceWord {
  readonly summary: string;
  /** Arguments that will mean somebody in a cluster made from this; undefined = that cannot be said. Pure. */
  args?(spec: ServiceSpec): readonly string[] | undefined;
  /** What its argument is, where workloads make it: a group of consumers. */
  readonly asks?: 'group';
  /** Pure over a view; an empty list is an error of whoever asked. */
  resolve(view: ServiceView, arg?: string): readonly NodeName[];
}
export interface PredictQuestion {
  readonly fault: string;
  readonly params: unknown;
  readonly targets: readonly NodeName[];
  readonly view: ServiceView;
  /** As `settings` returned them. */
  readonly settings: Json;
}

export interface Adoption {
  /** Scope → setting → value. */
  readonly settings: Readonly<Record<string, JsonObject>>;
  readonly left: readonly Left[];
}
/** Settings that are not taken, and why. */
export interface Left {
  readonly why: string;
  readonly names: readonly string[];
}

export interface ServiceOutline {
  /** Nodes that did not answer when the view was read → what was heard instead. */
  readonly silent: Readonly<Record<NodeName, string>>;
  /** What nodes run, of those that tell it. */
  readonly versions: Readonly<Record<NodeName, string>>;
  /** How many there are of what: `sentinels`, `brokers`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What is in it besides nodes, in numbers: `orders` → { partitions: 3, replicationFactor: 3 }. */
  readonly holds: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Why there is no band. */
export interface NoBand {
  readonly because: string;
  /** `none`: service does not go. `lasting`: it goes, and is not back before somebody acts. Undefined = it is not known. */
  readonly outage?: 'none' | 'lasting';
  /** Where `lasting` is so of a part only: what holds for the rest of what is hit. */
  readonly rest?: Band;
}

/** Something that can happen to a cluster. */
export interface Failure {
  /** `primary killed`, `zone lost`. */
  readonly what: string;
  /** The kind of fault that does the same. */
  readonly fault: string;
  /** Its parameters, as `predict` reads them. */
  readonly params?: unknown;
  /** To whom it can happen as the cluster is now. Pure; empty = to nobody. */
  cases(view: ServiceView, zones: Zones): readonly FailureCase[];
}
export interface FailureCase {
  /** `redis-1`, `zone a`. */
  readonly who: string;
  readonly targets: readonly NodeName[];
}

/** Node → failure domain; a node that nobody has placed is not in it. */
export type Zones = Readonly<Record<NodeName, string>>;

export interface HazardQuestion {
  readonly view: ServiceView;
  /** As `settings` returned them. */
  readonly settings: Json;
  readonly zones: Zones;
}

export interface MarginQuestion {
  /** Nodes that are away. */
  readonly without: readonly NodeName[];
  readonly view: ServiceView;
  /** As `settings` returned them. */
  readonly settings: Json;
}

/** How much of something is left during a failure, and how much of it is needed. */
export interface Margin {
  /** Of what: `Sentinels for a majority`, `replicas in sync of orders/0 (the least of 12 partitions)`. */
  readonly what: string;
  readonly left: number;
  readonly needed: number;
  /** What comes of it where too little is left. */
  readonly otherwise: string;
}

/** Something in a live configuration that makes a failover longer, lossy or impossible. */
export interface Hazard {
  /** Short and stable, for baselines and scripts: `even-sentinels`. */
  readonly id: string;
  /** `critical`: data can be lost, or service stays away. `warning`: it takes longer, or protects from less than it seems to. */
  readonly severity: 'critical' | 'warning';
  /** What is so, with the nodes or topics that it is so of. */
  readonly what: string;
  /** What comes of it in a failure. */
  readonly therefore: string;
  /** What to do about it. */
  readonly mend: string;
  readonly where: readonly string[];
}
