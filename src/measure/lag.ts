// How a group fell behind and caught up, as kafka.lag told it. Pure.
import type { Journal } from '../core/journal.ts';

/** One reading: it shows what was so at a moment between the two. */
export interface LagReading {
  readonly startedMs: number;
  readonly atMs: number;
  /** Undefined while the leader of some partition did not answer: it is known to be `atLeast` then. */
  readonly records: number | undefined;
  readonly atLeast: number;
  /** As `records`, where it is known. Else what the next answer of the leader allows; undefined when it gave none. */
  readonly atMost: number | undefined;
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
  const readings: LagReading[] = [];
  const endsLater = new Map<string, number>();
  for (const event of events.toReversed()) {
    if (event.type !== 'probe' || event.probe !== probe) continue;
    const { startedMs, atMs, value } = event;
    if (!isLag(value)) continue;
    const { records, ms, atLeast, partitions } = value;
    const known = typeof records === 'number' ? records : undefined;
    readings.push({
      startedMs,
      atMs,
      atLeast,
      records: known,
      atMost: known ?? mostOf(partitions ?? {}, endsLater),
      ageMs: typeof ms === 'number' ? ms : undefined,
    });
    for (const [unit, { end }] of Object.entries(partitions ?? {})) if (end !== null) endsLater.set(unit, end);
  }
  return readings.reverse();
}

/** What kafka.lag reads, as far as it is needed here. */
interface LagValue {
  readonly records?: number | null;
  readonly ms?: number | null;
  readonly atLeast: number;
  readonly partitions?: Readonly<Record<string, PartitionLag>>;
}

interface PartitionLag {
  readonly records: number | null;
  readonly committed: number | null;
  readonly end: number | null;
}

function isLag(value: unknown): value is LagValue {
  return typeof value === 'object' && value !== null && 'atLeast' in value && typeof value.atLeast === 'number';
}

/** A high watermark never falls: until the leader answers again, the log was no longer than it says then. */
function mostOf(
  partitions: NonNullable<LagValue['partitions']>,
  endsLater: ReadonlyMap<string, number>,
): number | undefined {
  let sum = 0;
  for (const [unit, { records, committed }] of Object.entries(partitions)) {
    const endLater = endsLater.get(unit);
    if (records !== null) sum += records;
    else if (committed === null || endLater === undefined) return undefined;
    else sum += Math.max(0, endLater - committed);
  }
  return Object.keys(partitions).length === 0 ? undefined : sum;
}

/** True or false as far as it is known; undefined where it is not. */
export function isWithin({ atLeast, atMost, ageMs }: LagReading, limit: LagLimit): boolean | undefined {
  const over =
    (limit.records !== undefined && atLeast > limit.records) ||
    (limit.ageMs !== undefined && ageMs !== undefined && ageMs > limit.ageMs);
  if (over) return false;
  const known =
    (limit.records === undefined || (atMost !== undefined && atMost <= limit.records)) &&
    (limit.ageMs === undefined || ageMs !== undefined);
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
