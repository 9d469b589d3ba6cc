import { describe, expect, it } from 'vitest';
import type { AddressBook } from '../core/node.ts';
import { mergeMetadata, type Said } from './kafka-metadata.ts';

const book: AddressBook = {
  from: 'probe',
  rows: [1, 2, 3].map((id) => ({
    node: `broker-${id}`,
    service: 'kafka',
    role: 'broker',
    listener: 'probe',
    announced: { host: `broker-${id}`, port: 9000 + id },
    address: { host: '127.0.0.1', port: 9100 + id },
  })),
};

interface Telling {
  readonly leader: number;
  readonly epoch: number;
  readonly isr: readonly number[];
  readonly unfenced?: readonly number[];
}

/** What one broker says of orders/0. */
function says(id: number, { leader, epoch, isr, unfenced = [1, 2, 3] }: Telling): Said {
  const partition = {
    errorCode: leader < 0 ? 5 : 0,
    partitionIndex: 0,
    leaderId: leader,
    leaderEpoch: epoch,
    replicaNodes: [1, 2, 3],
    isrNodes: [...isr],
    offlineReplicas: [],
  };
  return {
    node: `broker-${id}`,
    answer: {
      throttleTimeMs: 0,
      clusterId: 'c',
      controllerId: 1,
      brokers: unfenced.map((nodeId) => ({ nodeId, host: `broker-${nodeId}`, port: 9000 + nodeId, rack: null })),
      topics: [
        {
          errorCode: 0,
          name: 'orders',
          topicId: 't',
          isInternal: false,
          partitions: [partition],
          topicAuthorizedOperations: 0,
        },
      ],
    },
  };
}

describe('mergeMetadata', () => {
  it('believes the highest leader epoch, however few know it', () => {
    const old = { leader: 1, epoch: 4, isr: [1, 2, 3] };
    const merged = mergeMetadata([says(1, old), says(2, old), says(3, { leader: 3, epoch: 5, isr: [2, 3] })], book);
    expect(merged.partitions.get('orders/0')).toMatchObject({ leader: 3, epoch: 5, isr: [2, 3] });
  });

  it('believes the leader where the epochs are the same: a broker that is cut off still has the old ISR', () => {
    const stale = { leader: 2, epoch: 7, isr: [1, 2, 3] };
    const merged = mergeMetadata([says(1, stale), says(2, { leader: 2, epoch: 7, isr: [2, 3] }), says(3, stale)], book);
    expect(merged.partitions.get('orders/0')?.isr).toEqual([2, 3]);
  });

  it('believes most of them where the leader does not answer, whatever the order of an ISR', () => {
    const most = { leader: 1, epoch: 7, isr: [3, 2] };
    const merged = mergeMetadata(
      [says(2, { leader: 1, epoch: 7, isr: [1, 2, 3] }), says(3, most), says(4, { ...most, isr: [2, 3] })],
      book,
    );
    expect(merged.partitions.get('orders/0')?.isr).toEqual([3, 2]);
  });

  it('has no leader for a partition that nobody leads', () => {
    const merged = mergeMetadata([says(2, { leader: -1, epoch: 9, isr: [1] })], book);
    expect(merged.partitions.get('orders/0')?.leader).toBeUndefined();
  });

  it('takes a broker for fenced unless more than half of those that answered say otherwise', () => {
    const cutOff = { leader: 1, epoch: 1, isr: [1], unfenced: [2, 3] };
    const merged = mergeMetadata([says(2, { ...cutOff, unfenced: [2] }), says(3, cutOff)], book);
    expect([...merged.brokers]).toEqual([[2, 'broker-2']]);
  });

  it('calls a topic that nobody knows an error', () => {
    const said = [says(1, { leader: 1, epoch: 1, isr: [1] })];
    expect(() => mergeMetadata(said, book, ['order'])).toThrow('no topic "order": no broker knows it');
  });
});
