import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTopic } from '../../test/kafka-topics.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../../test/loopback-kafka.ts';
import { attachedContext } from '../../test/support/secured-context.ts';
import { readMetadata } from '../clients/kafka-metadata.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { electFirst, orderReplicas } from '../clients/kafka-preferred.ts';
import type { ClusterView } from '../core/cluster.ts';
import type { FaultInput } from '../core/kinds.ts';
import { kafka as service } from '../services/kafka/service.ts';
import { kafkaElectPreferredLeaders as elect } from './kafka-elect-preferred-leaders.ts';

let kafka: LoopbackKafka;
beforeAll(async () => {
  kafka = await startLoopbackKafka({ combined: 3 });
  for (const name of ['ours', 'theirs']) await createTopic(kafka.book('probe'), { name, replicas: [[1, 2, 3]] });
}, 120_000);
afterAll(() => kafka?.[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const topic of ['ours', 'theirs']) await order(topic, [1, 2, 3], 'elect');
});

/** Without an election the leader stays where it is, and another replica is the first. */
async function order(topic: string, replicas: readonly number[], then: 'elect' | 'stay'): Promise<void> {
  using nodes = openKafkaNodes(kafka.book('probe'), { timeoutMs: 5000, role: 'broker' });
  const signal = AbortSignal.timeout(20_000);
  const leadership = { nodes, book: kafka.book('probe'), withinMs: 10_000, signal };
  const wanted = [{ topic, partition: 0, replicas }];
  await orderReplicas(wanted, leadership);
  if (then === 'elect') await electFirst(wanted, leadership);
}

async function look(): Promise<ClusterView> {
  return {
    atMs: 0,
    nodes: [],
    services: { events: await service.view('events', attachedContext(kafka.book('probe'))) },
  };
}

async function act(before: ClusterView, params: Record<string, unknown> = {}) {
  const cx = { ...attachedContext(kafka.book('probe')), workloads: new Map(), before };
  const input = { params: elect.params.parse(params), targets: [], view: before } as unknown as FaultInput<never>;
  return elect.run(input, cx);
}

/** Unit → the number of its leader. */
async function leaders(): Promise<Readonly<Record<string, number | undefined>>> {
  using nodes = openKafkaNodes(kafka.book('probe'), { timeoutMs: 5000, role: 'broker' });
  const { partitions } = await readMetadata(nodes, { book: kafka.book('probe') });
  return Object.fromEntries([...partitions.values()].map(({ unit, leader }) => [unit, leader]));
}

describe('kafka.elect-preferred-leaders', () => {
  it('gives back what the run has moved, and leaves alone what was led by another before', async () => {
    await order('theirs', [2, 1, 3], 'stay');
    const before = await look();
    await order('ours', [3, 1, 2], 'stay');
    const { summary, facts } = await act(before);
    expect(facts).toMatchObject({ moved: [{ unit: 'ours/0', from: 1, to: 3 }], left: ['theirs/0'] });
    expect(summary).toBe(
      '1 of 2 partitions moved: ours/0 from 1 to 3; left as they were before the run, not led by their first replicas: theirs/0',
    );
    expect(await leaders()).toEqual({ 'ours/0': 3, 'theirs/0': 1 });
  });

  it('moves them all where all are asked for, and only of the topics that are named', async () => {
    for (const topic of ['ours', 'theirs']) await order(topic, [2, 1, 3], 'stay');
    const before = await look();
    expect(await act(before)).toMatchObject({ facts: { moved: [], left: ['ours/0', 'theirs/0'] } });
    expect(await act(before, { all: true, topics: ['theirs'] })).toMatchObject({
      facts: { moved: [{ unit: 'theirs/0' }], left: [] },
    });
    expect(await leaders()).toEqual({ 'ours/0': 1, 'theirs/0': 2 });
    expect(await act(before, { all: true })).toMatchObject({ facts: { moved: [{ unit: 'ours/0' }], left: [] } });
  });

  it('gives back a partition that was made only while the run was going on', async () => {
    const before = await look();
    await createTopic(kafka.book('probe'), { name: 'late', replicas: [[1, 2, 3]] });
    await order('late', [2, 1, 3], 'stay');
    expect(await act(before)).toMatchObject({ facts: { moved: [{ unit: 'late/0', from: 1, to: 2 }] } });
  });

  it('says in a plan what it will leave alone, or that it leaves nothing', async () => {
    await order('theirs', [2, 1, 3], 'stay');
    const view = await look();
    const warnings = (params: Record<string, unknown>, seen?: ClusterView) =>
      elect.warns?.(elect.params.parse(params), seen);
    expect(warnings({}, view)).toContain('left as they are, not led by their first replicas now: theirs/0');
    expect(warnings({ topics: ['ours'] }, view)).toEqual(warnings({ topics: ['ours'] }));
    expect(warnings({ all: true }, view)).toContain('led by their first replicas from then on, and not now: theirs/0');
  });
});
