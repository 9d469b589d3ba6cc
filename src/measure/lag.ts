// How a group fell behind and caught up, as kafka.lag told it. Pure.
import type { Journal } from '../core/journal.ts';
import { isJsonObject, type Json } from '../core/json.ts';

/** One reading: it shows what was so at a moment between the two. */
export interface LagReading {
  readonly startedMs: number;
  readonly atMs: number;
  /** Undefined while the leader of some partition did not answer: it is known to be `atLeast` then. */
  readonly records: number | undefined;
  readonly atLeast: number;
  /** Age of the oldest record that was not committed; undefined as long as that is not known. */
  readonly ageMs: number | undefined;
}

export interface LagLimit {
  readonly records: number | undefined;
  readonly ageMs: number | undefined;
}

export interface LagCourse {
  readonly peak: LagReading;
  /** The last reading that was over the limit; undefined = none was. */
  readonly lastOver: LagReading | undefined;
  /** The first of those within the limit that go on to the end; undefined = it was not within it at the end. */
  readonly firstWithin: LagReading | undefined;
  readonly last: LagReading;
  /** From the peak until it was within the limit; negative while it caught up. Undefined where there is nothing between. */
  readonly recordsPerSecond: number | undefined;
}

/** In order of time. Readings that failed are gaps and not among them, nor are those of another kind of probe. */
export function lagReadings({ events }: Pick<Journal, 'events'>, probe: string): readonly LagReading[] {
  return events.flatMap((event) => {
    if (event.type !== 'probe' || event.probe !== probe) return [];
    const lag = lagIn(event.value);
    return lag === undefined ? [] : [{ startedMs: event.startedMs, atMs: event.atMs, ...lag }];
  });
}

function lagIn(value: Json | undefined): Pick<LagReading, 'records' | 'atLeast' | 'ageMs'> | undefined {
  if (!isJsonObject(value) || typeof value['atLeast'] !== 'number') return undefined;
  const { records, ms, atLeast } = value as { records?: Json; ms?: Json; atLeast: number };
  return {
    atLeast,
    records: typeof records === 'number' ? records : undefined,
    ageMs: typeof ms === 'number' ? ms : undefined,
  };
}

/** True or false as far as it is known; undefined where it is not. */
export function isWithin({ records, atLeast, ageMs }: LagReading, limit: LagLimit): boolean | undefined {
  const over =
    (limit.records !== undefined && atLeast > limit.records) ||
    (limit.ageMs !== undefined && ageMs !== undefined && ageMs > limit.ageMs);
  if (over) return false;
  const known =
    (limit.records === undefined || records !== undefined) && (limit.ageMs === undefined || ageMs !== undefined);
  return known ? true : undefined;
}

/** Undefined of no readings. A stretch that is not known, or in which nothing was read, is none within the limit. */
export function lagCourse(readings: readonly LagReading[], limit: LagLimit, gapMs: number): LagCourse | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const peak = readings.reduce((a, b) => (b.atLeast > a.atLeast ? b : a), first);
  const lastOver = readings.findLast((each) => isWithin(each, limit) === false);
  let begin = readings.findLastIndex((each) => isWithin(each, limit) !== true) + 1;
  for (let at = readings.length - 1; at > begin; at--) {
    if ((readings[at]?.startedMs ?? 0) - (readings[at - 1]?.startedMs ?? 0) > gapMs) {
      begin = at;
      break;
    }
  }
  const firstWithin = readings[begin];
  return { peak, lastOver, firstWithin, last, recordsPerSecond: slope(peak, firstWithin ?? last) };
}

function slope(from: LagReading, to: LagReading): number | undefined {
  const seconds = (to.atMs - from.atMs) / 1000;
  return seconds <= 0 ? undefined : (to.atLeast - from.atLeast) / seconds;
}
