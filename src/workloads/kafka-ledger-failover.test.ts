import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoopbackKafka } from '../../test/loopback-kafka.ts';
import { startKafkaLedger } from '../../test/run-ledger.ts';
import {
  HEARTBEAT_MS,
  ledgerCount,
  longestProbed,
  measured,
  meet,
  SESSION_MS,
  startFailoverKafka,
  untilOkForLong,
} from '../../test/support/kafka-failover.ts';
import { startKafkaProber } from '../../test/support/kafka-prober.ts';

let cluster: LoopbackKafka;
beforeEach(async () => {
  cluster = await startFailoverKafka();
}, 120_000);
afterEach(() => cluster?.[Symbol.asyncDispose]());

const nothingWrong = { lost: 0, duplicates: 0, reordered: 0, failedButFound: 0, foreign: 0, divergentCopies: 0 };

describe('kafka.ledger through a failover', () => {
  it('sees the outage of a killed leader as an independent prober does, loses nothing and settles everything', async () => {
    const clients = cluster.book('client');
    await using prober = await startKafkaProber(clients, { topic: 'orders', partition: 0, acks: 'all' });
    await using oracle = await startKafkaLedger(cluster, { topic: 'orders' });
    const gently = { topic: 'orders', rate: '5/s', deadline: '2s' };
    await using subject = await startKafkaLedger(cluster, gently, { client: 'kafkajs' });
    const runs = [oracle, subject];
    await Promise.all(runs.map((run) => run.until('records', ({ ok }) => ok >= 100)));
    const hurtAtMs = oracle.nowMs();
    await cluster.kill('broker-1');
    await oracle.until('an outage', ({ okSinceMs }) => okSinceMs === undefined);
    await Promise.all(runs.map(untilOkForLong));
    await Promise.all(runs.map((run) => run.finish()));
    const probed = longestProbed(await prober.gaps(oracle.originNs), hurtAtMs);
    const seen = await measured(oracle, hurtAtMs);
    const outage = seen.longest(0);
    const asSubject = await measured(subject, hurtAtMs);
    expect(outage.highMs).toBeGreaterThan(SESSION_MS - HEARTBEAT_MS);
    expect({ probed, outage, meet: meet(probed, outage) }).toMatchObject({ meet: true });

    await cluster.start('broker-1');
    expect(await ledgerCount(oracle, seen)).toMatchObject(nothingWrong);
    expect(await ledgerCount(subject, asSubject)).toMatchObject({ lost: 0, failedButFound: 0, foreign: 0 });
  }, 180_000);

  it('is refused while too few replicas are in sync, and finds nothing afterwards that was', async () => {
    await using oracle = await startKafkaLedger(cluster, { topic: 'orders' });
    await using leaderOnly = await startKafkaLedger(cluster, { topic: 'orders', acks: 1 });
    const runs = [oracle, leaderOnly];
    await Promise.all(runs.map((run) => run.until('records', ({ ok }) => ok >= 100)));
    await Promise.all([cluster.kill('broker-2'), cluster.kill('broker-3')]);
    await oracle.until('refusals', ({ lastError }) => lastError === 'NOT_ENOUGH_REPLICAS');
    const { failed } = oracle.workload.counters();
    await oracle.until('more refusals', (now) => now.failed >= failed + 200);
    await Promise.all([cluster.start('broker-2'), cluster.start('broker-3')]);
    await Promise.all(runs.map(untilOkForLong));
    await Promise.all(runs.map((run) => run.finish()));
    const seen = await measured(oracle, 0);
    expect(seen.endings['failed NOT_ENOUGH_REPLICAS']).toBeGreaterThan(200);
    expect(await ledgerCount(oracle, seen)).toMatchObject(nothingWrong);
    const withoutThem = await measured(leaderOnly, 0);
    expect(withoutThem.endings['failed NOT_ENOUGH_REPLICAS']).toBeUndefined();
    expect(await ledgerCount(leaderOnly, withoutThem)).toMatchObject({ duplicates: 0, failedButFound: 0, foreign: 0 });
  }, 180_000);
});
