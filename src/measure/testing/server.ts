// The service of one unit, as its clients meet it.
import type { Outcome } from '../../core/outcome.ts';
import type { Random } from '../../core/random.ts';
import type { Absence } from './simulate.ts';
import type { Latency, Out, UnitWorld, World } from './world.ts';

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

export function createServer(world: World, unit: number, random: Random): Server {
  return new UnitServer(world, unit, random);
}

class UnitServer implements Server {
  readonly absences: Absence[];
  readonly slowOnes: Absence[] = [];
  readonly #latency: Latency;
  readonly #world: UnitWorld;
  readonly #random: Random;

  constructor({ units, latency }: World, unit: number, random: Random) {
    this.#world = units[unit] ?? { outs: [], slow: [] };
    this.#latency = latency;
    this.#random = random;
    this.absences = this.#world.outs.map(({ fromMs, toMs }) => ({ fromMs, toMs }));
  }

  ask(writtenMs: number): Answer | undefined {
    const { stragglers, stragglerMs, lost } = this.#latency;
    const extraMs = this.#random.next() < stragglers ? this.#random.next() * stragglerMs : 0;
    const arrivesMs = writtenMs + this.#oneWay() + extraMs;
    if (extraMs > 0) this.slowOnes.push({ fromMs: writtenMs, toMs: arrivesMs });
    if (this.#random.next() >= lost) return this.#arrive(arrivesMs);
    this.absences.push({ fromMs: arrivesMs, toMs: arrivesMs });
    return undefined;
  }

  connect(atMs: number): number | undefined {
    const arrivesMs = atMs + this.#oneWay();
    return this.#outAt(arrivesMs) === undefined ? arrivesMs + this.#oneWay() : undefined;
  }

  #oneWay(): number {
    return this.#latency.oneWayMs + this.#random.next() * this.#latency.jitterMs;
  }

  #outAt(ms: number): Out | undefined {
    return this.#world.outs.find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);
  }

  #arrive(arrivesMs: number): Answer | undefined {
    const out = this.#outAt(arrivesMs);
    if (out !== undefined) return this.#meet(out, arrivesMs);
    const slower = this.#world.slow.find(({ fromMs, toMs }) => arrivesMs >= fromMs && arrivesMs < toMs);
    const doneMs = arrivesMs + (slower?.extraMs ?? 0);
    const caught = this.#world.outs.find(({ fromMs }) => fromMs > arrivesMs && fromMs <= doneMs);
    return caught === undefined ? this.#answer(doneMs, this.#oneWay()) : this.#meet(caught, doneMs);
  }

  #meet(out: Out, ms: number): Answer | undefined {
    switch (out.way) {
      case 'refuse':
        return { atMs: ms + this.#random.next() * 0.5, says: REFUSED };
      case 'reject':
        return { atMs: ms + out.afterMs * (0.5 + this.#random.next() / 2) + this.#oneWay(), says: NO };
      case 'drop':
        return undefined;
      default:
        return out.toMs === Number.POSITIVE_INFINITY ? undefined : this.#arrive(out.toMs + this.#random.next() * 2);
    }
  }

  /** What was sent to the client is on its way while service goes out under it. */
  #answer(servedMs: number, backMs: number): Answer | undefined {
    const ok: Answer = { atMs: servedMs + backMs, servedMs, says: OK };
    const under = this.#world.outs.find(({ fromMs }) => fromMs > servedMs && fromMs < ok.atMs);
    if (under === undefined || under.way === 'hold' || under.way === 'reject') return ok;
    if (under.way === 'refuse')
      return this.#random.next() < 0.5 ? ok : { atMs: under.fromMs + this.#random.next(), says: ENDED };
    if (under.way === 'drop' || under.toMs === Number.POSITIVE_INFINITY) return undefined;
    return { ...ok, atMs: under.toMs + this.#random.next() * 2 };
  }
}
