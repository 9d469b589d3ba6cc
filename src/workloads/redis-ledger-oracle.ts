// The oracle: follows the Sentinels' majority by itself and never waits for a node that is not the primary any more.
import { NOT_CONNECTED, outcomeOf } from '../clients/redis-outcome.ts';
import { PrimaryPool } from '../clients/redis-pool.ts';
import type { WireConnection } from '../clients/redis-wire.ts';
import { followSentinels } from '../clients/sentinel-follower.ts';
import { OK, type Operation, type Settlement } from './open-loop-operation.ts';
import { elementOf, type LedgerClient, type LedgerClientOptions, WAIT_SHORT, waitMsOf } from './redis-ledger-terms.ts';

export function openOracle(options: LedgerClientOptions): LedgerClient {
  const { service, unit } = options.terms;
  const pool = new PrimaryPool();
  const follower = followSentinels({
    addresses: options.addresses,
    service,
    primaryName: unit,
    onPrimary: (primary) => pool.use(primary),
  });
  return {
    send: (operation) => send(operation, pool, options),
    [Symbol.asyncDispose]: async () => {
      pool[Symbol.dispose]();
      await follower[Symbol.asyncDispose]();
    },
  };
}

async function send(operation: Operation, pool: PrimaryPool, options: LedgerClientOptions): Promise<Settlement> {
  operation.expiresAs = NOT_CONNECTED;
  let connection: WireConnection | undefined;
  try {
    connection = await pool.take(() => operation.signal);
    const taken = connection;
    operation.signal.addEventListener('abort', () => taken.drop('TIMEOUT'), { once: true });
    operation.writing();
    return await append(operation, taken, options);
  } catch (error) {
    return outcomeOf(error);
  } finally {
    if (connection !== undefined) pool.give(connection);
  }
}

/**
 * WAIT is sent after the OK and not right behind the RPUSH: after a refusal (NOREPLICAS) it would hold the connection
 * until it times out, for nothing. It counts the same writes either way.
 */
async function append(
  op: Operation,
  redis: WireConnection,
  { terms, clock }: LedgerClientOptions,
): Promise<Settlement> {
  await redis.ask('RPUSH', terms.key, elementOf(op, terms));
  if (terms.confirmedBy === 0) return OK;
  const confirmed = await redis.ask('WAIT', String(terms.confirmedBy), String(waitMsOf(op, clock.nowMs())));
  return Number(confirmed) < terms.confirmedBy ? WAIT_SHORT : OK;
}
