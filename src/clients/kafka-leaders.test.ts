import { describe, expect, it } from 'vitest';
import { Leaders } from './kafka-leaders.ts';

type Answer = Parameters<Leaders['take']>[0];
type Claim = readonly [leaderId: number, leaderEpoch: number];
const nobody = -1;

/** What a broker says of `orders`: per partition, who leads it with which epoch. */
function answer(partitions: readonly Claim[]): Answer {
  return {
    throttleTimeMs: 0,
    clusterId: 'c',
    controllerId: 1,
    brokers: [1, 2, 3].map((nodeId) => ({ nodeId, host: `broker-${nodeId}`, port: 9000 + nodeId, rack: null })),
    topics: [
      {
        errorCode: 0,
        name: 'orders',
        topicId: 't',
        isInternal: false,
        topicAuthorizedOperations: 0,
        partitions: partitions.map(([leaderId, leaderEpoch], partitionIndex) => ({
          errorCode: 0,
          partitionIndex,
          leaderId,
          leaderEpoch,
          replicaNodes: [1, 2, 3],
          isrNodes: [1, 2, 3],
          offlineReplicas: [],
        })),
      },
    ],
  };
}

function follow(partitions: readonly number[]) {
  const told: string[] = [];
  const leaders = new Leaders(partitions, (partition, leader) =>
    told.push(`${partition}: ${leader?.host ?? 'nobody'}`),
  );
  return { told, leaders, take: (...said: readonly Claim[]) => leaders.take(answer(said), 'orders') };
}

describe('who leads a partition', () => {
  it('is whom the highest epoch names, whoever answers last', () => {
    const { told, take } = follow([0]);
    take([1, 4]);
    take([2, 5]);
    take([1, 4]);
    expect(told).toEqual(['0: broker-1', '0: broker-2']);
  });

  it('is told once for an address', () => {
    const { told, take } = follow([0]);
    take([1, 4]);
    take([1, 4]);
    take([1, 6]);
    expect(told).toEqual(['0: broker-1']);
  });

  it('is nobody once a newer epoch says so, and not because one broker does not know the address', () => {
    const { told, take } = follow([0]);
    take([1, 4]);
    take([nobody, 4]);
    expect(told).toEqual(['0: broker-1']);
    take([nobody, 5]);
    take([2, 6]);
    expect(told).toEqual(['0: broker-1', '0: nobody', '0: broker-2']);
  });

  it('is known of each partition for itself, and of those that are asked for', () => {
    const { told, leaders, take } = follow([0, 2]);
    take([1, 1], [2, 1], [nobody, 1]);
    expect(leaders.complete).toBe(false);
    take([1, 1], [2, 1], [3, 2]);
    expect(told).toEqual(['0: broker-1', '2: nobody', '2: broker-3']);
    expect(leaders.complete).toBe(true);
  });
});
