import { describe, expect, it } from 'vitest';
import type { KafkaQuorum } from '../clients/kafka-quorum.ts';
import { summarize } from './kafka-quorum.ts';

const names = new Map([101, 102, 103].map((id) => [id, `controller-${id - 100}`]));

function quorum(more: Partial<KafkaQuorum> = {}): KafkaQuorum {
  return {
    leader: 102,
    epoch: 7,
    highWatermark: 41,
    voters: [
      { id: 101, logEndOffset: 40, behindMs: 100 },
      { id: 102, logEndOffset: 42, behindMs: 0 },
      { id: 103, logEndOffset: 12, behindMs: 9000 },
    ],
    observers: [{ id: 1, logEndOffset: 42, behindMs: 0 }],
    ...more,
  };
}

describe('the value of kafka.quorum', () => {
  it('names the active controller, and who is behind', () => {
    expect(summarize([undefined, quorum(), undefined], names)).toEqual({
      leader: 'controller-2',
      epoch: 7,
      activeControllers: 1,
      controllersAnswering: 3,
      voters: 3,
      votersInStep: 2,
      maxLagRecords: 30,
      maxLagMs: 9000,
      observers: 1,
      lag: { 'controller-1': 2, 'controller-2': 0, 'controller-3': 30 },
    });
  });

  it('counts two that say that they are active, and believes the higher epoch', () => {
    const deposed = quorum({ leader: 101, epoch: 6 });
    expect(summarize([deposed, quorum()], names)).toMatchObject({ activeControllers: 2, leader: 'controller-2' });
  });

  it('does not call a voter that never had the log in step', () => {
    const voters = [...quorum().voters.slice(0, 2), { id: 103, logEndOffset: 0, behindMs: undefined }];
    expect(summarize([quorum({ voters })], names)).toMatchObject({ votersInStep: 2, maxLagMs: null });
  });

  it('has nothing to say of voters while none is active', () => {
    expect(summarize([undefined, undefined], names)).toMatchObject({
      leader: null,
      activeControllers: 0,
      controllersAnswering: 2,
      voters: null,
      votersInStep: 0,
    });
  });
});
