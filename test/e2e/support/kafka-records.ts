// A plugin: every record of the topic `orders` is read by kafkajs before the cluster is taken down.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { Cluster } from '../../../src/core/cluster.ts';
import type { Runtime } from '../../../src/core/kinds.ts';
import { type AddressBook, PROBE, translate } from '../../../src/core/node.ts';
import { countingRuntime } from './counting-runtime.ts';

const TOPIC = 'orders';
const withinMs = 60_000;

/** The text of each record. */
export type Records = readonly string[];

export const runtimes: readonly Runtime[] = [countingRuntime(({ addresses }: Cluster) => readAll(addresses(PROBE)))];

async function readAll(book: AddressBook): Promise<Records> {
  const brokers = book.rows.filter((row) => row.role === 'broker');
  const kafka = new Kafka({
    clientId: 'count',
    brokers: brokers.map(({ address }) => `${address.host}:${address.port}`),
    logLevel: logLevel.NOTHING,
    socketFactory: ({ host, port, onConnect }) => connect(translate(book, { host, port }), onConnect),
  });
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: 'count' });
  await Promise.all([admin.connect(), consumer.connect()]);
  try {
    const ends = await admin.fetchTopicOffsets(TOPIC);
    const wanted = ends.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
    const records: string[] = [];
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void records.push(String(message.value)) });
    const deadline = performance.now() + withinMs;
    while (records.length < wanted) {
      if (performance.now() > deadline) throw new Error(`${records.length} of ${wanted} records were read`);
      await sleep(50);
    }
    return records;
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
}
