// Who the primary is, as the oracle sees it: what more than half of all Sentinels say, and else the last that they did.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, AddressBook, AddressRow, NodeName } from '../core/node.ts';
import { connectDirect, type Redis } from './redis.ts';
import { assertEnterable, type Entrance, entranceTo } from './redis-access.ts';
import { subscribeToEvents } from './sentinel.ts';

const pollMs = 50;
const timeoutMs = 300;

export interface SentinelFollowerOptions {
  readonly addresses: AddressBook;
  /** The service's name in the cluster. */
  readonly service: string;
  /** The Sentinels' name for the primary. */
  readonly primaryName: string;
  /** Told at the first majority and whenever it names another address; translated, ready to be entered. */
  onPrimary(primary: Entrance): void;
}

/**
 * Asks every Sentinel every 50 ms, and at once when it publishes an event (a leader that has promoted a replica names it
 * long before its +switch-master), on connections that are replaced on their first error. A Sentinel that does not
 * answer has no vote. Ends when it is disposed. Throws USAGE where a secret or a file for TLS is missing.
 */
export function followSentinels(options: SentinelFollowerOptions): AsyncDisposable {
  const rows = options.addresses.rows.filter((row) => row.service === options.service);
  assertEnterable(rows);
  const stop = new AbortController();
  const sentinels = rows.filter((row) => row.role === 'sentinel');
  const votes = new Votes(sentinels.length, (primary) =>
    options.onPrimary(entranceTo(options.addresses, options.service, primary)),
  );
  const loops = sentinels.flatMap((row) => {
    const pulse = new Pulse();
    const poll = async (sentinel: Redis): Promise<void> => {
      for (;;) {
        const reply = await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', options.primaryName);
        if (Array.isArray(reply)) votes.cast(row.node, { host: String(reply[0]), port: Number(reply[1]) });
        await pulse.rest();
      }
    };
    return [
      persist(row, stop.signal, { each: poll, lost: () => votes.withdraw(row.node) }),
      persist(row, stop.signal, { each: (sentinel) => listen(sentinel, () => pulse.wake()) }),
    ];
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

/** The count: calls `elected` when more than half of all name an address that is not the one elected before. */
export class Votes {
  readonly #voters: number;
  readonly #elected: (primary: Address) => void;
  readonly #votes = new Map<NodeName, Address>();
  #last: string | undefined;

  constructor(voters: number, elected: (primary: Address) => void) {
    this.#voters = voters;
    this.#elected = elected;
  }

  cast(voter: NodeName, primary: Address): void {
    this.#votes.set(voter, primary);
    const named = keyOf(primary);
    const count = [...this.#votes.values()].filter((vote) => keyOf(vote) === named).length;
    if (count * 2 <= this.#voters || named === this.#last) return;
    this.#last = named;
    this.#elected(primary);
  }

  withdraw(voter: NodeName): void {
    this.#votes.delete(voter);
  }
}

interface Persistent {
  /** Resolves or rejects when the connection is of no more use. */
  each(sentinel: Redis): Promise<void>;
  lost?(): void;
}

/** Does it on one connection after the other until it is stopped. */
async function persist(row: AddressRow, stop: AbortSignal, what: Persistent): Promise<void> {
  while (!stop.aborted) {
    const sentinel = await connectDirect(row, { timeoutMs }).catch(() => undefined);
    if (sentinel !== undefined) {
      const end = (): void => sentinel.disconnect();
      stop.addEventListener('abort', end, { once: true });
      if (!stop.aborted) await what.each(sentinel).catch(() => undefined);
      stop.removeEventListener('abort', end);
      end();
    }
    what.lost?.();
    await sleep(pollMs, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function listen(sentinel: Redis, heard: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => sentinel.once('close', () => resolve()));
  await subscribeToEvents(sentinel, heard);
  await closed;
}

/** The rest between two polls, which an event cuts short, also one that came before it began. */
class Pulse {
  #woken = false;
  #wake: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async rest(): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        // All followers at once: every wake-up of a thread costs.
        const timer = setTimeout(resolve, pollMs - (performance.now() % pollMs));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#woken = false;
  }
}

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`;
}
