import { describe, expect, it } from 'vitest';
import type { KafkaPartition } from '../../clients/kafka-metadata.ts';
import type { TopicSpec } from '../../core/drill.ts';
import { differencesOf } from './attached.ts';
import { placedTopics } from './topics.ts';

const declared = (more: Partial<TopicSpec> = {}): TopicSpec => ({
  partitions: 2,
  replicationFactor: undefined,
  replicas: undefined,
  config: {},
  ...more,
});
const brokers = new Map([
  [7, 'broker-7'],
  [11, 'broker-11'],
  [32, 'broker-32'],
]);
const partition = (number: number, replicas: readonly number[]): readonly [string, KafkaPartition] => [
  `orders/${number}`,
  {
    unit: `orders/${number}`,
    topic: 'orders',
    partition: number,
    leader: replicas[0],
    epoch: 0,
    replicas,
    isr: replicas,
    offline: [],
  },
];
const there = {
  metadata: { brokers, partitions: new Map([partition(0, [7, 11, 32]), partition(1, [11, 32, 7])]) },
  config: { 'min.insync.replicas': '1', 'retention.ms': '1000' },
};

describe('a topic that is there already', () => {
  it('is as the drill declares it, where the drill says no more', () => {
    expect(differencesOf('orders', declared(), there)).toEqual([]);
    const all = declared({
      replicationFactor: 3,
      replicas: [
        [1, 2, 3],
        [2, 3, 1],
      ],
      config: { 'retention.ms': '1000' },
    });
    expect(differencesOf('orders', all, there)).toEqual([]);
  });

  it('is another where anything that is declared is not so', () => {
    const other = declared({
      partitions: 3,
      replicationFactor: 2,
      replicas: [[1, 2, 3], [3, 2, 1], [1]],
      config: { 'min.insync.replicas': '2', 'cleanup.policy': 'compact' },
    });
    expect(differencesOf('orders', other, there)).toEqual([
      '2 partitions and not 3',
      '3 replicas and not 2',
      'orders/1 is on brokers 11, 32, 7',
      'min.insync.replicas is 1 and not 2',
      'cleanup.policy is not set and not compact',
    ]);
  });
});

describe('where partitions of a topic go', () => {
  it('is counted from the first broker, whatever the brokers’ numbers', () => {
    const [taken, said] = placedTopics(
      { a: declared(), b: declared({ partitions: 1, replicas: [[3, 1]] }) },
      [7, 11, 32],
    );
    expect(taken?.replicas).toEqual([
      [7, 11, 32],
      [11, 32, 7],
    ]);
    expect(said?.replicas).toEqual([[32, 7]]);
  });

  it('is refused for a broker that there is not', () => {
    const place = (more: Partial<TopicSpec>) => () => placedTopics({ a: declared(more) }, [7, 11]);
    expect(place({ replicas: [[3], [1]] })).toThrow('a topic wants broker 3, and there are 2');
    expect(place({ replicationFactor: 3 })).toThrow('a topic wants broker 3, and there are 2');
  });
});
