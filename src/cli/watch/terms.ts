// When a watch ends: what its command line says of it.
import { DrillError } from '../../core/error.ts';
import { parseDurationMs } from '../../core/units.ts';

export interface Terms {
  readonly forMs: number;
  /** For how long it has to be over; undefined = it is not waited for. */
  readonly untilFailover: number | undefined;
}

export interface TermOptions {
  readonly for?: string;
  readonly until?: string;
  readonly settled: string;
}

/** As long as a timer can wait: until somebody ends it. */
export const FOR_EVER_MS = 24 * 24 * 3_600_000;
/** In less nothing is seen: probes read five times a second, and what is over has to have been quiet for a moment. */
const LEAST_MS = 1000;

/** Throws USAGE for what is no duration, or none that a watch can have. */
export function readTerms({ for: duration, until, settled }: TermOptions): Terms {
  if (until !== undefined && until !== 'failover')
    throw new DrillError('USAGE', `--until wants "failover", not "${until}"`);
  return {
    forMs: duration === undefined ? FOR_EVER_MS : readDuration('--for', duration),
    untilFailover: until === undefined ? undefined : readDuration('--settled', settled),
  };
}

function readDuration(option: string, text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms >= LEAST_MS && ms <= FOR_EVER_MS) return ms;
  throw new DrillError('USAGE', `${option} wants a duration from 1s to 24d, such as 10m or 90s, not "${text}"`);
}
