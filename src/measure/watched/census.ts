// Who followed a failover and who did not, out of the readings of a census of clients.
import type { Journal } from '../../core/journal.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { ClientsAfter, LeftBehind } from '../../core/watched.ts';
import type { Span } from '../operations.ts';

const CENSUS = 'redis.clients';

interface Reading {
  readonly atMs: number;
  readonly primary: string | undefined;
  /** Name → connections to the primary. */
  readonly named: Readonly<Record<string, number>>;
  readonly behind: readonly Behind[];
}

interface Behind {
  readonly node: string;
  readonly name: string;
  readonly address: string;
  readonly library: string;
}

export interface Moved {
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
  /** Undefined = nobody was on the old primary, and nobody is on the new one. */
  readonly clients: ClientsAfter | undefined;
}

/** By census, for services that have one. `untilMs`: when the next episode begins, or the watch ends. */
export function movedIn(journal: Journal, { fromMs, toMs }: Span, untilMs: number): readonly Moved[] {
  const { probes } = journal.run.drill.steadyStateHypothesis;
  const names = probes.filter(({ kind }) => kind === CENSUS).map(({ name }) => name);
  return names.flatMap((name) => movesOf(readingsOf(name, journal), { fromMs, toMs }, untilMs));
}

function readingsOf(probe: string, { events }: Journal): readonly Reading[] {
  return events.flatMap((event) => {
    if (event.type !== 'probe' || event.probe !== probe || !isJsonObject(event.value ?? null)) return [];
    const { primary, named, names } = event.value as Readonly<Record<string, Json>>;
    return [
      {
        atMs: event.atMs,
        primary: typeof primary === 'string' ? primary : undefined,
        named: isJsonObject(named ?? null) ? (named as Readonly<Record<string, number>>) : {},
        behind: Array.isArray(names) ? (names as unknown as readonly Behind[]) : [],
      },
    ];
  });
}

/** One for each time that somebody else is seen to lead; whom it left is judged by the readings until the next. */
function movesOf(readings: readonly Reading[], { fromMs, toMs }: Span, untilMs: number): readonly Moved[] {
  let before = readings.findLast(({ atMs, primary }) => atMs < fromMs && primary !== undefined);
  const moves: { readonly before: Reading; readonly led: Reading }[] = [];
  for (const reading of readings) {
    if (reading.atMs < fromMs || reading.atMs > toMs + SETTLING_MS || reading.primary === undefined) continue;
    if (before !== undefined && reading.primary !== before.primary) moves.push({ before, led: reading });
    // While it dies it does not answer, and nobody is counted on it.
    else if (before !== undefined && countOf(reading) < countOf(before)) continue;
    before = reading;
  }
  return moves.map(({ before: was, led }, at) => {
    const endMs = moves[at + 1]?.led.atMs ?? untilMs;
    const after = readings.filter(({ atMs }) => atMs >= led.atMs && atMs <= endMs);
    return { from: was.primary ?? '', to: led.primary ?? '', atMs: led.atMs, clients: clientsAfter(was, led, after) };
  });
}

function countOf({ named }: Reading): number {
  return Object.values(named).reduce((sum, count) => sum + count, 0);
}

/** A census is taken less often than servers speak. */
const SETTLING_MS = 2000;
/** One that is seen on the old primary for less has followed. */
const LATE_MS = 1000;

function clientsAfter(before: Reading, led: Reading, after: readonly Reading[]): ClientsAfter | undefined {
  const last = after.at(-1) ?? led;
  const leftBehind = leftOn(before.primary ?? '', led, after).filter(({ still, forMs }) => still || forMs >= LATE_MS);
  const staying = new Set(last.behind.map(keyOf));
  const followed = Object.entries(before.named).flatMap(([name, count]) => {
    const now = last.named[name] ?? 0;
    if (now === 0) return [];
    const first = after.find((reading) => reading.primary === led.primary && (reading.named[name] ?? 0) > 0);
    return [{ name, before: count, after: now, withinMs: Math.max(0, (first?.atMs ?? last.atMs) - led.atMs) }];
  });
  const gone = Object.entries(before.named)
    .filter(([name]) => (last.named[name] ?? 0) === 0 && !staying.has(name))
    .map(([name, count]) => ({ name, before: count }));
  if (followed.length + leftBehind.length + gone.length === 0) return undefined;
  return { followed, leftBehind, gone };
}

/** A client that is closed there and comes again has another address each time: it is one, with the last of them. */
function leftOn(node: string, led: Reading, after: readonly Reading[]): readonly LeftBehind[] {
  const seen = new Map<string, LeftBehind>();
  for (const { atMs, behind } of after) {
    for (const client of behind.filter((each) => each.node === node)) {
      const { address, library } = client;
      const name = keyOf(client);
      const still = atMs === after.at(-1)?.atMs;
      seen.set(`${name} ${hostOf(address)}`, { name, address, library, node, forMs: atMs - led.atMs, still });
    }
  }
  return [...seen.values()];
}

/** As the census itself calls them. */
function keyOf({ name, address }: Pick<Behind, 'name' | 'address'>): string {
  return name === '' ? hostOf(address) : name;
}

function hostOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf(':')));
}
