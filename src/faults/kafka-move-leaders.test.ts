import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopic } from '../../test/kafka-topics.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../../test/loopback-kafka.ts';
import { attachedContext } from '../../test/support/secured-context.ts';
import { listReassignments, reassignPartitions } from '../clients/kafka-admin.ts';
import { type KafkaPartition, readMetadata } from '../clients/kafka-metadata.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import type { FaultInput, LiveContext, UndoRecord } from '../core/kinds.ts';
import { kafka as service } from '../services/kafka/service.ts';
import { kafkaMoveLeaders, type Prior } from './kafka-move-leaders.ts';

let kafka: LoopbackKafka;
beforeAll(async () => {
  kafka = await startLoopbackKafka({ combined: 3 });
  await createTopic(kafka.book('probe'), {
    name: 'orders',
    replicas: [
      [1, 2, 3],
      [2, 3, 1],
      [1, 3, 2],
    ],
  });
  await createTopic(kafka.book('probe'), { name: 'alone', replicas: [[3]], config: { 'min.insync.replicas': 1 } });
}, 120_000);
afterAll(() => kafka?.[Symbol.asyncDispose]());

function live(): LiveContext {
  return attachedContext(kafka.book('probe'));
}

type Input = FaultInput<ReturnType<typeof kafkaMoveLeaders.params.parse>>;

async function inputFor(targets: readonly string[], params: Record<string, unknown> = {}): Promise<Input> {
  const cx = live();
  const view = { atMs: 0, nodes: [], services: { events: await service.view('events', cx) } };
  return { params: kafkaMoveLeaders.params.parse(params), targets, view, cluster: cx.cluster, resolve: () => [] };
}

function recordOf(input: Input): UndoRecord<Prior> {
  const targets = input.targets.map((node) => ({ node, identity: undefined }));
  return { prior: kafkaMoveLeaders.undo(input), targets, deadlineMs: 20_000 } as unknown as UndoRecord<Prior>;
}

/** Partition → its leader, and its replicas in order. */
async function orders(): Promise<readonly string[]> {
  using nodes = openKafkaNodes(kafka.book('probe'), { timeoutMs: 2000, role: 'broker' });
  const { partitions } = await readMetadata(nodes, { book: kafka.book('probe'), topics: ['orders'] });
  return [...partitions.values()].map(({ leader, replicas }: KafkaPartition) => `${leader}: ${replicas.join(' ')}`);
}

const BEFORE = ['1: 1 2 3', '2: 2 3 1', '1: 1 3 2'];

describe('kafka.move-leaders', () => {
  it('moves what a broker leads to others that are in sync, and back', async () => {
    const input = await inputFor(['broker-1']);
    const record = recordOf(input);
    const { summary, facts } = await kafkaMoveLeaders.inject(input, live());
    expect(summary).toMatch(
      /^led by others now: orders\/0 from 1 to 2 \(epoch \d+\), orders\/2 from 1 to 3 \(epoch \d+\)$/,
    );
    expect(facts['moves']).toHaveLength(2);
    expect(await orders()).toEqual(['2: 2 1 3', '2: 2 3 1', '3: 3 1 2']);
    await kafkaMoveLeaders.still?.(record, live());
    expect((await kafkaMoveLeaders.revert(record, live())).summary).toBe(
      'led by their first replicas again: orders/0, orders/2',
    );
    expect(await orders()).toEqual(BEFORE);
    await expect(kafkaMoveLeaders.still?.(record, live())).rejects.toThrow('is led by a target again');
    await kafkaMoveLeaders.revert(record, live());
    expect(await orders()).toEqual(BEFORE);
  }, 60_000);

  it('undoes what has come half way: another order, and no election', async () => {
    const record = recordOf(await inputFor(['broker-1'], { partitions: ['orders/0'] }));
    using nodes = openKafkaNodes(kafka.book('probe'), { timeoutMs: 2000, role: 'broker' });
    const half = { topic: 'orders', partition: 0, replicas: [3, 1, 2] };
    expect(await nodes.ask('broker-1', (broker) => reassignPartitions(broker, [half], 5000))).toEqual([]);
    await kafkaMoveLeaders.revert(record, live());
    expect(await orders()).toEqual(BEFORE);
    expect((await nodes.ask('broker-1', (broker) => listReassignments(broker, 1000))).size).toBe(0);
  }, 60_000);

  it('leaves alone what somebody else has put onto other brokers, or deleted, meanwhile', async () => {
    const input = await inputFor(['broker-1'], { partitions: ['orders/0'] });
    const gone: Prior = {
      service: null,
      back: [
        { topic: 'orders', partition: 0, replicas: [1, 2, 4] },
        { topic: 'deleted', partition: 0, replicas: [1] },
      ],
    };
    const { summary } = await kafkaMoveLeaders.revert({ ...recordOf(input), prior: gone }, live());
    expect(summary).toContain('left as somebody else has made them: orders/0, deleted/0');
    expect(await orders()).toEqual(BEFORE);
  }, 60_000);

  it.each([
    ['nobody else has it', ['broker-3'], { topics: ['alone'] }, 'alone/0 has no replica in sync elsewhere'],
    [
      'everybody is a target',
      ['broker-1', 'broker-2', 'broker-3'],
      { topics: ['orders'] },
      'no replica in sync elsewhere',
    ],
    ['it leads nothing of it', ['broker-3'], { topics: ['orders'] }, 'leads none of the partitions that are meant'],
  ])('changes nothing where %s', async (_, targets, params, why) => {
    await expect(kafkaMoveLeaders.inject(await inputFor(targets, params), live())).rejects.toThrow(why);
    expect(await orders()).toEqual(BEFORE);
  });
});
