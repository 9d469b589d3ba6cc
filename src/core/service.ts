// A system in the cluster: its nodes, its words, and what it says of itself.
import type { ConfigFile, ServiceView } from './cluster.ts';
import type { TopicSpec } from './drill.ts';
import type { Json, JsonObject } from './json.ts';
import type { LiveContext } from './kinds.ts';
import type { Link, NodeName, NodeSpec } from './node.ts';
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
  prepare?(spec: ServiceSpec, cx: LiveContext): Promise<void>;
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
  /** How long a failure should take, from live settings; undefined with a reason when it says nothing of this one. */
  predict(question: PredictQuestion): Band | { readonly because: string };
}
export interface ServiceWord {
  readonly summary: string;
  /** Arguments that will mean somebody in a cluster made from this; undefined = that cannot be said. Pure. */
  args?(spec: ServiceSpec): readonly string[] | undefined;
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
