// The oracle: follows the Sentinels' majority by itself and never waits for a node that is not the primary any more.
import { ORACLE_CLIENT } from '../clients/redis.ts';
import { NOT_CONNECTED, outcomeOf } from '../clients/redis-outcome.ts';
import { type Lease, PrimaryPool } from '../clients/redis-pool.ts';
import { followSentinels } from '../clients/sentinel-follower.ts';
import { OK, type Operation, type Settlement, TIMED_OUT } from './open-loop-operation.ts';
import {
  confirmed,
  elementOf,
  type LedgerClient,
  type LedgerClientOptions,
  waitMsOf,
  withinStart,
} from './redis-ledger-terms.ts';

export async function openOracle(options: LedgerClientOptions): Promise<LedgerClient> {
  const pool = new PrimaryPool(ORACLE_CLIENT);
  const known = Promise.withResolvers<void>();
  const follower = followSentinels({
    addresses: options.addresses,
    service: options.terms.service,
    primaryName: options.terms.unit,
    onPrimary: (primary) => {
      pool.use(primary);
      known.resolve();
    },
  });
  await withinStart(known.promise);
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
  let lease: Lease | undefined;
  try {
    lease = await pool.take(operation.signal);
    operation.signal.addEventListener('abort', lease.release, { once: true });
    operation.writing();
    return await append(operation, lease, options);
  } catch (error) {
    return outcomeOf(error);
  } finally {
    lease?.release();
  }
}

/**
 * WAIT is sent after the OK and not right behind the RPUSH: after a refusal (NOREPLICAS) it would hold the connection
 * until it times out, for nothing. It counts the same writes either way.
 */
async function append(op: Operation, { connection }: Lease, options: LedgerClientOptions): Promise<Settlement> {
  const { terms, clock } = options;
  await connection.ask('RPUSH', terms.key, elementOf(op, terms));
  if (terms.confirmedBy === 0) return OK;
  if (op.signal.aborted) return TIMED_OUT;
  const replicas = connection.ask('WAIT', String(terms.confirmedBy), String(waitMsOf(op, clock.nowMs())));
  return await confirmed(replicas.then(Number), terms);
}
