import { describe, expect, it } from 'vitest';
import { newestQuorum, quorumOf } from './kafka-quorum.ts';

type Answer = Parameters<typeof quorumOf>[0];

function replica(replicaId: number, caughtUp: number) {
  return {
    replicaId,
    replicaDirectoryId: 'x',
    logEndOffset: 42n,
    lastFetchTimestamp: BigInt(caughtUp),
    lastCaughtUpTimestamp: BigInt(caughtUp),
  };
}

function answer(more: Partial<Answer['topics'][number]['partitions'][number]>, errorCode = 0): Answer {
  const partition = {
    partitionIndex: 0,
    errorCode: 0,
    errorMessage: null,
    leaderId: 102,
    leaderEpoch: 7,
    highWatermark: 41n,
    currentVoters: [replica(101, 9_900), replica(102, 10_000)],
    observers: [replica(1, 9_500), replica(2, -1)],
    ...more,
  };
  const topics = [{ topicName: '__cluster_metadata', partitions: [partition] }];
  return { errorCode, errorMessage: null, topics, nodes: [] };
}

describe('what DescribeQuorum says', () => {
  it('names the active controller, and how far behind everybody is', () => {
    expect(quorumOf(answer({}))).toEqual({
      leader: 102,
      epoch: 7,
      highWatermark: 41,
      voters: [
        { id: 101, logEndOffset: 42, behindMs: 100 },
        { id: 102, logEndOffset: 42, behindMs: 0 },
      ],
      observers: [
        { id: 1, logEndOffset: 42, behindMs: 500 },
        { id: 2, logEndOffset: 42, behindMs: undefined },
      ],
    });
  });

  it('is nothing of a controller that is not active, and an error of what says nothing of it', () => {
    expect(quorumOf(answer({ errorCode: 6 }))).toBeUndefined();
    expect(quorumOf(answer({ leaderId: -1 }))).toBeUndefined();
    expect(() => quorumOf(answer({}, 31))).toThrow('CLUSTER_AUTHORIZATION_FAILED');
  });

  it('is taken from the highest epoch: a deposed controller does not know yet', () => {
    const [old, young] = [quorumOf(answer({ leaderId: 101 })), quorumOf(answer({ leaderEpoch: 8 }))];
    expect(newestQuorum([undefined, young, old])?.leader).toBe(102);
    expect(newestQuorum([old, young])?.epoch).toBe(8);
    expect(newestQuorum([undefined])).toBeUndefined();
  });
});
