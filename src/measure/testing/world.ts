// What a simulated world is made of: a service that is out in ways and at times that are known, and clients that ask it.

/** How a service is out, or not well. */
export type Way =
  | 'refuse' // a dead process: what is under way ends, and everything new is refused at once
  | 'drop' // cut off: what arrives is gone, and so are answers under way; the client waits for its deadline
  | 'hold' // stopped: what arrives waits, and is answered at the end if anybody still waits for it
  | 'cutHold' // cut off by something that keeps what it gets: requests and answers arrive at the end
  | 'reject'; // answers no, after a while

export interface Out {
  readonly fromMs: number;
  /** Infinity: it never comes back. */
  readonly toMs: number;
  readonly way: Way;
  /** How long a `reject` takes. */
  readonly afterMs: number;
}

export interface Slow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly extraMs: number;
}

/** One service, which is out by itself. */
export interface UnitWorld {
  /** In order, apart from each other. */
  readonly outs: readonly Out[];
  readonly slow: readonly Slow[];
}

export interface Latency {
  readonly oneWayMs: number;
  /** On top of it, each way: evenly distributed up to this. */
  readonly jitterMs: number;
  /** Share of operations that are slow for no reason, by up to so much. */
  readonly stragglers: number;
  readonly stragglerMs: number;
  /** Share of operations that get lost for no reason. */
  readonly lost: number;
}

/**
 * How a client connects. `each`: as if every operation had a connection of its own. `failFast`: one for all, which breaks
 * with an operation, and while there is none operations fail at once. `queue`: they wait for the next one.
 */
export type Connecting =
  | { readonly how: 'each' }
  | { readonly how: 'failFast' | 'queue'; readonly leastBackoffMs: number; readonly mostBackoffMs: number };

export interface World {
  readonly seed: number;
  readonly units: readonly UnitWorld[];
  readonly spacingMs: number;
  readonly deadlineMs: number;
  readonly inFlight: number;
  /** Nothing is due any more. */
  readonly endMs: number;
  readonly latency: Latency;
  readonly connecting: Connecting;
  /** Spells in which the client itself does nothing: neither sends nor reads. */
  readonly sleeps: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Nothing is due in here: a workload that was paused. */
  readonly paused: readonly { readonly fromMs: number; readonly toMs: number }[];
}
