import type { Json, JsonObject } from './json.ts';
import type { AddressBook, Identity, Link, NodeName, NodeSpec } from './node.ts';

/** Everything that a runtime needs to make a cluster. Pure data, rendered by the services. */
export interface ClusterSpec {
  readonly runId: string;
  readonly nodes: readonly NodeSpec[];
  readonly links: readonly Link[];
  /** node → config files, with names of peers in them and never addresses. */
  readonly files: Readonly<Record<NodeName, readonly ConfigFile[]>>;
  /** Names of the client hosts, each with a way of its own to every node. */
  readonly clientHosts: readonly string[];
}

/** A file that a node starts with. Copied to a writable place: Redis and Sentinel rewrite theirs. */
export interface ConfigFile {
  readonly name: string;
  readonly text: string;
}

/** A cluster as another process needs it to adopt and undo. On disk before the first process starts. No secrets, only references. */
export interface ClusterHandle {
  readonly v: 1;
  readonly runtime: string;
  readonly runId: string;
  readonly spec: ClusterSpec;
  /** What the runtime itself needs: directories, the leased subnet, Toxiproxy's address. */
  readonly state: JsonObject;
  /** There in a run's copy when the cluster is a warm one: to be given back, and never taken down by who undoes the run. */
  readonly lent?: Lent;
}

/** What a run has of a warm cluster. */
export interface Lent {
  readonly cluster: string;
  /** The run that has it. */
  readonly runId: string;
  /** The run's client host → the cluster's own that stands in for it. */
  readonly places: Readonly<Record<string, string>>;
}

/** A cluster that lives. Disposing it takes an owned one down whole; of somebody else's it only lets go. */
export interface Cluster extends AsyncDisposable {
  readonly owned: boolean;
  readonly handle: ClusterHandle;
  readonly spec: ClusterSpec;
  /** How `from` (a client host, a node, or the probes) reaches every node. */
  addresses(from: string): AddressBook;
  /** What this cluster lets us do, in general or to one node. `undefined` = it cannot. */
  can<C extends Capability>(capability: C, node?: NodeName): Capabilities[C] | undefined;
}

export type Capability = keyof Capabilities;
export interface Capabilities {
  lifecycle: Lifecycle;
  pausing: Pausing;
  links: Links;
  isolation: Isolation;
  exec: Exec;
  logs: Logs;
  config: Config;
  commands: Commands;
  reach: Reach;
}

export interface NodeStatus {
  readonly state: 'running' | 'paused' | 'gone';
  readonly identity: Identity | undefined;
}

export interface Lifecycle {
  status(node: NodeName): Promise<NodeStatus>;
  /** SIGKILL. Resolves when the process with the identity it had is gone. */
  kill(node: NodeName): Promise<void>;
  /** SIGTERM, and wait until it is gone. Throws when it is not by then. */
  stop(node: NodeName, withinMs: number): Promise<void>;
  /** Starts the node with the data and the config files that it has. Does nothing when it runs. */
  start(node: NodeName): Promise<Identity>;
}

export interface Pausing {
  pause(node: NodeName): Promise<void>;
  /** Does nothing when it is not paused. */
  resume(node: NodeName): Promise<void>;
}

/** What a link does to bytes, in both directions unless said otherwise. */
export interface LinkShape {
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  /** KB per second, as Toxiproxy counts. */
  readonly rateKbPerSecond?: number;
}

/** What was done to a link: one word for each way in which `Links` does harm. */
export type LinkHarm = 'cut' | 'refuse' | 'shape';

export interface LinkState {
  readonly name: string;
  readonly enabled: boolean;
  /** Names of the toxics that are on it. */
  readonly toxics: readonly string[];
}

export interface Links {
  /** Bytes stop both ways, connections stay open; what was held is delivered at heal. */
  cut(names: readonly string[]): Promise<void>;
  /** The listener is closed and every connection ends: new connects are refused. */
  refuse(names: readonly string[]): Promise<void>;
  shape(names: readonly string[], shape: LinkShape): Promise<void>;
  /**
   * In two steps (toxics to nothing on all links, then removed), listeners open again. Idempotent. With `only`, what
   * another fault has done to the same links stays: a partition that ends opens no way into a node that is dead.
   */
  heal(names: readonly string[], only?: LinkHarm): Promise<void>;
  state(): Promise<readonly LinkState[]>;
  /**
   * Proof from outside: for each link whether a request through its own listener is answered within `withinMs`.
   * `true` = answered, `false` = connected or refused, and nothing came.
   */
  answers(names: readonly string[], withinMs: number): Promise<Readonly<Record<string, boolean>>>;
}

export interface Isolation {
  /** As the runtime sees it, asked now. */
  isPlugged(node: NodeName): Promise<boolean>;
  unplug(node: NodeName): Promise<void>;
  replug(node: NodeName): Promise<void>;
}
export interface Exec {
  run(
    node: NodeName,
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<{ code: number; stdout: string; stderr: string }>;
}
export interface Logs {
  /** The node's log so far. */
  read(node: NodeName): Promise<string>;
}
export interface Config {
  read(node: NodeName): Promise<readonly ConfigFile[]>;
}

/** Whether a node answers on the one way that there is to it. For clusters whose links are not ours. */
export interface Reach {
  /** True when anything came back within `withinMs`, connecting included. */
  answers(node: NodeName, withinMs: number): Promise<boolean>;
}

/** The command line tools of the systems in the cluster, as runbooks use them. */
export interface Commands {
  /**
   * A directory for PATH that has them under the names that runbooks call them by (`kafka-topics.sh`). They know the
   * nodes' own names, and reach them the way the probes do.
   */
  directory(): Promise<string>;
}

/** What a service says of itself at one moment. `facts` is for the journal and for words; kinds know their own shape. */
export interface ServiceView {
  readonly kind: string;
  /** node → roles it has right now: `redis-primary`, `redis-replica`, `sentinel`, … */
  readonly roles: Readonly<Record<NodeName, readonly string[]>>;
  readonly facts: Json;
}

export interface ClusterView {
  readonly atMs: number;
  readonly nodes: readonly NodeView[];
  readonly services: Readonly<Record<string, ServiceView>>;
}
export interface NodeView {
  readonly name: NodeName;
  readonly service: string;
  readonly roles: readonly string[];
  readonly zone: string;
}
