import { formatMs } from './units.ts';

/** passed, failed, or nothing was proved. */
export type Verdict = 'passed' | 'failed' | 'inconclusive';

const rank: Readonly<Record<Verdict, number>> = { passed: 0, inconclusive: 1, failed: 2 };

/** The verdict of several: a failed one is never hidden by an inconclusive one. Of none: inconclusive. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'inconclusive';
  return verdicts.reduce((a, b) => (rank[b] > rank[a] ? b : a));
}

/** An interval that a measured number lies in, in milliseconds. `highMs` undefined = it never ended. */
export interface Bounds {
  readonly lowMs: number;
  readonly highMs: number | undefined;
}

/** Judges a measured interval against "at most": between low and high, nothing was proved. */
export function judgeAtMost(measured: Bounds, limitMs: number): Verdict {
  if (measured.highMs !== undefined && measured.highMs <= limitMs) return 'passed';
  return measured.lowMs > limitMs ? 'failed' : 'inconclusive';
}

/** What the system is expected to take for a failure, from its live settings. */
export interface Band {
  readonly lowMs: number;
  readonly highMs: number;
  /** The formula in words, with its source. */
  readonly formula: string;
  readonly inputs: Readonly<Record<string, number | string>>;
  /** Stated allowance for propagation and measuring, added to `highMs` by whoever judges. */
  readonly allowanceMs: number;
}

/** `6.24 s to 6.27 s`; one number where both bounds read the same. */
export function formatBounds({ lowMs, highMs }: Bounds): string {
  if (highMs === undefined) return `more than ${formatMs(lowMs)}`;
  const [low, high] = [formatMs(lowMs), formatMs(highMs)];
  return low === high ? low : `${low} to ${high}`;
}

export const WITHIN_ERROR = 'the limit lies within the error of the measurement';
