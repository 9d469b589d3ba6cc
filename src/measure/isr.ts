// When replicas fell out of step and were back, as kafka.replication told it. Pure.
import type { Journal } from '../core/journal.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { IsrTimes } from '../core/report.ts';
import { faultTimes } from './faults.ts';

/** One reading: it shows what was so at a moment between the two. */
export interface IsrReading {
  readonly startedMs: number;
  readonly atMs: number;
  /** Partition → replicas that its ISR lacks, by broker number; empty = every ISR is its replica set. */
  readonly missing: ReadonlyMap<string, readonly number[]>;
}

/** It happened after the first and by the second. */
export interface IsrMoment {
  readonly notBeforeMs: number;
  readonly byMs: number;
}

export interface IsrStory {
  /** Undefined = no ISR was seen to lack a replica. */
  readonly shrunk: IsrMoment | undefined;
  /** When the last of them was whole, to stay so until the end of the readings; undefined = one was not. */
  readonly recovered: IsrMoment | undefined;
  /** The last reading in which a replica was missing. */
  readonly last: IsrReading | undefined;
}

/** In order of time. Readings that failed are gaps and not among them, nor are those of another kind of probe. */
export function isrReadings({ events }: Pick<Journal, 'events'>, probe: string): readonly IsrReading[] {
  return events.flatMap((event) => {
    if (event.type !== 'probe' || event.probe !== probe) return [];
    const missing = missingIn(event.value);
    return missing === undefined ? [] : [{ startedMs: event.startedMs, atMs: event.atMs, missing }];
  });
}

/** Of all that is given, whatever gaps it has: how far apart the bounds lie tells. */
export function isrStory(readings: readonly IsrReading[]): IsrStory {
  const isShort = ({ missing }: IsrReading): boolean => missing.size > 0;
  const first = readings.findIndex(isShort);
  const final = readings.findLastIndex(isShort);
  const [shrunk, last, whole] = [readings[first], readings[final], readings[final + 1]];
  if (shrunk === undefined || last === undefined) return { shrunk: undefined, recovered: undefined, last: undefined };
  return {
    shrunk: { notBeforeMs: readings[first - 1]?.startedMs ?? shrunk.startedMs, byMs: shrunk.atMs },
    recovered: whole === undefined ? undefined : { notBeforeMs: last.startedMs, byMs: whole.atMs },
    last,
  };
}

/** For the result: from the first fault on, of the first probe that tells of replicas. Undefined when none was missing. */
export function isrTimes(journal: Pick<Journal, 'events'>): IsrTimes | undefined {
  const fromMs = faultTimes(journal.events)[0]?.calledMs;
  const probe = journal.events.find((event) => event.type === 'probe' && missingIn(event.value) !== undefined);
  if (fromMs === undefined || probe?.type !== 'probe') return undefined;
  const { shrunk, recovered } = isrStory(isrReadings(journal, probe.probe).filter(({ atMs }) => atMs >= fromMs));
  return shrunk && { shrunkAtMs: shrunk.byMs, recoveredAtMs: recovered?.byMs };
}

/** `orders/0 without broker 1`, and how many more. */
export function describeMissing(missing: IsrReading['missing']): string {
  const [first] = missing;
  if (first === undefined) return 'every ISR is whole';
  const [unit, brokers] = first;
  const who = `${unit} without ${brokers.length === 1 ? 'broker' : 'brokers'} ${brokers.join(', ')}`;
  return missing.size === 1 ? who : `${who}, and ${missing.size - 1} more`;
}

function missingIn(value: Json | undefined): ReadonlyMap<string, readonly number[]> | undefined {
  const notWhole = isJsonObject(value) ? value['notWhole'] : undefined;
  if (!isJsonObject(notWhole)) return undefined;
  return new Map(
    Object.entries(notWhole).map(([unit, partition]) => {
      const brokers = isJsonObject(partition) ? partition['missing'] : undefined;
      return [unit, Array.isArray(brokers) ? brokers.filter((broker) => typeof broker === 'number') : []];
    }),
  );
}
