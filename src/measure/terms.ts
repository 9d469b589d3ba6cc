// What healthy means for one unit, learnt before the first fault: all that its outages are measured with.
import { percentile } from './operations.ts';

export interface OutageTerms {
  /** From here on it matters how regularly the client sends: while it starts, it does not. */
  readonly sinceMs: number;
  /** Between two operations of the unit, as planned. */
  readonly spacingMs: number;
  /** 99th percentile of a healthy acknowledgement. */
  readonly p99Ms: number;
  /** An operation without an answer after this was not served when it arrived. */
  readonly lateMs: number;
  /** A longer silence between two acknowledgements is an outage, when something was asked in it. */
  readonly silenceMs: number;
}

export interface Healthy {
  /** Since when the latencies are of a client that has started. */
  readonly sinceMs: number;
  readonly spacingMs: number;
  /** For a latency, when there is none to learn from. */
  readonly unknownMs: number;
}

/** Fewer healthy operations than this say too little of the slowest one. */
const ENOUGH = 200;
const LEAST_STEP_MS = 10;

/**
 * From the sorted latencies of healthy acknowledgements. `lateMs` is more than their p99, because one healthy operation in
 * a hundred is slower than that, and would move a bound past the truth. It is twice the slowest of them, and no more than
 * the p99 of the operation after it: that both were slow by themselves is one chance in ten thousand.
 */
export function outageTerms(healthy: Float64Array, { sinceMs, spacingMs, unknownMs }: Healthy): OutageTerms {
  const p99Ms = percentile(healthy, 0.99) ?? unknownMs;
  const twiceSlowestMs = healthy.length < ENOUGH ? Number.POSITIVE_INFINITY : 2 * (healthy.at(-1) ?? unknownMs);
  const lateMs = Math.min(twiceSlowestMs, p99Ms + Math.max(spacingMs, LEAST_STEP_MS));
  return { sinceMs, spacingMs, p99Ms, lateMs, silenceMs: Math.max(5 * spacingMs, 3 * p99Ms, lateMs + spacingMs) };
}

/**
 * An outage in which everything only hung is not seen below this; one that refuses is, from one spacing on.
 * `unaskedMs`: how much longer than a spacing nothing was asked.
 */
export function detectionFloorMs({ silenceMs, lateMs }: OutageTerms, unaskedMs: number): number {
  return silenceMs + lateMs + unaskedMs;
}
