import { describe, expect, it } from 'vitest';
import type { KafkaQuorum } from '../clients/kafka-quorum.ts';
import { summarize } from './kafka-quorum.ts';

const names = new Map([101, 102, 103].map((id) => [id, `controller-${id - 100}`]));
const asked = { names, made: [...names.values()] };

/** Of controller-1, controller-2, … in turn. */
function said(...answers: (KafkaQuorum | undefined)[]): Map<string, KafkaQuorum | undefined> {
  return new Map(answers.map((answer, at) => [`controller-${at + 1}`, answer]));
}

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
    expect(summarize(said(undefined, quorum(), undefined), asked)).toEqual({
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
    expect(summarize(said(deposed, quorum()), asked)).toMatchObject({ activeControllers: 2, leader: 'controller-2' });
  });

  it('does not call a voter that never had the log in step', () => {
    const voters = [...quorum().voters.slice(0, 2), { id: 103, logEndOffset: 0, behindMs: undefined }];
    expect(summarize(said(quorum({ voters })), asked)).toMatchObject({ votersInStep: 2, maxLagMs: null });
  });

  it('has nothing to say of voters while none is active', () => {
    expect(summarize(said(undefined, undefined), asked)).toMatchObject({
      leader: null,
      activeControllers: 0,
      controllersAnswering: 2,
      voters: null,
      votersInStep: 0,
    });
  });

  it('says what brokers say of controllers that cannot be reached, and not that these answer', () => {
    const brokers = { names: new Map([[1, 'broker-1']]), made: [] };
    expect(summarize(new Map([['broker-1', quorum()]]), brokers)).toMatchObject({
      leader: '102',
      activeControllers: 1,
      controllersAnswering: null,
      voters: 3,
      votersInStep: 2,
    });
  });

  it('knows by the voters which brokers are controllers too', () => {
    const combined = { names: new Map([101, 102, 103].map((id) => [id, `broker-${id}`])), made: [] };
    const answers = new Map(['broker-101', 'broker-103'].map((node) => [node, quorum()]));
    expect(summarize(answers, combined)).toMatchObject({ leader: 'broker-102', controllersAnswering: 2 });
  });
});
