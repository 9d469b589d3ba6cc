import { setImmediate as breathe } from 'node:timers/promises';
import type { Entrance } from './redis-access.ts';
import { Handshakes } from './redis-handshakes.ts';
import { NoAnswerError, NotConnectedError } from './redis-outcome.ts';
import { type ConnectAttempt, connectWire, type WireConnection, type WireDoor, wireDoor } from './redis-wire.ts';

const spareWithinMs = 1000;
/** A node that does not answer is tried on a fresh connection this often, and in between on those that wait already. */
const freshEveryMs = 100;
const mostFree = 64;
/** Dropping all of them in one go takes 10 ms and more, in which the new primary would have to wait. */
const dropsAtOnce = 8;

/** One operation's use of a connection. */
export interface Lease {
  readonly connection: WireConnection;
  /** Once it is over, or its deadline has passed: what is still owed by then goes to nobody. */
  release(): void;
}

/**
 * Connections to whichever node is the primary now, each with one operation that waits for it. Nothing waits for a node
 * that is the primary no longer: what is under way there is dropped when the address changes, with `PRIMARY_CHANGED`.
 *
 * A connection whose operation timed out is not closed but used again, behind the answer that it owes: one closed in a
 * cut would stay open in the proxy until the heal, which at 100 operations a second were 2,000 after 20 s.
 */
export class PrimaryPool implements Disposable {
  #door: WireDoor | undefined;
  #free: WireConnection[] = [];
  readonly #leased = new Set<WireConnection>();
  readonly #attempts = new Set<ConnectAttempt>();
  readonly #handshakes = new Handshakes();
  /** Whom a spare is being connected to. */
  #sparing: WireDoor | undefined;
  #freshMs = Number.NEGATIVE_INFINITY;
  readonly #name: string | undefined;

  /** `name`: what its connections say that they are. */
  constructor(name?: string) {
    this.#name = name;
  }

  /** Throws USAGE when the primary cannot be entered: a file for TLS is missing. */
  use(primary: Entrance): void {
    const { host, port } = primary.address;
    if (host === this.#door?.address.host && port === this.#door.address.port) return;
    const door = wireDoor(primary, this.#name);
    const left = this.#leave();
    this.#door = door;
    // The new primary must not wait for it.
    void this.#spare().then(() => drop(left, new NoAnswerError('PRIMARY_CHANGED')));
  }

  /** Rejects with NotConnectedError when there is no connection to be had, at the latest when the signal is aborted. */
  async take(signal: AbortSignal): Promise<Lease> {
    const ready = this.#ready();
    if (ready !== undefined) {
      if (this.#free.length === 0) void this.#spare();
      return this.#lease(ready);
    }
    if (this.#door === undefined) throw new NotConnectedError();
    const owing = performance.now() - this.#freshMs < freshEveryMs ? this.#free.shift() : undefined;
    if (owing !== undefined) return this.#lease(owing);
    this.#freshMs = performance.now();
    return this.#lease(await this.#connect(this.#door, signal));
  }

  [Symbol.dispose](): void {
    void drop(this.#leave(), new NoAnswerError('EOF'));
    this.#door = undefined;
  }

  #lease(connection: WireConnection): Lease {
    this.#leased.add(connection);
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      if (!this.#leased.delete(connection) || !connection.usable) return;
      this.#free.push(connection);
      if (this.#free.length > mostFree) this.#free.shift()?.drop(new NoAnswerError('TIMEOUT'));
    };
    return { connection, release };
  }

  /** The last one that owes nothing; those that were closed meanwhile are forgotten. */
  #ready(): WireConnection | undefined {
    for (let at = this.#free.length - 1; at >= 0; at -= 1) {
      const connection = this.#free[at];
      if (connection?.usable === true && connection.owing) continue;
      this.#free.splice(at, 1);
      if (connection?.usable === true) return connection;
    }
    return undefined;
  }

  async #connect(door: WireDoor, signal: AbortSignal): Promise<WireConnection> {
    if (door.isLocked) return await this.#handshakes.connect(door, signal);
    const attempt = connectWire(door);
    this.#attempts.add(attempt);
    signal.addEventListener('abort', attempt.cancel, { once: true });
    if (signal.aborted) attempt.cancel();
    try {
      return await attempt.connection;
    } finally {
      this.#attempts.delete(attempt);
      signal.removeEventListener('abort', attempt.cancel);
    }
  }

  #leave(): readonly WireConnection[] {
    for (const attempt of this.#attempts) attempt.cancel();
    const left = [...this.#leased, ...this.#free, ...this.#handshakes.leave()];
    this.#free = [];
    this.#leased.clear();
    return left;
  }

  /** Keeps one connection ahead of the operations, so that they need not wait for one. */
  async #spare(): Promise<void> {
    const door = this.#door;
    if (door === undefined || door === this.#sparing) return;
    this.#sparing = door;
    try {
      const spare = await this.#connect(door, AbortSignal.timeout(spareWithinMs));
      if (door === this.#door) this.#free.push(spare);
      else spare.drop(new NoAnswerError('PRIMARY_CHANGED'));
    } catch {
      // The next operation tries by itself, and says what came of it.
    } finally {
      if (this.#sparing === door) this.#sparing = undefined;
    }
  }
}

async function drop(connections: readonly WireConnection[], reason: NoAnswerError): Promise<void> {
  for (const [at, connection] of connections.entries()) {
    connection.drop(reason);
    if (at % dropsAtOnce === dropsAtOnce - 1) await breathe();
  }
}
