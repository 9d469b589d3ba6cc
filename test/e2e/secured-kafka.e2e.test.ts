import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectKafka } from '../../src/clients/kafka-connection.ts';
import { readMetadata } from '../../src/clients/kafka-metadata.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import type { KafkaSubjectOptions } from '../../src/clients/kafka-subject.ts';
import { openKafkajs } from '../../src/clients/kafkajs.ts';
import { openPlatformatic } from '../../src/clients/platformatic.ts';
import type { Access } from '../../src/core/access.ts';
import { createClock } from '../../src/core/clock.ts';
import { discover } from '../../src/services/kafka/discover.ts';
import { kafkaConsumer } from '../../src/workloads/kafka-consumer.ts';
import { kafkaLedger } from '../../src/workloads/kafka-ledger.ts';
import { createTopic } from '../kafka-topics.ts';
import { startKafkaLedger } from '../run-ledger.ts';
import { runWorkload } from '../run-workload.ts';
import { HEARTBEAT_MS, ledgerCount, measured, SESSION_MS, untilOkForLong } from '../support/kafka-failover.ts';
import { type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts';

/** What somebody who only writes and reads `orders` has to be allowed. */
const RIGHTS = [
  'Describe on the cluster',
  'Describe on topic *',
  'DescribeConfigs on topic *',
  'Read on topic orders',
  'Write on topic orders',
  'Read on group readers-*',
];

let kafka: SecuredKafka;
beforeAll(async () => {
  kafka = await startSecuredKafka({
    rights: RIGHTS,
    announce: 'names',
    settings: { 'broker.session.timeout.ms': SESSION_MS, 'broker.heartbeat.interval.ms': HEARTBEAT_MS },
  });
  const [a = 0, b = 0, c = 0] = kafka.nodes.map(({ id }) => id);
  const replicas = [
    [a, b, c],
    [b, c, a],
    [c, a, b],
  ];
  await createTopic(kafka.book(kafka.access('admin')), { name: 'orders', replicas });
});
afterAll(() => kafka?.[Symbol.asyncDispose]());

describe('a Kafka with TLS, SASL and an authorizer', () => {
  it('is found from its bootstrap servers: numbers, racks, and where the names that it announces lead', async () => {
    const found = await discover(kafka.target(), AbortSignal.timeout(10_000));
    const expected = kafka.brokers
      .toSorted((x, y) => x.id - y.id)
      .map(({ id, rack, announced, address }) => ({
        name: `broker-${id}`,
        role: 'broker',
        listener: 'client',
        announced,
        address,
        zone: rack,
        terms: { 'node.id': String(id) },
      }));
    expect(found).toEqual(expected);
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)('lets our own connections in by %s', async (sasl) => {
    const book = kafka.book(kafka.access('firedrill', sasl));
    using nodes = openKafkaNodes(book, { timeoutMs: 2000 });
    const { brokers, partitions } = await readMetadata(nodes, { book });
    expect(new Set(brokers.values())).toEqual(new Set(kafka.nodes.map(({ name }) => name)));
    expect([...partitions.keys()]).toEqual(['orders/0', 'orders/1', 'orders/2']);
  });

  it.each(['oracle', 'kafkajs', 'platformatic'])('is written and read by %s', async (client) => {
    const dir = await mkdtemp(join(kafka.dir, 'run-'));
    const shared = { dir, addresses: kafka.book(), clock: createClock(), client };
    const reading = { topics: 'orders', group: `readers-${client}`, ledger: 'writes', members: 2 };
    await using writes = await runWorkload(kafkaLedger, { topic: 'orders', rate: '20/s', deadline: '2s' }, shared);
    await using reads = await runWorkload(kafkaConsumer, reading, { ...shared, name: 'reads' });
    await writes.until('records', ({ ok }) => ok >= 60);
    const { ops } = await writes.finish();
    const written = ops.filter(({ outcome }) => outcome === 'ok').length;
    await reads.until('all of them read', ({ ok }) => ok >= written);
    await reads.workload.stop();
    await reads.workload.readBack(kafka.book(), 20_000);
    await writes.workload.readBack(kafka.book(), 20_000);
    expect((await reads.finish()).ops.length).toBeGreaterThanOrEqual(written);
    expect([...writes.problems(), ...reads.problems()]).toEqual([]);
  });
});

describe('whoever is not let in', () => {
  it.each(['PLAIN', 'SCRAM-SHA-512'] as const)('is told so by %s, without his password', async (sasl) => {
    process.env['FIREDRILL_TEST_WRONG'] = 'wrong-and-never-printed';
    const access: Access = { ...kafka.access('firedrill', sasl), password: { env: 'FIREDRILL_TEST_WRONG' } };
    const book = kafka.book(access);
    const options: KafkaSubjectOptions = {
      addresses: book,
      service: 'kafka',
      name: 'test',
      profile: 'defaults',
      acks: 'all',
      idempotence: false,
    };
    const [row] = book.rows;
    if (row === undefined) throw new Error('no broker');
    const record = { topic: 'orders', partition: 0, key: Buffer.from('k'), value: Buffer.from('v') };
    const errors: unknown[] = [
      await errorOf(connectKafka(row, { timeoutMs: 5000, clientId: 'test' })),
      await errorOf(discover(kafka.target(access), AbortSignal.timeout(10_000))),
    ];
    for (const open of [openKafkajs, openPlatformatic]) {
      using subject = open(options);
      errors.push(...(await Promise.all([errorOf(subject.ready), errorOf(subject.send(record))])));
    }
    delete process.env['FIREDRILL_TEST_WRONG'];
    expect(errors[0]).toMatchObject({ code: 'PLAN_REFUSED', message: expect.stringContaining('"firedrill"') });
    expect(errors[1]).toMatchObject({ code: 'PLAN_REFUSED', message: expect.stringContaining('no bootstrap server') });
    const printed = errors.map((error) => inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error));
    expect(printed.join()).not.toContain('wrong-and-never-printed');
  });
});

describe('the oracle', () => {
  it('writes on through the death of a leader, and loses nothing', async () => {
    const [victim = kafka.brokers[0]] = kafka.brokers;
    if (victim === undefined) throw new Error('no broker');
    await using oracle = await startKafkaLedger({ dir: kafka.dir, book: () => kafka.book() }, { topic: 'orders' });
    await oracle.until('records', ({ ok }) => ok >= 300);
    const hurtAtMs = oracle.nowMs();
    await kafka.kill(victim.name);
    await oracle.until('an outage', ({ okSinceMs }) => okSinceMs === undefined);
    await untilOkForLong(oracle);
    await oracle.finish();
    const seen = await measured(oracle, hurtAtMs);
    // No upper limit: who kills the active controller with its broker waits for an election and a new session first.
    expect(seen.longest(0).highMs).toBeGreaterThan(SESSION_MS - HEARTBEAT_MS);
    await kafka.start(victim.name);
    const count = await ledgerCount(oracle, seen);
    expect(count).toMatchObject({ lost: 0, duplicates: 0, reordered: 0, failedButFound: 0, divergentCopies: 0 });
  });
});

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
}
