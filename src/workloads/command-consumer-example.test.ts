// The example consumer that users copy, against a real Kafka.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopic } from '../../test/kafka-topics.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../../test/loopback-kafka.ts';
import { runWorkload } from '../../test/run-workload.ts';
import { readCommitted } from '../clients/kafka-groups.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { createClock } from '../core/clock.ts';
import type { OpRecord } from '../journal/ops-format.ts';
import { findOnPath } from '../toolchain/command.ts';
import { commandWorkload } from './command.ts';
import { kafkaLedger } from './kafka-ledger.ts';

const example = new URL('../../fixtures/clients/python/consumer.py', import.meta.url).pathname;
const missing = findOnPath('python3', process.env) === undefined;
const units = ['orders/0', 'orders/1'];
const keys = (ops: readonly OpRecord[]): string[] => ops.map(({ unit, i }) => `${unit} ${i}`).toSorted();

let kafka: LoopbackKafka;
beforeAll(async () => {
  if (missing) return;
  kafka = await startLoopbackKafka({ combined: 1 });
  await createTopic(kafka.book('client'), { name: 'orders', replicas: [[1], [1]] });
}, 120_000);
afterAll(async () => {
  if (!missing) await kafka[Symbol.asyncDispose]();
});

describe('the example consumer in Python', () => {
  it('processes and commits every record that was acknowledged', async ({ skip }) => {
    skip(missing, 'python3 is not on PATH');
    const dir = await mkdtemp(join(kafka.dir, 'run-'));
    const shared = { dir, addresses: kafka.book('client'), clock: createClock() };
    const params = { run: ['python3', example, 'billing'], consumes: true, units, rate: '50/s', stopWithin: '20s' };
    await using reads = await runWorkload(commandWorkload, params, { ...shared, name: 'reads' });
    await using writes = await runWorkload(kafkaLedger, { topic: 'orders', rate: '50/s', deadline: '2s' }, shared);
    await reads.until('100 records', ({ ok }) => ok >= 100);
    // One after the other: what is written late is not read by who has stopped already.
    const { ops: written } = await writes.finish();
    const { ops: processed, header } = await reads.finish();
    expect(reads.problems()).toEqual([]);
    expect(header).toMatchObject({ client: 'python asyncio consumer', records: true });
    expect(new Set(processed.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
    expect(keys(processed)).toEqual(expect.arrayContaining(keys(written.filter(({ outcome }) => outcome === 'ok'))));
    for (const { sentMs, settledMs } of processed) expect(settledMs - sentMs).toBeLessThan(20_000);
    using nodes = openKafkaNodes(kafka.book('probe'), { timeoutMs: 2000, role: 'broker' });
    const committed = await readCommitted(nodes, 'billing');
    const counts = units.map((_, unit) => processed.filter((op) => op.unit === unit).length);
    expect(units.map((unit) => committed.get(unit))).toEqual(counts);
  }, 60_000);
});
