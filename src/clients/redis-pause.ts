// CLIENT PAUSE: the server itself lets its clients wait, for a time after which it goes on by itself. A lease: nobody has to
// be there to end it.
import { connectDirect, PROBE_CLIENT, type Redis } from './redis.ts';
import type { Entrance } from './redis-access.ts';
import { KEY_PREFIX } from './redis-rights.ts';

/** `write`: what changes data waits, PUBLISH among it. `all`: every command does, UNPAUSE among them. Replication goes on. */
export type PauseMode = 'write' | 'all';

/** One that is in force already is not shortened. */
export async function pauseClients(redis: Redis, mode: PauseMode, forMs: number): Promise<void> {
  await redis.call('CLIENT', 'PAUSE', String(Math.ceil(forMs)), mode.toUpperCase());
}

/** Ends a pause of writes, whoever made it; one of everything it cannot end. */
export async function unpauseClients(redis: Redis): Promise<void> {
  await redis.call('CLIENT', 'UNPAUSE');
}

/** A write that changes nothing: nobody has this key. */
export const VOID_WRITE = ['DEL', `${KEY_PREFIX}pause`] as const;
export const READ = ['PING'] as const;

/** `waits`: nothing came back. Else what a server says instead of doing it, such as READONLY. */
export type Answer = 'answered' | 'waits' | { readonly refusal: string };

/** Asks on a connection of its own. Rejects when there is no server. */
export async function answerTo(
  entrance: Entrance,
  [name, ...args]: readonly [string, ...string[]],
  withinMs: number,
): Promise<Answer> {
  let redis: Redis | undefined;
  try {
    redis = await connectDirect(entrance, { timeoutMs: withinMs, name: PROBE_CLIENT });
    await redis.call(name, ...args);
    return 'answered';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'ReplyError') return { refusal: error.message };
    if (/timed ?out/i.test(error.message)) return 'waits';
    throw error;
  } finally {
    redis?.disconnect();
  }
}
