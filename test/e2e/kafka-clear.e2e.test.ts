import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitOffsets, readCommitted } from '../../src/clients/kafka-groups.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import { PROBE } from '../../src/core/node.ts';
import { waitFor } from '../../src/core/wait.ts';
import { factsOf } from '../../src/services/kafka/facts.ts';
import { kafka } from '../../src/services/kafka/service.ts';
import { type KafkaUnderTest, startKafka } from './support/kafka-cluster.ts';

let under: KafkaUnderTest;

/** A broker that has just become a leader, or a coordinator, is one a moment later. */
async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  const once = (): Promise<{ readonly value: T } | undefined> =>
    ask().then(
      (value) => ({ value }),
      () => undefined,
    );
  return (await waitFor(once, { withinMs: 30_000, everyMs: 100, what: 'an answer' })).value;
}

/** Once the leader is one: it says so a moment before it takes records. */
async function write(): Promise<void> {
  await eventually(async () => {
    const { partitions } = factsOf(await kafka.view('kafka', under.live()));
    const code = await under.write(partitions['orders/0']?.leader ?? '', 'all');
    if (code !== 0) throw new Error(`code ${code}`);
  });
}

describe('a Kafka that has served a run', () => {
  beforeAll(async () => {
    under = await startKafka({
      topics: { orders: { replicas: [[1, 2, 3]] } },
      settings: { 'kafka-nodes': { brokers: 3, combined: true } },
    });
  });
  afterAll(() => under[Symbol.asyncDispose]());

  it('is as new after clear and prepare: without its records, and without what its groups had committed', async () => {
    using nodes = openKafkaNodes(under.cluster.addresses(PROBE), { timeoutMs: 5000, role: 'broker' });
    const commit = (offset: number) => commitOffsets(nodes, 'consumers', [{ topic: 'orders', partition: 0, offset }]);
    await write();
    await eventually(() => commit(1));
    expect([...(await readCommitted(nodes, 'consumers'))]).toEqual([['orders/0', 1]]);

    await kafka.clear?.(under.spec, under.live());
    expect(factsOf(await kafka.view('kafka', under.live())).partitions).toEqual({});
    await expect(readCommitted(nodes, 'consumers')).rejects.toThrow('no coordinator of group');
    // Twice is no harm.
    await kafka.clear?.(under.spec, under.live());

    await kafka.prepare?.(under.spec, under.live());
    expect(await kafka.offsets('kafka', under.live())).toEqual({ 'orders/0': 0 });
    await eventually(() => commit(0));
    expect([...(await readCommitted(nodes, 'consumers'))]).toEqual([['orders/0', 0]]);
    await write();
    expect(await kafka.offsets('kafka', under.live())).toEqual({ 'orders/0': 1 });
  });
});
