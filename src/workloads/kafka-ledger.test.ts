import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopic } from '../../test/kafka-topics.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../../test/loopback-kafka.ts';
import { startKafkaLedger } from '../../test/run-ledger.ts';
import type { OpRecord as Op } from '../journal/ops-format.ts';

/** Nobody fails over here: what the only broker does is seen as it is. */
let cluster: LoopbackKafka;
beforeAll(async () => {
  cluster = await startLoopbackKafka({ combined: 1 });
  await createTopic(cluster.book('probe'), { name: 'orders', replicas: [[1], [1], [1]] });
}, 120_000);
afterAll(() => cluster?.[Symbol.asyncDispose]());

const by = (ops: readonly Op[], outcome: string, code?: string): readonly Op[] =>
  ops.filter((op) => op.outcome === outcome && (code === undefined || op.errorCode === code));
const numbers = (ops: readonly Op[]): readonly number[] => ops.map((op) => op.i).toSorted((a, b) => a - b);

describe.each(['oracle', 'kafkajs', 'kafkajs/hardened', 'platformatic', 'platformatic/hardened'])(
  'kafka.ledger, %s, while the leaders serve',
  (client) => {
    it('records every record once, and reads all of them back', async () => {
      await using run = await startKafkaLedger(cluster, { topic: 'orders', deadline: '2s' }, { client });
      await run.workload.firstOk(5000);
      await run.until('200 records', ({ ok }) => ok >= 200);
      const { header, ops } = await run.finish();
      expect(header).toEqual({
        v: 1,
        workload: 'writes',
        kind: 'kafka.ledger',
        client,
        units: ['orders/0', 'orders/1', 'orders/2'],
        spacingMs: 10,
        deadlineMs: 2000,
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
  },
);
