import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitOffsets } from '../../src/clients/kafka-groups.ts';
import { readMetadata } from '../../src/clients/kafka-metadata.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import { openPlatformaticConsumer } from '../../src/clients/platformatic-consumer.ts';
import type { TopicSpec } from '../../src/core/drill.ts';
import type { Json } from '../../src/core/json.ts';
import type { ServiceSpec, UndoRecord } from '../../src/core/kinds.ts';
import { waitFor } from '../../src/core/wait.ts';
import { kafkaGroup } from '../../src/probes/kafka-group.ts';
import { kafkaLogDirs } from '../../src/probes/kafka-log-dirs.ts';
import { kafkaQuorum } from '../../src/probes/kafka-quorum.ts';
import { kafkaReplication } from '../../src/probes/kafka-replication.ts';
import { kafka as service } from '../../src/services/kafka/service.ts';
import { kafkaConsumer } from '../../src/workloads/kafka-consumer.ts';
import { createTopic } from '../kafka-topics.ts';
import { attachedContext, readOnce } from '../support/secured-context.ts';
import { type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts';
import { untilAnswered } from '../until-answered.ts';

/** Its controller is nothing else, and no client can reach it. */
let kafka: SecuredKafka;
beforeAll(async () => {
  kafka = await startSecuredKafka({ nodes: [5], controllers: [3000] });
  await createTopic(kafka.book(kafka.access('admin')), { name: 'orders', replicas: [[5]] });
});
afterAll(() => kafka?.[Symbol.asyncDispose]());

const live = () => attachedContext(kafka.book());
const spec: ServiceSpec = { name: 'kafka', settings: {}, basePort: 0 };
const replication = kafkaReplication.params.parse({ topics: ['orders'] });
const group = kafkaGroup.params.parse({ group: 'readers' });

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => `no error: ${JSON.stringify(value)}`,
    (error: unknown) => error,
  );
}

/** The questions, the right without which each is refused, and what it is then called. */
const questions: readonly (readonly [string, () => Promise<unknown>, string])[] = [
  ['view', () => service.view('kafka', live()), 'Describe on the cluster'],
  ['prepare', () => service.prepare?.(spec, live()) ?? Promise.resolve(), 'Describe on the cluster'],
  ['kafka.quorum', () => readOnce(kafkaQuorum, {}, live()), 'Describe on the cluster'],
  ['kafka.log-dirs', () => readOnce(kafkaLogDirs, {}, live()), 'Describe on the cluster'],
  ['settings', () => service.settings('kafka', live()), 'DescribeConfigs on the cluster'],
  ['kafka.replication', () => readOnce(kafkaReplication, replication, live()), 'Describe on topic orders'],
  ['kafka.group', () => readOnce(kafkaGroup, group, live()), 'Describe on group readers'],
];

describe('whoever may do nothing', () => {
  it.each(questions)('is told by %s which right is missing', async (_, ask, right) => {
    const failure = await failureOf(untilAnswered(ask));
    expect(failure).toMatchObject({ code: 'PLAN_REFUSED', message: expect.stringContaining(`denies us ${right} (`) });
  });

  it('is told which one is missing besides, once he has been given some', async () => {
    await kafka.allow(['Describe on the cluster', 'Describe on topic *', 'DescribeConfigs on the cluster']);
    expect(await failureOf(service.settings('kafka', live()))).toMatchObject({
      message: expect.stringContaining('DescribeConfigs on topic orders'),
    });
    expect(await failureOf(readOnce(kafkaReplication, replication, live()))).toMatchObject({
      message: expect.stringContaining('DescribeConfigs on topic orders'),
    });
  });
});

describe('a cluster whose controllers nobody can reach', () => {
  it('is seen through its brokers', async () => {
    await kafka.allow(['DescribeConfigs on topic *', 'Describe on group *']);
    const view = await service.view('kafka', live());
    expect(view.roles).toEqual({ 'broker-5': ['broker'] });
    expect(view.facts).toMatchObject({
      activeController: 'kafka node 3000',
      controllers: ['kafka node 3000'],
      unfenced: ['broker-5'],
      fenced: [],
      partitions: { 'orders/0': { leader: 'broker-5', isr: ['broker-5'] } },
    });
    expect(await readOnce(kafkaQuorum, {}, live())).toMatchObject({
      leader: '3000',
      activeControllers: 1,
      controllersAnswering: null,
      voters: 1,
      votersInStep: 1,
      observers: 1,
    });
    const settings = await service.settings('kafka', live());
    expect(settings).toMatchObject({ broker: { 'broker-5': { 'node.id': '5' } }, controller: {} });
  });
});

/** Of topics that the drill declares. */
const wanting = (topics: Readonly<Record<string, Partial<TopicSpec>>>): ServiceSpec => {
  const usual = { partitions: 1, replicationFactor: undefined, replicas: undefined, config: {} };
  const declared = Object.entries(topics).map(([name, topic]) => [name, { ...usual, ...topic }] as const);
  return { ...spec, topics: Object.fromEntries(declared) };
};
const topicsOf = async (): Promise<readonly string[]> => {
  const book = kafka.book(kafka.access('admin'));
  using nodes = openKafkaNodes(book, { timeoutMs: 5000 });
  const { topics } = await readMetadata(nodes, { book });
  return [...topics.keys()].filter((name) => !name.startsWith('__')).toSorted();
};
const undo = (prior: Json): UndoRecord => ({
  v: 1,
  runId: 'test',
  seq: 0,
  step: 'kafka',
  kind: 'kafka',
  params: null,
  targets: [],
  prior,
  deadlineMs: 10_000,
  state: 'planned',
});

describe('topics that a drill wants in somebody else’s Kafka', () => {
  it('are not made without the right to, and nothing is left then', async () => {
    const cx = live();
    expect(await failureOf(service.prepare?.(wanting({ 'firedrill-a': {} }), cx) ?? Promise.resolve())).toMatchObject({
      code: 'PLAN_REFUSED',
      message: expect.stringContaining('Create on topic firedrill-a'),
    });
    expect(cx.priors).toEqual([expect.anything(), null]);
  });

  it('are made where they are absent, said to be left before, and deleted; those that were there stay', async () => {
    await kafka.allow(['Create on topic firedrill-*', 'Delete on topic firedrill-*']);
    const cx = live();
    await service.prepare?.(wanting({ orders: {}, 'firedrill-a': { partitions: 2 }, 'firedrill-b': {} }), cx);
    expect(await topicsOf()).toEqual(['firedrill-a', 'firedrill-b', 'orders']);
    const named = (topicId: unknown) => ({
      service: 'kafka',
      topics: ['firedrill-a', 'firedrill-b'].map((topic) => ({ topic, topicId })),
    });
    expect(cx.priors).toEqual([named(null), named(expect.any(String))]);
    const record = undo(cx.priors[1] ?? null);
    expect((await service.revert?.(record, live()))?.summary).toBe(
      'topic firedrill-a deleted, topic firedrill-b deleted',
    );
    expect(await topicsOf()).toEqual(['orders']);
    const again = live();
    await service.prepare?.(wanting({ 'firedrill-a': {} }), again);
    expect((await service.revert?.(record, live()))?.summary).toBe(
      'topic firedrill-a is another one now, and stays, topic firedrill-b is not there',
    );
    await service.revert?.(undo(again.priors[0] ?? null), live());
    expect(await topicsOf()).toEqual(['orders']);
  });

  it('are left as they are, and nothing is made, where one is there and is another', async () => {
    const cx = live();
    const wanted = wanting({ 'firedrill-a': {}, orders: { partitions: 3, config: { 'cleanup.policy': 'compact' } } });
    expect(await failureOf(service.prepare?.(wanted, cx) ?? Promise.resolve())).toMatchObject({
      code: 'PLAN_REFUSED',
      message:
        'the topic "orders" is there already, and is another: 1 partitions and not 3; cleanup.policy is delete and not compact',
    });
    expect([cx.priors, await topicsOf()]).toEqual([[], ['orders']]);
  });
});

describe('the group of a consumer in somebody else’s Kafka', () => {
  it('is deleted with what it has committed, once and again', async () => {
    await kafka.allow(['Read on group firedrill-*', 'Delete on group firedrill-*']);
    const book = kafka.book();
    using nodes = openKafkaNodes(book, { timeoutMs: 5000 });
    await kafka.allow(['Read on topic orders']);
    const commit = () => commitOffsets(nodes, 'firedrill-readers', [{ topic: 'orders', partition: 0, offset: 0 }]);
    await waitFor(
      () =>
        commit().then(
          () => true as const,
          () => undefined,
        ),
      {
        withinMs: 20_000,
        everyMs: 100,
        what: 'a coordinator',
      },
    );
    const left = kafkaConsumer.leaves?.(kafkaConsumer.params.parse({ topics: 'orders', group: 'firedrill-readers' }), {
      name: 'reads',
      client: 'kafkajs',
      runId: 'test',
    });
    const remove = async () => (await kafkaConsumer.revert?.(undo(left ?? null), live()))?.summary;
    expect(await remove()).toBe('group firedrill-readers deleted');
    expect(await remove()).toBe('group firedrill-readers was not there');
  });

  it.each(['classic', 'consumer'] as const)(
    'is deleted while a member of the %s protocol is in it',
    async (protocol) => {
      await kafka.allow(['Read on group firedrill-*', 'Delete on group firedrill-*', 'Read on topic orders']);
      const group = `firedrill-${protocol}`;
      const joined = Promise.withResolvers<void>();
      const consumer = await openPlatformaticConsumer({
        addresses: kafka.book(),
        service: 'kafka',
        name: 'member',
        topics: ['orders'],
        group,
        protocol,
        profile: 'hardened',
        commit: 'auto',
        sessionTimeoutMs: undefined,
        process: async () => undefined,
        tell: () => joined.resolve(),
      });
      await joined.promise;
      const evidence = await kafkaConsumer.revert?.(undo({ service: 'kafka', group }), live());
      expect(evidence?.summary).toBe(`group ${group} deleted`);
      await Promise.resolve(consumer[Symbol.asyncDispose]()).catch(() => undefined);
    },
  );

  it('is not there where the oracle reads', () => {
    const params = kafkaConsumer.params.parse({ topics: 'orders' });
    expect(kafkaConsumer.leaves?.(params, { name: 'reads', client: 'oracle', runId: 'test' })).toBeNull();
  });
});
