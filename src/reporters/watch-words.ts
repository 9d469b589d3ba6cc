// What a watch has seen, in the words of all reporters: a label and a text for each thing that is to be said of an episode.
import type { ClientsAfter, Episode, LeftBehind, Report, SeenOutage, Watched } from '../core/report.ts';
import { formatCount, formatMs } from '../core/units.ts';
import { formatInterval, plural } from './words.ts';

export interface Said {
  readonly label: string;
  /** A line for each. */
  readonly lines: readonly string[];
}

export const WATCHED = 'WATCHED';

/** `1 failover, 1 disturbance and 2 stutters in 5 m 3 s`, `nothing happened but 3 stutters in 10 m 0 s`. */
export function watchedWords({ fromMs, toMs, episodes, stutters }: Watched): string {
  const count = (kind: Episode['kind']): number => episodes.filter((episode) => episode.kind === kind).length;
  const happened = (['failover', 'disturbance'] as const).flatMap((kind) =>
    count(kind) === 0 ? [] : [plural(count(kind), kind)],
  );
  const brief = stutters.length === 0 ? [] : [plural(momentsOf(stutters), 'stutter')];
  const nothing = ['nothing happened', ...brief].join(' but ');
  const what = happened.length === 0 ? nothing : listed([...happened, ...brief]);
  return `${what} in ${formatMs(toMs - fromMs)}`;
}

function listed(parts: readonly string[]): string {
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter((part) => part !== '').join(' and ');
}

/** What several saw at once is one. */
function momentsOf(outages: readonly SeenOutage[]): number {
  let [moments, untilMs] = [0, Number.NEGATIVE_INFINITY];
  for (const { fromMs, toMs } of outages) {
    if (fromMs > untilMs) moments++;
    untilMs = Math.max(untilMs, toMs ?? fromMs);
  }
  return moments;
}

/** Of what is no episode: how often, and the longest, with when that was. */
export function stutterWords({ stutters, fromMs }: Watched, report: Report): readonly string[] {
  if (stutters.length === 0) return [];
  const when = (worst: SeenOutage): string => `, ${formatMs(Math.max(0, worst.fromMs - fromMs))} into the watch`;
  return [
    ...outageLines(stutters, report, when),
    'each is shorter than a second and stands by itself: no server said anything near it',
  ];
}

/** What has to be known to read the rest: nothing was written, or it came too late. */
export function cautions({ writes, begunBefore }: Watched): readonly string[] {
  const [first] = begunBefore;
  return [
    ...(writes
      ? []
      : ['nothing was written: outages are what probes saw, and none that is shorter than their interval']),
    ...(first === undefined
      ? []
      : [
          `it had begun before that (${begunBefore.map(({ name }) => name).join(', ')}), while what is healthy was learnt: ` +
            'outages below begin too late, or are missing; watch first, and then act',
        ]),
  ];
}

const MOST_MOVES = 4;

/** `FAILOVER, 12.30 s after it began to watch: redis-1 led, and redis-3 does`. */
export function episodeTitle({ kind, fromMs, moves }: Episode, watched: Watched): string {
  const when = `${formatMs(Math.max(0, fromMs - watched.fromMs))} after it began to watch`;
  const told = moves.slice(0, MOST_MOVES).map(({ from, to }) => `${from} led, and ${to} does`);
  const who = [...told, ...(moves.length > MOST_MOVES ? [`${moves.length - MOST_MOVES} more`] : [])].join('; then ');
  return `${kind.toUpperCase()}, ${when}${who === '' ? '' : `: ${who}`}`;
}

export function episodeWords(episode: Episode, report: Report): readonly Said[] {
  const { clients, kind, begunBy } = episode;
  return [
    {
      label: 'first sign',
      lines: kind === 'failover' || begunBy === undefined ? [] : [`${begunBy.name}, ${begunBy.detail}`],
    },
    { label: 'outage', lines: outageLines(episode.outages, report) },
    { label: 'phases', lines: [phaseLine(episode)] },
    { label: 'replicas', lines: isrLines(episode) },
    ...(clients === undefined ? [] : clientWords(clients)),
  ].filter(({ lines }) => lines.some((line) => line !== ''));
}

/** The worst unit of each workload, and the longest of each probe. */
function outageLines(
  outages: readonly SeenOutage[],
  report: Report,
  when: (worst: SeenOutage) => string = () => '',
): readonly string[] {
  const length = ({ highMs }: SeenOutage): number => highMs ?? Number.POSITIVE_INFINITY;
  return [...Map.groupBy(outages, ({ by }) => by)].map(([by, own]) => {
    const [worst] = own.toSorted((a, b) => length(b) - length(a));
    const more = own.length > 1 ? `, the longest of ${own.length}` : '';
    if (worst === undefined) return '';
    const client = report.measured[by]?.client;
    const who = client === undefined ? by : `${by} (${client})`;
    const why = worst.from === 'probe' ? `, ${worst.what}` : '';
    return `${who}: ${lengthWords(worst)}${more}${when(worst)}${why}`;
  });
}

function lengthWords({ lowMs, highMs }: SeenOutage): string {
  return highMs === undefined ? `not over after ${formatMs(lowMs)}` : formatInterval(lowMs, highMs);
}

function phaseLine({ phases, fromMs }: Episode): string {
  const first = new Map<string, number>();
  for (const { name, atMs } of phases) if (!first.has(name)) first.set(name, Math.max(0, atMs - fromMs));
  return [...first].map(([name, afterMs]) => `${name} ${formatMs(afterMs)}`).join(' · ');
}

/** On the clock of the phases. */
function isrLines({ isr, fromMs }: Episode): readonly string[] {
  if (isr === undefined) return [];
  const since = (atMs: number): string => formatMs(Math.max(0, atMs - fromMs));
  const { shrunkAtMs, recoveredAtMs, last } = isr;
  const end = recoveredAtMs === undefined ? 'NOT WHOLE AGAIN' : `every ISR whole again ${since(recoveredAtMs)}`;
  return [`out of step ${since(shrunkAtMs)} · ${end}, missing last: ${last}`];
}

function clientWords({ followed, leftBehind, gone }: ClientsAfter): readonly Said[] {
  const still = leftBehind.filter((client) => client.still);
  const late = leftBehind.filter((client) => !client.still);
  return [
    { label: 'followed', lines: followed.map(followedWords) },
    { label: 'late', lines: late.map((client) => `${whoWords(client)}: left it after ${formatMs(client.forMs)}`) },
    {
      label: 'LEFT BEHIND',
      lines: still.map((client) => `${whoWords(client)}: still there after ${formatMs(client.forMs)}`),
    },
    {
      label: 'gone',
      lines: gone.map(({ name, before }) => `${name}: ${plural(before, 'connection')} before, none since`),
    },
  ];
}

function followedWords({ name, before, after, withinMs }: ClientsAfter['followed'][number]): string {
  return `${name}: ${formatCount(after)} of ${plural(before, 'connection')}, the first within ${formatMs(withinMs)}`;
}

/** `worker on redis-1 (10.0.0.5:51234, ioredis 5.4.1)`. */
function whoWords({ name, node, address, library }: LeftBehind): string {
  const from = [address, library].filter((text) => text !== '').join(', ');
  return `${name} on ${node} (${from})`;
}
