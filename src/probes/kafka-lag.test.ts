import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf } from '../../test/kafka-context.ts';
import { createTopic } from '../../test/kafka-topics.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../../test/loopback-kafka.ts';
import { findCoordinatorV4 } from '../clients/kafka-api.ts';
import { commitOffsets } from '../clients/kafka-groups.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { OpenProbe } from '../core/kinds.ts';
import { waitFor } from '../core/wait.ts';
import { kafkaLag } from './kafka-lag.ts';

const signal = new AbortController().signal;
const LIMIT_MS = 1500;
let kafka: LoopbackKafka;
let probe: OpenProbe | undefined;
/** Leads a partition, and does not coordinate the group: without a coordinator there is no reading at all. */
let victim = '';

beforeAll(async () => {
  const settings = { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500 };
  kafka = await startLoopbackKafka({ combined: 3, settings });
  const replicas = [
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
  ];
  await createTopic(kafka.book('client'), { name: 'orders', replicas });
  using nodes = openKafkaNodes(kafka.book('probe'), { timeoutMs: 2000, role: 'broker' });
  const offsets = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: 0 }));
  const commit = (): Promise<true | undefined> =>
    commitOffsets(nodes, 'consumers', offsets).then(
      () => true,
      () => undefined,
    );
  await waitFor(commit, { withinMs: 60_000, everyMs: 200, what: 'a coordinator' });
  const { coordinators } = await nodes.askAny((connection) =>
    connection.ask(findCoordinatorV4.api, [0, ['consumers']]),
  );
  victim = coordinators[0]?.nodeId === 3 ? 'broker-2' : 'broker-3';
  probe = await kafkaLag.open(kafkaLag.params.parse({ group: 'consumers' }), contextOf(kafka));
}, 180_000);
afterAll(async () => {
  await probe?.[Symbol.asyncDispose]();
  await kafka[Symbol.asyncDispose]();
});

/** A reading, and how long it took; undefined where it failed. */
async function read(): Promise<{ readonly value: Json | undefined; readonly tookMs: number }> {
  const startedMs = performance.now();
  const value = await probe?.read(signal).catch(() => undefined);
  return { value, tookMs: performance.now() - startedMs };
}

async function until(what: string, isIt: (value: Json) => boolean): Promise<number> {
  let longestMs = 0;
  const ask = async (): Promise<true | undefined> => {
    const { value, tookMs } = await read();
    longestMs = Math.max(longestMs, tookMs);
    return value !== undefined && isIt(value) ? true : undefined;
  };
  await waitFor(ask, { withinMs: 40_000, everyMs: 50, what });
  return longestMs;
}

const isKnown = (value: Json): boolean => isJsonObject(value) && value['records'] === 0 && value['unknown'] === 0;
const isNot = (value: Json): boolean =>
  isJsonObject(value) && value['records'] === null && Number(value['unknown']) > 0;

describe('kafka.lag while a broker hangs', () => {
  it('says that it does not know, never 0, and soon; and knows again once others lead', async () => {
    await until('a whole reading', isKnown);
    kafka.signal(victim, 'SIGSTOP');
    const hungMs = await until('a reading that is not known', isNot);
    const backMs = await until('a reading through the other leaders', isKnown);
    expect(Math.max(hungMs, backMs)).toBeLessThan(LIMIT_MS);
    kafka.signal(victim, 'SIGCONT');
    await until('a reading of all', isKnown);
  }, 120_000);
});
