// A journal of a watch → what it has seen. There is no fault whose clock could be used: that of an episode begins with its first
// sign, be it an outage or something that a server said. What is brief and stands by itself is no episode.
import type { Journal } from '../../core/journal.ts';
import type { Episode, SeenOutage, Watched, WatchedPhase } from '../../core/watched.ts';
import type { Span } from '../operations.ts';
import { phasesOfGaps, toldIn } from '../phases.ts';
import { wholeRun } from '../windows.ts';
import { movedIn } from './census.ts';
import { type Outages, signsIn, type WorkloadGap } from './episodes.ts';
import { isrIn } from './replicas.ts';

/** Somebody else leads: Sentinel's and the nodes' own words, and Kafka's. */
export const LEADS = /^(\+switch-master|promoted|\+leader|\+controller)$/;

/** Undefined when the run did more than watch, or did not come to it. */
export function watchedIn(journal: Journal): Watched | undefined {
  const terms = journal.run.watch;
  if (terms === undefined) return undefined;
  const { fromMs, toMs } = wholeRun(journal);
  const watch = { fromMs, toMs };
  const signs = signsIn(journal, watch);
  const untilMs = (at: number): number => signs.episodes[at + 1]?.fromMs ?? toMs;
  return {
    ...watch,
    writes: terms.writes,
    begunBefore: failureBefore(fromMs, journal),
    episodes: signs.episodes.map((each, at) => ({
      ...episodeOf(each, journal, untilMs(at)),
      isr: isrIn(journal, watch, { ...each, toMs: untilMs(at) }),
    })),
    stutters: outagesOf(signs.stutters),
  };
}

/** A failure, and not what servers say of themselves when somebody begins to listen. */
const FAILURE = /^(\+sdown|\+odown|\+try-failover|\+switch-master|-broker)$/;

function failureBefore(fromMs: number, { events }: Journal): readonly WatchedPhase[] {
  const first = new Map<string, WatchedPhase>();
  for (const event of events) {
    if (event.type !== 'mark' || event.atMs >= fromMs || !FAILURE.test(event.mark) || first.has(event.mark)) continue;
    first.set(event.mark, { name: event.mark, atMs: event.atMs, detail: event.detail });
  }
  return [...first.values()];
}

function episodeOf(signs: Outages & Span, journal: Journal, untilMs: number): Omit<Episode, 'isr'> {
  const { fromMs, toMs } = signs;
  const told = toldIn(journal, { fromMs, toMs });
  const moved = movedIn(journal, { fromMs, toMs }, untilMs);
  const isFailover = moved.length > 0 || told.some(({ name }) => LEADS.test(name));
  return {
    kind: isFailover ? 'failover' : 'disturbance',
    fromMs,
    toMs,
    begunBy: told[0],
    moves: [...moved.map(({ from, to, atMs }) => ({ from, to, atMs })), ...leadersMovedIn(journal, signs)],
    outages: outagesOf(signs),
    phases: [...told, ...clientPhases(signs, journal)].sort((a, b) => a.atMs - b.atMs),
    clients: moved.findLast(({ clients }) => clients !== undefined)?.clients,
  };
}

function outagesOf({ gaps, deviations }: Outages): readonly SeenOutage[] {
  const seen: SeenOutage[] = [
    ...gaps.map(({ workload, unit, fromMs, toMs, lowMs, highMs }) => {
      return { by: workload, from: 'workload' as const, what: unit, fromMs, toMs, lowMs, highMs };
    }),
    ...deviations.map(({ probe, what, fromMs, toMs, lowMs, highMs }) => {
      return { by: probe, from: 'probe' as const, what, fromMs, toMs, lowMs, highMs };
    }),
  ];
  return seen.sort((a, b) => a.fromMs - b.fromMs);
}

function clientPhases({ gaps }: Outages, journal: Journal): readonly WatchedPhase[] {
  const byWorkload = Map.groupBy(gaps, ({ workload }) => workload);
  return [...byWorkload].flatMap(([workload, own]) => phasesOfGaps(workload, longestOfEach(own), journal));
}

/** A busy machine makes short ones of its own. */
function longestOfEach(gaps: readonly WorkloadGap[]): readonly WorkloadGap[] {
  const length = ({ highMs = Number.POSITIVE_INFINITY }: WorkloadGap): number => highMs;
  return [...Map.groupBy(gaps, ({ unit }) => unit).values()].map((own) =>
    own.reduce((longest, gap) => (length(gap) > length(longest) ? gap : longest)),
  );
}

/** Of Kafka's partitions, each pair of brokers once: `broker-2 orders/0 (epoch 5, was broker-1)`. */
function leadersMovedIn({ events }: Journal, { fromMs, toMs }: Span): Episode['moves'] {
  const moves = new Map<string, Episode['moves'][number]>();
  for (const event of events) {
    if (event.type !== 'mark' || event.mark !== '+leader' || event.atMs < fromMs || event.atMs > toMs) continue;
    const [to = ''] = event.detail.split(' ');
    for (const [, from = ''] of event.detail.matchAll(/\(epoch \d+, was (\S+)\)/g)) {
      const key = `${from} ${to}`;
      if (from !== to && !moves.has(key)) moves.set(key, { from, to, atMs: event.atMs });
    }
  }
  return [...moves.values()];
}
