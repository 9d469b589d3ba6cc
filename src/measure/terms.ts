// What healthy means for one unit, learnt before the first fault: all that its outages are measured with.
import { percentile } from './operations.ts';

export interface OutageTerms {
  /** From here on it matters how regularly the client sends: while it starts, it does not. */
  readonly sinceMs: number;
  /** Between two operations of the unit, as planned. */
  readonly spacingMs: number;
  /** 99th percentile of a healthy acknowledgement that the client was awake for. */
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
  /** Latencies of acknowledgements, sorted. */
  readonly all: Float64Array;
  /** Those of them that came while the client was awake. */
  readonly awake: Float64Array;
  /** For a latency, when there is none to learn from. */
  readonly unknownMs: number;
}

const MOST_MARGIN_MS = 5;

/**
 * `lateMs` is more than the p99, because one healthy operation in a hundred is slower than that and would move a bound past
 * the truth: twice as much, and at most 5 ms more, because it is as much wider that bounds get. What the client itself
 * slept through says nothing of how fast the server is, but does say how long a silence is usual here.
 */
export function outageTerms({ sinceMs, spacingMs, all, awake, unknownMs }: Healthy): OutageTerms {
  const usualMs = percentile(all, 0.99) ?? unknownMs;
  const p99Ms = percentile(awake, 0.99) ?? usualMs;
  const lateMs = p99Ms + Math.min(p99Ms, MOST_MARGIN_MS);
  return { sinceMs, spacingMs, p99Ms, lateMs, silenceMs: Math.max(5 * spacingMs, 3 * usualMs, lateMs + spacingMs) };
}

/**
 * An outage in which everything only hung is not seen below this; one that refuses is, from one spacing on.
 * `unaskedMs`: how much longer than a spacing nothing was asked.
 */
export function detectionFloorMs({ silenceMs, lateMs }: OutageTerms, unaskedMs: number): number {
  return silenceMs + lateMs + unaskedMs;
}
