// Two of three brokers dead: the ISR is under its minimum, and Kafka keeps who may still lead.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import { createTopics } from '../../src/clients/kafka-topics.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { waitFor } from '../../src/core/wait.ts';
import { kafkaReplication } from '../../src/probes/kafka-replication.ts';
import { contextOf } from '../kafka-context.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../loopback-kafka.ts';

let kafka: LoopbackKafka;

beforeAll(async () => {
  const settings = { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500 };
  kafka = await startLoopbackKafka({ brokers: 3, controllers: 1, settings });
  using nodes = openKafkaNodes(kafka.book('probe'), { timeoutMs: 5000, role: 'broker' });
  const orders = { name: 'orders', replicas: [[1, 2, 3]], config: {} };
  await nodes.ask('broker-1', (broker) => createTopics(broker, [orders], 10_000));
});
afterAll(async () => kafka[Symbol.asyncDispose]());

it('counts partitions under their minimum by the effective setting, and names the eligible leaders', async () => {
  const cx = contextOf(kafka);
  await using probe = await kafkaReplication.open(kafkaReplication.params.parse({}), cx);
  const until = (field: string, wanted: number | boolean): Promise<JsonObject> => {
    const ask = async (): Promise<JsonObject | undefined> => {
      const value = (await probe.read(cx.signal).catch(() => undefined)) as JsonObject | undefined;
      return value?.[field] === wanted ? value : undefined;
    };
    return waitFor(ask, { withinMs: 30_000, everyMs: 50, what: `${field} to be ${wanted}` });
  };
  await until('isrWhole', true);
  await kafka.kill('broker-1');
  expect(await until('underReplicated', 1)).toMatchObject({ underMinIsr: 0, brokersUnfenced: 2 });
  await kafka.kill('broker-2');
  expect(await until('underMinIsr', 1)).toMatchObject({
    offline: 0,
    brokersUnfenced: 1,
    brokersAnswering: 1,
    notWhole: { 'orders/0': { leader: 3, isr: [3], elr: [2], missing: [1, 2] } },
  });
});
