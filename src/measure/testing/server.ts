// The service of one unit, as its clients meet it.
import type { Outcome } from '../../core/outcome.ts';
import type { Random } from '../../core/random.ts';
import type { Absence } from './simulate.ts';
import type { Out, World } from './world.ts';

export interface Answer {
  /** When it arrives. */
  readonly atMs: number;
  /** When it was served, if it was. */
  readonly servedMs?: number;
  readonly says: { readonly outcome: Outcome; readonly code: string };
}

export interface Server {
  /** What comes of an operation that is written at a moment; undefined: nothing ever does. */
  ask(writtenMs: number): Answer | undefined;
  /** When a connection stands that is asked for at a moment; undefined: it is not taken. */
  connect(atMs: number): number | undefined;
  readonly absences: readonly Absence[];
  /** From when to when operations were on their way that were slow for no reason. */
  readonly slowOnes: readonly Absence[];
}

const OK = { outcome: 'ok', code: '' } as const;
const REFUSED = { outcome: 'failed', code: 'ECONNREFUSED' } as const;
const ENDED = { outcome: 'unknown', code: 'ECONNRESET' } as const;
const NO = { outcome: 'failed', code: 'NOREPLICAS' } as const;

export function createServer({ units, latency }: World, unit: number, random: Random): Server {
  const { outs = [], slow = [] } = units[unit] ?? {};
  const absences: Absence[] = outs.map(({ fromMs, toMs }) => ({ fromMs, toMs }));
  const slowOnes: Absence[] = [];
  const oneWay = (): number => latency.oneWayMs + random.next() * latency.jitterMs;
  const outAt = (ms: number): Out | undefined => outs.find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);

  /** What was sent to the client is on its way while service goes out under it. */
  const answer = (servedMs: number, backMs: number): Answer | undefined => {
    const atMs = servedMs + backMs;
    const under = outs.find(({ fromMs }) => fromMs > servedMs && fromMs < atMs);
    if (under === undefined || under.way === 'hold' || under.way === 'reject') return { atMs, servedMs, says: OK };
    if (under.way === 'refuse')
      return random.next() < 0.5 ? { atMs, servedMs, says: OK } : { atMs: under.fromMs + random.next(), says: ENDED };
    if (under.way === 'drop' || under.toMs === Number.POSITIVE_INFINITY) return undefined;
    return { atMs: under.toMs + random.next() * 2, servedMs, says: OK };
  };

  const arrive = (arrivesMs: number): Answer | undefined => {
    const out = outAt(arrivesMs);
    if (out !== undefined) return meet(out, arrivesMs);
    const slower = slow.find(({ fromMs, toMs }) => arrivesMs >= fromMs && arrivesMs < toMs)?.extraMs ?? 0;
    const doneMs = arrivesMs + slower;
    const caught = outs.find(({ fromMs }) => fromMs > arrivesMs && fromMs <= doneMs);
    return caught === undefined ? answer(doneMs, oneWay()) : meet(caught, doneMs);
  };

  const meet = (out: Out, ms: number): Answer | undefined => {
    switch (out.way) {
      case 'refuse':
        return { atMs: ms + random.next() * 0.5, says: REFUSED };
      case 'reject':
        return { atMs: ms + out.afterMs * (0.5 + random.next() / 2) + oneWay(), says: NO };
      case 'drop':
        return undefined;
      default:
        return out.toMs === Number.POSITIVE_INFINITY ? undefined : arrive(out.toMs + random.next() * 2);
    }
  };

  return {
    absences,
    slowOnes,
    ask: (writtenMs) => {
      const extraMs = random.next() < latency.stragglers ? random.next() * latency.stragglerMs : 0;
      const arrivesMs = writtenMs + oneWay() + extraMs;
      if (extraMs > 0) slowOnes.push({ fromMs: writtenMs, toMs: arrivesMs });
      if (random.next() >= latency.lost) return arrive(arrivesMs);
      absences.push({ fromMs: arrivesMs, toMs: arrivesMs });
      return undefined;
    },
    connect: (atMs) => {
      const arrivesMs = atMs + oneWay();
      return outAt(arrivesMs) === undefined ? arrivesMs + oneWay() : undefined;
    },
  };
}
