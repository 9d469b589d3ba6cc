/**
 * The one clock of a run: CLOCK_MONOTONIC through `process.hrtime.bigint()`, which has the same origin in every
 * worker and process of a machine (`performance.now()` has one per worker). The wall clock is for people.
 */
export interface Clock {
  /** The run's start, in nanoseconds of CLOCK_MONOTONIC. Another process measures against it. */
  readonly originNs: bigint;
  /** Milliseconds since the run's start, with microsecond digits. */
  nowMs(): number;
}

/** A clock that counts from `originNs`, or from now. */
export function createClock(originNs: bigint = process.hrtime.bigint()): Clock {
  return { originNs, nowMs: () => Number((process.hrtime.bigint() - originNs) / 1000n) / 1000 };
}
