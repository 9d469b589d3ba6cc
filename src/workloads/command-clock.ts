// What a program's clock says, in the run's time. Cristian's way: the answer was given somewhere between the question
// and its arrival, so the middle of the two is wrong by half of the time between them at most.
import type { ClockLine, FiredrillLine } from './command-protocol.ts';

const handshakeRounds = 10;

/** One question and its answer. Our times count from the run's start; the program's from wherever its clock does. */
export interface ClockRound {
  readonly askedNs: number;
  readonly answeredNs: number;
  /** The program's own. */
  readonly atNs: number;
}

export interface ClockOffset {
  /** Program's time minus the run's time. */
  readonly offsetNs: number;
  /** The true offset is at most this far away. */
  readonly errorNs: number;
}

export function offsetOf({ askedNs, answeredNs, atNs }: ClockRound): ClockOffset {
  return { offsetNs: atNs - (askedNs + answeredNs) / 2, errorNs: (answeredNs - askedNs) / 2 };
}

/** How far the clock has moved at least; 0 while both can be true. */
export function movedNs(before: ClockOffset, after: ClockOffset): number {
  return Math.max(0, Math.abs(after.offsetNs - before.offsetNs) - after.errorNs - before.errorNs);
}

/** The program's nanoseconds → milliseconds since the run's start, with microsecond digits. */
export function toRunMs(atNs: number, { offsetNs }: ClockOffset): number {
  return Math.round((atNs - offsetNs) / 1000) / 1000;
}

/** Asks a program for its time: often at first, and now and then afterwards, so that a clock that moves is found. */
export class ProgramClock {
  readonly #originNs: bigint;
  readonly #send: (line: FiredrillLine) => void;
  readonly #open = new Map<number, (at: number, arrivedNs: bigint) => void>();
  #rounds = 0;
  #offset: ClockOffset | undefined;
  /** The most that it is known to have moved since the handshake. */
  movedNs = 0;

  constructor(originNs: bigint, send: (line: FiredrillLine) => void) {
    this.#originNs = originNs;
    this.#send = send;
  }

  /** The round that was answered fastest knows best. Waits as long as the program lets it. */
  async handshake(): Promise<ClockOffset> {
    let best = await this.#ask();
    for (let round = 1; round < handshakeRounds; round += 1) {
      const offset = await this.#ask();
      if (offset.errorNs < best.errorNs) best = offset;
    }
    this.#offset = best;
    return best;
  }

  /** Another round. An answer that is slow says little, and does no harm; one that never comes is waited for. */
  async check(): Promise<void> {
    const offset = await this.#ask();
    if (this.#offset !== undefined) this.movedNs = Math.max(this.movedNs, movedNs(this.#offset, offset));
  }

  /** Throws an Error if that was not asked, or is answered already. */
  answer({ clock, at }: ClockLine, arrivedNs: bigint): void {
    const take = this.#open.get(clock);
    if (take === undefined) throw new Error(`clock ${clock} was not asked for`);
    this.#open.delete(clock);
    take(at, arrivedNs);
  }

  #ask(): Promise<ClockOffset> {
    return new Promise((resolve) => {
      const nowNs = process.hrtime.bigint();
      const askedNs = Number(nowNs - this.#originNs);
      this.#open.set(this.#rounds, (atNs, arrivedNs) =>
        resolve(offsetOf({ askedNs, answeredNs: Number(arrivedNs - this.#originNs), atNs })),
      );
      this.#send({ clock: this.#rounds, at: Number(nowNs) });
      this.#rounds += 1;
    });
  }
}
