import { describe, expect, it } from 'vitest';
import type { ReplicatedPartition, ReplicationFacts } from '../clients/kafka-replication.ts';
import type { JsonObject } from '../core/json.ts';
import { summarize } from './kafka-replication.ts';

const nodes = ['broker-1', 'broker-2', 'broker-3'];

function partition(number: number, more: Partial<ReplicatedPartition> = {}): ReplicatedPartition {
  return {
    unit: `orders/${number}`,
    topic: 'orders',
    partition: number,
    leader: 1,
    epoch: 4,
    replicas: [1, 2, 3],
    isr: [1, 2, 3],
    offline: [],
    minIsr: 2,
    elr: [],
    ...more,
  };
}

function told(partitions: readonly ReplicatedPartition[], unfenced: readonly number[] = [1, 2, 3]): JsonObject {
  const brokers: ReplicationFacts['brokers'] = new Map(unfenced.map((id) => [id, `broker-${id}`]));
  return summarize({ partitions, brokers, answered: nodes.slice(0, 2) }, nodes) as JsonObject;
}

describe('the value of kafka.replication', () => {
  it('counts what is short, under its minimum and led by nobody, and names what is missing', () => {
    const short = partition(1, { isr: [2, 1], leader: 2 });
    const low = partition(2, { isr: [2], leader: undefined, elr: [3] });
    expect(told([partition(0), short, low], [2, 3])).toMatchObject({
      watched: 3,
      underReplicated: 2,
      underReplicatedShare: 0.6667,
      underMinIsr: 1,
      offline: 1,
      isrWhole: false,
      notPreferred: 2,
      brokersUnfenced: 2,
      brokersAnswering: 2,
      notWhole: {
        'orders/1': { leader: 2, isr: [2, 1], missing: [3] },
        'orders/2': { leader: null, elr: [3], missing: [1, 3] },
      },
    });
  });

  it('compares ISR and replicas as sets, and knows brokers that lead nothing', () => {
    const value = told([partition(0, { isr: [3, 1, 2] })]);
    expect(value).toMatchObject({
      isrWhole: true,
      notWhole: {},
      leaders: { 'broker-1': 1, 'broker-2': 0, 'broker-3': 0 },
    });
  });

  it('counts a leader whose broker is fenced by its number', () => {
    expect(told([partition(0)], [2, 3])['leaders']).toMatchObject({ 'broker 1': 1 });
  });

  it('writes down each partition only where there are few, and what is wrong always', () => {
    const many = Array.from({ length: 101 }, (_, number) => partition(number));
    expect(Object.keys(told(many.slice(1))['partitions'] as JsonObject)).toHaveLength(100);
    const value = told([...many, partition(101, { isr: [1, 2] })]);
    expect(value['partitions']).toBeUndefined();
    expect(value['notWhole']).toMatchObject({ 'orders/101': { missing: [3] } });
  });
});
