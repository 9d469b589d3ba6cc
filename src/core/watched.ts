// What a run has seen that did nothing to the cluster: whatever happened there by somebody else.
import type { NodeName } from './node.ts';
import type { Bounds } from './verdict.ts';

/** All …AtMs, fromMs and toMs are on the run's clock. */
export interface Watched {
  readonly fromMs: number;
  readonly toMs: number;
  /** False: nothing was written, so that outages are what probes saw of them. */
  readonly writes: boolean;
  /** What servers said of a failure before it began to watch, while it learnt what is healthy; empty = nothing. */
  readonly begunBefore: readonly WatchedPhase[];
  /** In order of time. */
  readonly episodes: readonly Episode[];
  /** In order of time: outages of less than a second that belong to no episode, as no server says why they were. */
  readonly stutters: readonly SeenOutage[];
}

/** What belongs together: what servers said, and outages, with no long quiet between them. */
export interface Episode {
  /** `failover`: somebody else leads than before. `disturbance`: nobody does. */
  readonly kind: 'failover' | 'disturbance';
  /** Its first sign, which is the zero of its phases, and its last. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What a server said first; undefined = only clients and probes noticed. */
  readonly begunBy: WatchedPhase | undefined;
  /** Who led before and who does after, where a probe follows that. */
  readonly moves: readonly { readonly from: NodeName; readonly to: NodeName; readonly atMs: number }[];
  readonly outages: readonly SeenOutage[];
  readonly phases: readonly WatchedPhase[];
  /** Of Kafka: undefined = every ISR was whole all the time. */
  readonly isr: SeenIsr | undefined;
  /** Whom a census followed; undefined = there was none. */
  readonly clients: ClientsAfter | undefined;
}

export interface WatchedPhase {
  readonly name: string;
  readonly atMs: number;
  readonly detail: string;
}

/** Replicas that were in an ISR before, and fell out of it. */
export interface SeenIsr {
  readonly shrunkAtMs: number;
  /** When every one of them was back, to stay; undefined = one was not when the watch, or the time before the next episode, ended. */
  readonly recoveredAtMs: number | undefined;
  /** What was missing last: `orders/0 without broker 7, and 2 more`. */
  readonly last: string;
}

/** How long somebody was without service. */
export interface SeenOutage extends Bounds {
  /** The workload that was not served, or the probe whose readings deviated. */
  readonly by: string;
  readonly from: 'workload' | 'probe';
  /** Of a workload, the unit; of a probe, what deviated first. */
  readonly what: string;
  readonly fromMs: number;
  /** Undefined = it was not over when the watch ended. */
  readonly toMs: number | undefined;
}

/** Clients go by their names (CLIENT SETNAME), or by their hosts where they have none. */
export interface ClientsAfter {
  readonly followed: readonly {
    readonly name: string;
    /** On the primary, before and after. */
    readonly before: number;
    readonly after: number;
    /** First seen at the new primary this long after it was seen to lead, at most. */
    readonly withinMs: number;
  }[];
  readonly leftBehind: readonly LeftBehind[];
  /** Were on the primary before, and are nowhere now. */
  readonly gone: readonly { readonly name: string; readonly before: number }[];
}

export interface LeftBehind {
  readonly name: string;
  readonly address: string;
  readonly library: string;
  /** The old primary, on which it is. */
  readonly node: NodeName;
  /** How long it was seen there since somebody else leads. */
  readonly forMs: number;
  /** False: it was gone from there when the watch, or the next episode, came. */
  readonly still: boolean;
}
