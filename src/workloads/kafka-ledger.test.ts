import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopic } from '../../test/kafka-topics.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../../test/loopback-kafka.ts';
import { startRelays } from '../../test/relay.ts';
import { startKafkaLedger } from '../../test/run-ledger.ts';
import type { OpRecord as Op } from '../journal/ops-format.ts';

/** Nobody fails over here: what the only broker does is seen as it is. */
let cluster: LoopbackKafka;
beforeAll(async () => {
  // Fenced only when it has been silent for long: then it would lead nothing.
  cluster = await startLoopbackKafka({ combined: 1, settings: { 'broker.session.timeout.ms': 60_000 } });
  const probes = cluster.book('probe');
  await createTopic(probes, { name: 'orders', replicas: [[1], [1], [1]] });
  await createTopic(probes, { name: 'narrow', replicas: [[1]], config: { 'max.message.bytes': 500 } });
}, 120_000);
afterAll(() => cluster?.[Symbol.asyncDispose]());

const by = (ops: readonly Op[], outcome: string, code?: string): readonly Op[] =>
  ops.filter((op) => op.outcome === outcome && (code === undefined || op.errorCode === code));
const numbers = (ops: readonly Op[]): readonly number[] => ops.map((op) => op.i).toSorted((a, b) => a - b);

const deadlineMs = 500;
/** A busy machine may settle them this much later; without a deadline of its own a record would hang for good. */
const withinMs = deadlineMs + 1000;

describe.each(['oracle', 'kafkajs', 'kafkajs/hardened', 'platformatic', 'platformatic/hardened'])(
  'kafka.ledger, %s, while the leaders serve',
  (client) => {
    it('records every record once, and reads all of them back', async () => {
      // A broker that has just started is slow at first.
      const params = { topic: 'orders', rate: '20/s', deadline: '3s' };
      await using run = await startKafkaLedger(cluster, params, { client });
      await run.workload.firstOk(5000);
      await run.until('100 records', ({ ok }) => ok >= 100);
      const { header, ops } = await run.finish();
      expect(header).toEqual({
        v: 1,
        workload: 'writes',
        kind: 'kafka.ledger',
        client,
        service: 'events',
        units: ['orders/0', 'orders/1', 'orders/2'],
        spacingMs: 50,
        deadlineMs: 3000,
        ledger: true,
        okMeans: 'acknowledged by all replicas in sync',
      });
      expect(by(ops, 'ok')).toHaveLength(ops.length);
      const copies = await run.readBack();
      expect(copies.map(({ unit, from, authoritative }) => [unit, from, authoritative])).toEqual(
        header.units.map((unit) => [unit, 'broker-1', true]),
      );
      for (const [unit, copy] of copies.entries()) {
        const own = numbers(ops.filter((op) => op.unit === unit));
        expect(own).toEqual(own.map((_, index) => index));
        expect(copy.values.toSorted((a, b) => a - b)).toEqual(own);
      }
      expect(run.problems()).toEqual([]);
    });

    it('takes the way that the book says, and no other', async () => {
      await using relays = await startRelays(cluster.book('client'));
      const params = { topic: 'orders', deadline: '1s' };
      await using run = await startKafkaLedger(cluster, params, { client, addresses: relays.book });
      await run.until('records', ({ ok }) => ok >= 20);
      await relays[Symbol.asyncDispose]();
      // What was answered on its way out may still come in.
      await run.until('failures', ({ failed, unknown }) => failed + unknown >= 100);
      const before = run.workload.counters().ok;
      await run.until('more failures', ({ failed, unknown }) => failed + unknown >= 200);
      expect(run.workload.counters().ok).toBe(before);
    });
  },
);

describe.each(['kafkajs', 'kafkajs/hardened', 'platformatic', 'platformatic/hardened'])(
  'kafka.ledger, %s',
  (client) => {
    it('writes with an idempotent producer where it is told so', async () => {
      const params = { topic: 'orders', rate: '10/s', deadline: '3s', idempotence: true };
      await using run = await startKafkaLedger(cluster, params, { client });
      await run.until('records', ({ ok }) => ok >= 30);
      const { ops } = await run.finish();
      const copies = await run.readBack();
      for (const [unit, { values }] of copies.entries()) {
        expect(new Set(values).size).toBe(values.length);
        const written = by(ops, 'ok').filter((op) => op.unit === unit);
        expect(written.every((op) => values.includes(op.i))).toBe(true);
      }
    });
  },
);

describe('kafka.ledger, oracle', () => {
  it('writes to the partitions that it is told, and shares a topic with other ledgers', async () => {
    await using all = await startKafkaLedger(cluster, { topic: 'orders' });
    await using some = await startKafkaLedger(cluster, { topic: 'orders', partitions: [2, 1], acks: 1 });
    for (const run of [all, some]) await run.until('records', ({ ok }) => ok >= 60);
    await all.finish();
    const { header, ops } = await some.finish();
    expect(header).toMatchObject({ units: ['orders/2', 'orders/1'], okMeans: 'acknowledged by the leader' });
    const copies = await some.readBack();
    expect(copies.map(({ unit }) => unit)).toEqual(['orders/2', 'orders/1']);
    for (const [unit, copy] of copies.entries()) {
      const own = ops.filter((op) => op.unit === unit);
      expect(copy.values).toEqual(expect.arrayContaining([...numbers(by(own, 'ok'))]));
      expect(numbers(own)).toEqual(expect.arrayContaining([...copy.values]));
    }
  });

  it('settles what hangs by the deadline, once, also when it succeeds after all', async () => {
    await using run = await startKafkaLedger(cluster, {
      topic: 'orders',
      partitions: [0],
      deadline: `${deadlineMs}ms`,
    });
    await run.until('records', ({ ok }) => ok >= 50);
    cluster.signal('broker-1', 'SIGSTOP');
    try {
      await run.until('timeouts', ({ lastError, unknown }) => lastError === 'TIMEOUT' && unknown >= 30);
    } finally {
      cluster.signal('broker-1', 'SIGCONT');
    }
    const hung = run.workload.counters();
    await run.until('records again', ({ ok }) => ok >= hung.ok + 50);
    const { ops } = await run.finish();
    expect(numbers(ops)).toEqual(ops.map((_, index) => index));
    expect(Math.max(...ops.map((op) => op.settledMs - op.sentMs))).toBeLessThan(withinMs);
    const [copy] = await run.readBack();
    const found = new Set(copy?.values);
    expect(found.size).toBe(copy?.values.length);
    expect(by(ops, 'ok').every((op) => found.has(op.i))).toBe(true);
    expect(by(ops, 'failed').some((op) => found.has(op.i))).toBe(false);
    expect(by(ops, 'unknown', 'TIMEOUT').some((op) => found.has(op.i))).toBe(true);
  });

  it('calls a record failed that was refused, and does not find it', async () => {
    await using run = await startKafkaLedger(cluster, { topic: 'narrow', recordBytes: 1000 });
    await run.until('refusals', ({ lastError, failed }) => lastError === 'MESSAGE_TOO_LARGE' && failed >= 50);
    const { ops } = await run.finish();
    expect(by(ops, 'ok')).toEqual([]);
    const [copy] = await run.readBack();
    expect(copy?.values).toEqual([]);
  });
});

describe('kafka.ledger refuses', () => {
  it.each([
    [{ topic: 'nowhere' }, 'kafka.ledger: cannot tell where to write: no topic "nowhere": UNKNOWN_TOPIC_OR_PARTITION'],
    [{ topic: 'orders', partitions: [1, 3] }, 'kafka.ledger: orders has no partition 3'],
    [{ topic: 'orders', acks: 1, idempotence: true } as const, 'kafka.ledger: idempotence needs acks: all'],
    [
      { topic: 'orders', service: 'other' },
      'kafka.ledger: cannot tell where to write: no broker answers: there is none',
    ],
  ])('%j', async (params, message) => {
    const refusal = { code: 'WORKLOAD_FAILED', at: 'workload writes', message };
    await expect(startKafkaLedger(cluster, params)).rejects.toMatchObject(refusal);
  });
});
