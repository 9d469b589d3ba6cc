// What belongs together in a watch: signs without a long quiet between them.
import type { Journal } from '../../core/journal.ts';
import type { Span } from '../operations.ts';
import type { Gap } from '../outages.ts';
import { serviceOf } from '../service.ts';
import { type Deviation, deviationsIn } from './deviations.ts';

export interface WorkloadGap extends Gap {
  readonly workload: string;
  readonly unit: string;
}

export interface Signs extends Span {
  readonly gaps: readonly WorkloadGap[];
  readonly deviations: readonly Deviation[];
}

/**
 * What comes this long after all else was quiet is another story. Sentinels make a replica of an old primary some 10 s after
 * the failover is over.
 */
const QUIET_MS = 15_000;

/** In order of time. A gap that may as well have been none counts where something else says that there was one. */
export function episodesIn(journal: Journal, watch: Span): readonly Signs[] {
  const gaps = gapsIn(journal, watch);
  const deviations = deviationsIn(journal, watch);
  const marks = journal.events
    .filter((event) => event.type === 'mark' && event.atMs >= watch.fromMs && event.atMs <= watch.toMs)
    .map(({ atMs }) => ({ fromMs: atMs, toMs: atMs }));
  const certain = gaps.filter(({ lowMs, toMs }) => lowMs > 0 || toMs === undefined);
  const spans = merged([...marks, ...[...certain, ...deviations].map((each) => spanOf(each, watch))]);
  return spans.map((span) => {
    const within = (each: { readonly fromMs: number; readonly toMs: number | undefined }): boolean =>
      each.fromMs <= span.toMs && (each.toMs ?? watch.toMs) >= span.fromMs;
    return { ...span, gaps: gaps.filter(within), deviations: deviations.filter(within) };
  });
}

function spanOf({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number | undefined }, watch: Span): Span {
  return { fromMs: Math.max(fromMs, watch.fromMs), toMs: toMs ?? watch.toMs };
}

function gapsIn(journal: Journal, watch: Span): readonly WorkloadGap[] {
  return Object.keys(journal.ops).flatMap((workload) =>
    (serviceOf(workload, journal) ?? []).flatMap(({ unit, gaps }) =>
      gaps
        .filter(({ fromMs, toMs }) => (toMs ?? watch.toMs) >= watch.fromMs && fromMs <= watch.toMs)
        .map((gap) => ({ ...gap, workload, unit })),
    ),
  );
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last === undefined || span.fromMs - last.toMs > QUIET_MS) result.push(span);
    else result[result.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
  }
  return result;
}
