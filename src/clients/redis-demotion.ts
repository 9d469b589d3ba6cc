import { DrillError } from '../core/error.ts';
import type { Address } from '../core/node.ts';
import type { Redis } from './redis.ts';

/**
 * Makes a paused primary a replica, closes its clients' connections (what they still wait for is never carried out) and
 * ends the pause: all of it or nothing, so that there is no moment in which it could take a write. Throws
 * FAULT_NOT_PROVED when the server refuses a part of it.
 */
export async function demote(redis: Redis, primary: Address): Promise<void> {
  const results = await redis
    .multi([
      ['replicaof', primary.host, String(primary.port)],
      ['client', 'kill', 'TYPE', 'normal', 'SKIPME', 'yes'],
      ['client', 'kill', 'TYPE', 'pubsub', 'SKIPME', 'yes'],
      ['client', 'unpause'],
    ])
    .exec();
  const refusal = results === null ? new Error('the transaction was refused') : results.find(([error]) => error)?.[0];
  if (refusal != null) throw new DrillError('FAULT_NOT_PROVED', `it was not made a replica: ${refusal.message}`);
}

/** So that it comes back as what it is now. Resolves with why not, where that cannot be: it has no file, or may not. */
export async function keepRole(redis: Redis): Promise<string | undefined> {
  return redis.config('REWRITE').then(
    () => undefined,
    (error: Error) => error.message,
  );
}
