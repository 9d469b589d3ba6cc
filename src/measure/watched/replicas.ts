// When replicas were out of step while a cluster was watched, as kafka.replication told it. Those that were so before are
// nobody's doing.
import type { Journal } from '../../core/journal.ts';
import type { SeenIsr } from '../../core/watched.ts';
import { describeMissing, type IsrReading, isrReadings, isrStory } from '../isr.ts';
import type { Span } from '../operations.ts';

/** While an ISR lacks a replica that it had when the watch began, what has happened is not over. */
export function shortSpansIn(journal: Journal, watch: Span): readonly Span[] {
  return probesOf(journal).flatMap((probe) => {
    const spans: Span[] = [];
    let open: Span | undefined;
    for (const { atMs, missing } of readingsOf(probe, journal, watch)) {
      if (missing.size > 0) open = { fromMs: open?.fromMs ?? atMs, toMs: atMs };
      else if (open !== undefined) {
        spans.push({ ...open, toMs: atMs });
        open = undefined;
      }
    }
    return open === undefined ? spans : [...spans, { ...open, toMs: watch.toMs }];
  });
}

/** In an episode, by the first probe that saw it. Undefined = every ISR was whole all the time, or nothing tells. */
export function isrIn(journal: Journal, watch: Span, { fromMs, toMs }: Span): SeenIsr | undefined {
  for (const probe of probesOf(journal)) {
    const readings = readingsOf(probe, journal, watch).filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    const { shrunk, recovered, last } = isrStory(readings);
    if (shrunk === undefined || last === undefined) continue;
    return { shrunkAtMs: shrunk.byMs, recoveredAtMs: recovered?.byMs, last: describeMissing(last.missing) };
  }
  return undefined;
}

function probesOf({ run }: Journal): readonly string[] {
  return run.drill.steadyStateHypothesis.probes.map(({ name }) => name);
}

function readingsOf(probe: string, journal: Journal, { fromMs, toMs }: Span): readonly IsrReading[] {
  const all = isrReadings(journal, probe).filter(({ atMs }) => atMs <= toMs);
  const before = (all.findLast(({ atMs }) => atMs < fromMs) ?? all[0])?.missing;
  return all
    .filter(({ atMs }) => atMs >= fromMs)
    .map((reading) => ({ ...reading, missing: new Map([...reading.missing].filter(([unit]) => !before?.has(unit))) }));
}
