// What belongs together in a watch, and what stands by itself.
import type { Journal } from '../../core/journal.ts';
import type { Span } from '../operations.ts';
import type { Gap } from '../outages.ts';
import { serviceOf } from '../service.ts';
import { movedIn } from './census.ts';
import { type Deviation, deviationsIn } from './deviations.ts';
import { shortSpansIn } from './replicas.ts';

export interface WorkloadGap extends Gap {
  readonly workload: string;
  readonly unit: string;
}

/** How long somebody was without service, as workloads and as probes saw it. */
export interface Outages {
  readonly gaps: readonly WorkloadGap[];
  readonly deviations: readonly Deviation[];
}

export interface Signs {
  /** In order of time. */
  readonly episodes: readonly (Outages & Span)[];
  /** Brief ones that belong to none of them. */
  readonly stutters: Outages;
}

/**
 * What comes this long after all else was quiet is another story. Sentinels make a replica of an old primary some 10 s after
 * the failover is over.
 */
const QUIET_MS = 15_000;
/** Busy machines and networks make shorter outages by themselves, any number of them: they do not hang together. */
const BRIEF_MS = 1000;
/** A brief one that is this near to an episode is part of it: clients may see a failover before servers speak of it. */
const BESIDE_MS = 2000;

/**
 * An episode is made by what servers say, by who leads, by replicas that are missing, and by outages that last. A gap that may as well have been none
 * counts where something else says that there was one.
 */
export function signsIn(journal: Journal, watch: Span): Signs {
  const all: Outages = { gaps: gapsIn(journal, watch), deviations: deviationsIn(journal, watch) };
  const certain: Outages = { ...all, gaps: all.gaps.filter(({ lowMs, toMs }) => lowMs > 0 || toMs === undefined) };
  const outages = [...certain.gaps, ...certain.deviations];
  const brief = outages.filter(isBrief).map((each) => spanOf(each, watch));
  const lasting = outages.filter((each) => !isBrief(each)).map((each) => spanOf(each, watch));
  const spans = merged([...saidIn(journal, watch), ...shortSpansIn(journal, watch), ...lasting]).map((span) =>
    withBeside(span, brief),
  );
  return {
    episodes: spans.map((span) => ({ ...span, ...only(all, (each) => overlap(spanOf(each, watch), span)) })),
    stutters: only(certain, (each) => !spans.some((span) => overlap(spanOf(each, watch), span))),
  };
}

function isBrief({ highMs }: { readonly highMs: number | undefined }): boolean {
  return highMs !== undefined && highMs < BRIEF_MS;
}

/** When a server said something, or a census saw somebody else lead. */
function saidIn(journal: Journal, watch: Span): readonly Span[] {
  const marks = journal.events.filter(
    (event) => event.type === 'mark' && event.atMs >= watch.fromMs && event.atMs <= watch.toMs,
  );
  return [...marks, ...movedIn(journal, watch, watch.toMs)].map(({ atMs }) => ({ fromMs: atMs, toMs: atMs }));
}

function withBeside(span: Span, brief: readonly Span[]): Span {
  const wide = { fromMs: span.fromMs - BESIDE_MS, toMs: span.toMs + BESIDE_MS };
  const own = [span, ...brief.filter((each) => overlap(each, wide))];
  return { fromMs: Math.min(...own.map(({ fromMs }) => fromMs)), toMs: Math.max(...own.map(({ toMs }) => toMs)) };
}

function only({ gaps, deviations }: Outages, wanted: (each: WorkloadGap | Deviation) => boolean): Outages {
  return { gaps: gaps.filter(wanted), deviations: deviations.filter(wanted) };
}

function overlap(one: Span, other: Span): boolean {
  return one.fromMs <= other.toMs && one.toMs >= other.fromMs;
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
