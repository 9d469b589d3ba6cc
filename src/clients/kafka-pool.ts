// Connections to whichever broker leads one partition now, each with one operation that waits for it.
import { setImmediate as breathe } from 'node:timers/promises';
import type { KafkaWay } from './kafka-access.ts';
import { connectKafka, type KafkaApi, type KafkaConnection } from './kafka-connection.ts';
import { NobodyLeads } from './kafka-outcome.ts';

/** For getting in, whoever it was that wanted to: what TLS and SASL have cost by then is not thrown away with an operation. */
const connectWithinMs = 2000;
/** At once: where getting in is slow, more of them make it slower. */
const mostTries = 8;
/** As many as operations may wait: a broker answers a connection's requests one after the other, each in its own time. */
const mostOpen = 64;
/** With all of them waiting, a silent broker is tried on a fresh one this often, and in between on those that are there. */
const freshEveryMs = 100;
/** Dropping all of them in one go takes 10 ms and more, in which the new leader would have to wait. */
const dropsAtOnce = 8;
/** Deadlines are the operations' own: what is still owed after them is waited for by nobody. */
const owedMs = 600_000;

/** One operation's use of a connection. */
export interface KafkaLease {
  /** Set once the connection was given up because another broker leads: what was under way may have been done. */
  readonly leaderChanged: boolean;
  ask<Args extends readonly unknown[], Answer>(api: KafkaApi<Args, Answer>, args: Args): Promise<Answer>;
  /** Once it is over, or its deadline has passed: what is still owed by then goes to nobody. */
  release(): void;
}

interface Pooled {
  readonly connection: KafkaConnection;
  /** Questions without an answer. */
  owing: number;
  leaderChanged: boolean;
}

/** An operation that has no connection yet. */
type Waiter = PromiseWithResolvers<KafkaLease>;

/**
 * Nothing waits for a broker that leads no longer: what is under way there is dropped when the address changes. A
 * connection whose operation timed out is not closed but used again, behind the answer that it owes: one closed in a cut
 * would stay open in the proxy until the heal, which at 100 operations a second were 2,000 after 20 s.
 */
export class LeaderPool implements Disposable {
  readonly #clientId: string;
  #leader: KafkaWay | undefined;
  #free: Pooled[] = [];
  readonly #leased = new Set<Pooled>();
  #sparing: KafkaWay | undefined;
  /** In the order in which they came. */
  #waiting: Waiter[] = [];
  /** For whom a connection to this leader is being made: they are told what becomes of it, if they still wait. */
  #tries = new Set<Waiter>();
  #freshMs = Number.NEGATIVE_INFINITY;

  constructor(clientId: string) {
    this.#clientId = clientId;
  }

  /** The leader now; undefined while there is none. */
  use(leader: KafkaWay | undefined): void {
    const [to, now] = [leader?.address, this.#leader?.address];
    if (to?.host === now?.host && to?.port === now?.port) return;
    const left = this.#leave();
    this.#leader = leader;
    for (const waiter of this.#waiting.splice(0)) waiter.reject(elsewhere());
    this.#tries = new Set();
    void this.#spare();
    void drop(left);
  }

  /** Rejects when there is no connection to be had within that time. */
  async take(withinMs: number): Promise<KafkaLease> {
    const ready = this.#ready();
    if (ready !== undefined) {
      if (this.#free.length === 0) void this.#spare();
      return this.#lease(ready);
    }
    if (this.#leader === undefined) throw new NobodyLeads('nobody leads the partition');
    const enough = this.#leased.size + this.#free.length >= mostOpen;
    const owing = enough && !this.#isTimeForOne() ? this.#free.shift() : undefined;
    if (owing !== undefined) return this.#lease(owing);
    return await this.#wait(this.#leader, withinMs);
  }

  [Symbol.dispose](): void {
    this.use(undefined);
  }

  #lease(pooled: Pooled): KafkaLease {
    this.#leased.add(pooled);
    let released = false;
    return {
      get leaderChanged() {
        return pooled.leaderChanged;
      },
      ask: async (api, args) => {
        pooled.owing += 1;
        try {
          return await pooled.connection.ask(api, args, owedMs);
        } finally {
          pooled.owing -= 1;
          if (released) this.#serve();
        }
      },
      release: () => {
        if (released) return;
        released = true;
        if (!this.#leased.delete(pooled) || !pooled.connection.usable) return;
        this.#free.push(pooled);
        if (this.#free.length > mostOpen) this.#free.shift()?.connection.drop();
        this.#serve();
      },
    };
  }

  /** The last one that owes nothing; those that were closed meanwhile are forgotten. */
  #ready(): Pooled | undefined {
    for (let at = this.#free.length - 1; at >= 0; at -= 1) {
      const pooled = this.#free[at];
      if (pooled?.connection.usable === true && pooled.owing > 0) continue;
      this.#free.splice(at, 1);
      if (pooled?.connection.usable === true) return pooled;
    }
    return undefined;
  }

  /** Whichever comes first: one that is made for it, or for another operation, or one that is given back. */
  async #wait(leader: KafkaWay, withinMs: number): Promise<KafkaLease> {
    const waiter = Promise.withResolvers<KafkaLease>();
    this.#waiting.push(waiter);
    const late = (): void => this.#refuse(waiter, new Error(`no connection within ${Math.round(withinMs)} ms`));
    const timer = setTimeout(late, withinMs);
    if (this.#mayTry()) void this.#try(waiter, leader);
    try {
      return await waiter.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #refuse(waiter: Waiter, error: unknown): void {
    this.#waiting = this.#waiting.filter((each) => each !== waiter);
    waiter.reject(error);
  }

  #isTimeForOne(): boolean {
    return performance.now() - this.#freshMs >= freshEveryMs;
  }

  #mayTry(): boolean {
    return this.#tries.size < mostTries || this.#isTimeForOne();
  }

  async #try(waiter: Waiter, leader: KafkaWay): Promise<void> {
    const tries = this.#tries.add(waiter);
    this.#freshMs = performance.now();
    try {
      this.#free.push(await this.#connect(leader));
    } catch (error) {
      this.#refuse(waiter, error);
    }
    tries.delete(waiter);
    this.#serve();
  }

  /** Those who wait get what is free, and where a try is over, the next one of them tries for himself. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const ready = this.#ready();
      if (ready === undefined) break;
      this.#waiting.shift()?.resolve(this.#lease(ready));
    }
    const next = this.#waiting.find((waiter) => !this.#tries.has(waiter));
    if (next !== undefined && this.#leader !== undefined && this.#mayTry()) void this.#try(next, this.#leader);
  }

  async #connect(leader: KafkaWay): Promise<Pooled> {
    const options = { timeoutMs: connectWithinMs, clientId: this.#clientId, inFlight: mostOpen };
    const connection = await connectKafka(leader, options);
    if (leader === this.#leader) return { connection, owing: 0, leaderChanged: false };
    connection.drop();
    throw elsewhere();
  }

  #leave(): readonly Pooled[] {
    const left = [...this.#leased, ...this.#free];
    this.#free = [];
    this.#leased.clear();
    return left;
  }

  /** Keeps one connection ahead of the operations, so that they need not wait for one. */
  async #spare(): Promise<void> {
    const leader = this.#leader;
    if (leader === undefined || leader === this.#sparing) return;
    this.#sparing = leader;
    try {
      this.#free.push(await this.#connect(leader));
      this.#serve();
    } catch {
      // The next operation tries by itself, and says what came of it.
    } finally {
      if (this.#sparing === leader) this.#sparing = undefined;
    }
  }
}

function elsewhere(): Error {
  return new Error('another broker leads the partition');
}

async function drop(left: readonly Pooled[]): Promise<void> {
  for (const pooled of left) pooled.leaderChanged = true;
  for (const [at, { connection }] of left.entries()) {
    connection.drop();
    if (at % dropsAtOnce === dropsAtOnce - 1) await breathe();
  }
}
