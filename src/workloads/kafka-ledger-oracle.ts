// The oracle: follows the leaders by itself, sends each record once, and never waits for a broker that leads no longer.
import { setTimeout as sleep } from 'node:timers/promises';
import { followLeaders } from '../clients/kafka-leaders.ts';
import { failureOf, unanswered, unsent } from '../clients/kafka-outcome.ts';
import { type KafkaLease, LeaderPool } from '../clients/kafka-pool.ts';
import { produce } from '../clients/kafka-produce.ts';
import {
  type KafkaLedgerClient,
  type KafkaLedgerClientOptions,
  recordOf,
  startWithinMs,
} from './kafka-ledger-terms.ts';
import { OK, type Operation, type Settlement } from './open-loop-operation.ts';

const LEADER_CHANGED: Settlement = { outcome: 'unknown', errorCode: 'LEADER_CHANGED' };

export async function openKafkaOracle(options: KafkaLedgerClientOptions): Promise<KafkaLedgerClient> {
  const { terms, addresses } = options;
  const pools = new Map(terms.partitions.map((partition) => [partition, new LeaderPool(terms.name)]));
  const leaders = followLeaders({
    ...terms,
    addresses,
    onLeader: (partition, leader) => pools.get(partition)?.use(leader),
  });
  await Promise.race([leaders.known, sleep(startWithinMs, undefined, { ref: false })]);
  return {
    send: async (operation) => {
      const pool = pools.get(terms.partitions[operation.unit] ?? -1);
      if (pool === undefined) throw new Error(`there is no unit ${operation.unit}`);
      // Also when it times out, and the broker has said nothing at all.
      operation.signal.addEventListener('abort', leaders.hurry, { once: true });
      const settlement = await send(operation, pool, options);
      if (settlement.outcome !== 'ok') leaders.hurry();
      return settlement;
    },
    [Symbol.asyncDispose]: async () => {
      await leaders[Symbol.asyncDispose]();
      for (const pool of pools.values()) pool[Symbol.dispose]();
    },
  };
}

async function send(operation: Operation, pool: LeaderPool, options: KafkaLedgerClientOptions): Promise<Settlement> {
  operation.expiresAs = { outcome: 'failed', errorCode: 'NOT_CONNECTED' };
  const leftMs = (): number => Math.max(1, operation.expiresMs - options.clock.nowMs());
  let lease: KafkaLease;
  try {
    lease = await pool.take(leftMs());
  } catch (error) {
    return unsent(error);
  }
  operation.signal.addEventListener('abort', lease.release, { once: true });
  if (operation.signal.aborted) {
    lease.release();
    return operation.expiresAs;
  }
  try {
    operation.writing();
    const terms = { acks: options.terms.acks, timeoutMs: leftMs() };
    return failureOf(await produce(lease, recordOf(operation, options.terms), terms)) ?? OK;
  } catch (error) {
    return lease.leaderChanged ? LEADER_CHANGED : unanswered(error);
  } finally {
    lease.release();
  }
}
