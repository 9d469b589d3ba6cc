// Connections that nobody may use before TLS is spoken and a password is taken.
import { NotConnectedError } from './redis-outcome.ts';
import { type ConnectAttempt, connectWire, type WireConnection, type WireDoor } from './redis-wire.ts';

/** A node that hangs accepts connections and shakes no hands: one for each operation would all be waiting when it goes on. */
const mostUnderWay = 16;
const atMostMs = 5000;

/**
 * A handshake outlives the operation that it was begun for, so that the node is not asked again and again; what comes of it
 * is for the next one.
 */
export class Handshakes {
  readonly #underWay = new Map<ConnectAttempt, Promise<void>>();
  #done: WireConnection[] = [];

  /** Rejects with NotConnectedError, at the latest when the signal is aborted. */
  async connect(door: WireDoor, signal: AbortSignal): Promise<WireConnection> {
    for (;;) {
      const connection = this.#done.pop();
      if (connection?.usable === true) return connection;
      if (this.#underWay.size < mostUnderWay) this.#begin(door);
      // Whichever is the first: one that was begun just now may hang while another comes to its end.
      await unlessAborted(Promise.race(this.#underWay.values()), signal);
    }
  }

  /** Gives all of them up. Returns the connections that are ready: to be dropped. */
  leave(): readonly WireConnection[] {
    for (const attempt of this.#underWay.keys()) attempt.cancel();
    return this.#done.splice(0);
  }

  #begin(door: WireDoor): void {
    const attempt = connectWire(door);
    const timer = setTimeout(attempt.cancel, atMostMs);
    const settled = attempt.connection
      .then((connection) => void this.#done.push(connection))
      .finally(() => {
        clearTimeout(timer);
        this.#underWay.delete(attempt);
      });
    // Whoever began it may have gone by then.
    settled.catch(() => undefined);
    this.#underWay.set(attempt, settled);
  }
}

async function unlessAborted(settled: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new NotConnectedError());
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([settled, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
