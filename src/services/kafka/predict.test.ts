import { describe, expect, it } from 'vitest';
import type { PredictQuestion, ServiceSpec } from '../../core/kinds.ts';
import { factsOf } from './facts.ts';
import { unseen } from './failures.ts';
import { planned } from './planned.ts';
import { predict } from './predict.ts';
import { kafkaNodes } from './topology.ts';

const orders = { partitions: 1, replicationFactor: undefined, replicas: [[1, 2, 3]], config: {} };

function ask(
  question: Partial<PredictQuestion>,
  {
    settings = {},
    active = 'controller-1',
    topics = { orders },
  }: Partial<Pick<ServiceSpec, 'settings' | 'topics'>> & { active?: string | null } = {},
): ReturnType<typeof predict> {
  const spec = { name: 'kafka', settings, basePort: 6400, topics };
  const { view, settings: live } = planned(kafkaNodes(spec), spec);
  const facts = { ...factsOf(view), activeController: active };
  return predict({
    fault: 'process.kill',
    params: {},
    targets: ['broker-1'],
    view: { ...view, facts },
    settings: live,
    ...question,
  });
}

describe('the predicted band of a lost broker', () => {
  it.each(['process.kill', 'host.crash', 'process.pause'])('is that of its session: %s', (fault) => {
    expect(ask({ fault })).toMatchObject({ lowMs: 7000, highMs: 10_125 });
  });

  it('follows the settings', () => {
    const settings = { controller: { 'broker.session.timeout.ms': 20_000 } };
    expect(ask({}, { settings })).toMatchObject({
      lowMs: 18_000,
      highMs: 22_500,
      inputs: { 'broker.session.timeout.ms': 20_000, 'broker.heartbeat.interval.ms': 2000 },
    });
  });

  it('is the same for a follower: acks=all waits for it', () => {
    expect(ask({ targets: ['broker-2'] })).toMatchObject({ lowMs: 7000, highMs: 10_125 });
  });

  it('begins with an election where the active controller is lost with it', () => {
    expect(ask({ targets: ['broker-1', 'controller-1'] })).toMatchObject({ lowMs: 10_500, highMs: 15_125 });
    expect(ask({ targets: ['broker-1', 'controller-2'] })).toMatchObject({ lowMs: 7000 });
    const settings = { 'kafka-nodes': { combined: true } };
    expect(ask({}, { settings, active: 'broker-1' })).toMatchObject({ lowMs: 10_500, highMs: 15_125 });
  });

  it('covers both where nobody says yet whether the active controller is lost with it', () => {
    const settings = { 'kafka-nodes': { combined: true } };
    expect(ask({}, { settings, active: null })).toMatchObject({
      lowMs: 7000,
      highMs: 15_125,
      formula: expect.stringMatching(
        /^session - heartbeat at least .*; if the active controller is lost with it, first /,
      ),
    });
    expect(ask({ targets: ['broker-1', 'controller-1'] }, { active: null })).toMatchObject({
      lowMs: 7000,
      highMs: 15_125,
    });
    expect(ask({}, { active: null })).toMatchObject({ lowMs: 7000, highMs: 10_125 });
  });

  it('is short where the broker may say goodbye', () => {
    expect(ask({ fault: 'process.stop' })).toMatchObject({ lowMs: 0, highMs: 1000 });
    const settings = { broker: { 'controlled.shutdown.enable': false } };
    expect(ask({ fault: 'process.stop' }, { settings })).toMatchObject({ lowMs: 7000, highMs: 10_125 });
  });

  it('is that of a partition which keeps its heartbeats from the controllers', () => {
    const fault = 'network.partition';
    expect(ask({ fault, params: { isolate: 'broker-1' } })).toMatchObject({ lowMs: 7000 });
    expect(ask({ fault, params: { groups: ['broker-1', 'kafka-controllers'] } })).toMatchObject({ lowMs: 7000 });
  });

  it('is that of the rest where some partitions do not fail over, and says which', () => {
    const alone = { partitions: 2, replicationFactor: 1, replicas: [[1], [1]], config: {} };
    const answer = ask({}, { topics: { orders, alone } });
    expect(answer).toEqual({
      because: expect.stringMatching(/^alone\/0 has no other replica in sync.*; the same of 1 more$/),
      outage: 'lasting',
      rest: expect.objectContaining({ lowMs: 7000 }),
    });
    expect(ask({}, { topics: { alone } })).not.toHaveProperty('rest');
  });

  it.each<[string, Partial<PredictQuestion>, RegExp, ('none' | 'lasting')?]>([
    ['another fault', { fault: 'network.latency' }, /no formula/],
    ['only brokers cut', { fault: 'network.partition', params: { groups: ['broker-1', 'broker-2'] } }, /not fenced/],
    ['heartbeats go on', { fault: 'network.partition', params: { isolate: 'x', direction: 'toFirst' } }, /not fenced/],
    ['two brokers', { targets: ['broker-1', 'broker-2'] }, /orders\/0 is left with 1 of at least 2/, 'lasting'],
    ['all brokers', { targets: ['broker-1', 'broker-2', 'broker-3'] }, /no other replica in sync/, 'lasting'],
    ['two controllers', { targets: ['controller-1', 'controller-2'] }, /no majority/, 'none'],
    [
      'two controllers and a broker',
      { targets: ['broker-1', 'controller-1', 'controller-2'] },
      /no majority/,
      'lasting',
    ],
    ['the active controller', { targets: ['controller-1'] }, /cannot change for 1.5 to 5 s/, 'none'],
    ['another controller', { targets: ['controller-2'] }, /no outage/, 'none'],
    ['no settings', { settings: {} }, /no node said/],
  ])('says why there is none: %s', (_, question, why, outage) => {
    expect(ask(question)).toEqual({ because: expect.stringMatching(why), ...(outage && { outage }) });
  });
});

describe('what nobody sees of a Kafka', () => {
  it('is who is the active controller when a broker that can be is lost: the two take differently long', () => {
    const spec = { name: 'kafka', settings: { 'kafka-nodes': { combined: true } }, basePort: 6400, topics: { orders } };
    const { view } = planned(kafkaNodes(spec), spec);
    const seen = unseen({ ...view, facts: { ...factsOf(view), activeController: 'broker-2' } });
    expect(seen).toContainEqual(expect.stringContaining('who is the active controller then: it is broker-2 now'));
    const apart = { ...spec, settings: {} };
    const { view: other } = planned(kafkaNodes(apart), apart);
    expect(unseen(other).join()).not.toContain('who is the active controller');
  });
});
