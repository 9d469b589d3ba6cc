import { describe, expect, it } from 'vitest';
import type { ServiceSpec } from '../../core/kinds.ts';
import { offsetsUnit } from './facts.ts';
import { planned } from './planned.ts';
import { nodeSettings } from './settings.ts';
import { checkTopic, newTopics } from './topics.ts';
import { kafkaNodes } from './topology.ts';
import { WORDS } from './words.ts';

const topic = { partitions: 3, replicationFactor: undefined, replicas: undefined, config: {} };
const one = { partitions: 1, replicationFactor: undefined, replicas: [[3, 1, 2]], config: {} };

function specOf(topics: ServiceSpec['topics'], settings: ServiceSpec['settings'] = {}): ServiceSpec {
  return { name: 'kafka', settings, basePort: 6400, topics: topics ?? {} };
}
function resolve(word: string, arg: string | undefined, spec: ServiceSpec): readonly string[] {
  return WORDS[word]?.resolve(planned(kafkaNodes(spec), spec).view, arg) ?? [];
}

describe('words of a Kafka that has just started', () => {
  const spec = specOf({ orders: topic });

  it('mean its nodes', () => {
    expect(resolve('kafka-brokers', undefined, spec)).toEqual(['broker-1', 'broker-2', 'broker-3']);
    expect(resolve('kafka-controllers', undefined, spec)).toEqual(['controller-1', 'controller-2', 'controller-3']);
  });

  it('mean who leads and who follows a partition, and who leads none', () => {
    expect(resolve('leaderOf', 'orders/1', spec)).toEqual(['broker-2']);
    expect(resolve('followerOf', 'orders/1', spec)).toEqual(['broker-3', 'broker-1']);
    expect(resolve('kafka-idle-brokers', undefined, spec)).toEqual([]);
    expect(resolve('kafka-idle-brokers', undefined, specOf({ orders: one }))).toEqual(['broker-1', 'broker-2']);
  });

  it('mean who coordinates a group, and nobody where an election decides', () => {
    expect(resolve('kafka-active-controller', undefined, spec)).toEqual([]);
    expect(resolve('coordinatorOf', 'payments', spec)).toEqual(['broker-3']);
    expect(resolve('leaderOf', 'orders/7', spec)).toEqual([]);
  });

  it('are asked of partitions that there will be', () => {
    const args = WORDS['leaderOf']?.args?.(spec);
    expect(args).toEqual(expect.arrayContaining(['orders/0', 'orders/2', '__consumer_offsets/5']));
    expect(args).toHaveLength(3 + 6);
    expect(WORDS['leaderOf']?.args?.(specOf({}))).toBeUndefined();
  });

  it('find the coordinator of a group by its offsets', () => {
    // As Kafka's own tools place them, with 50 partitions.
    expect(offsetsUnit('payments-consumer-group', 50)).toMatch(/^__consumer_offsets\/\d+$/);
    expect(offsetsUnit('', 50)).toBe('__consumer_offsets/0');
    expect(offsetsUnit('a', 50)).toBe('__consumer_offsets/47');
    const view = planned(kafkaNodes(spec), spec).view;
    const leader = { leader: 'broker-3', epoch: 1, replicas: ['broker-3'], isr: ['broker-3'] };
    const partitions = { '__consumer_offsets/0': leader, '__consumer_offsets/1': { ...leader, leader: 'broker-1' } };
    const led = { ...view, facts: { ...(view.facts as object), partitions } };
    expect(WORDS['coordinatorOf']?.resolve(led, 'a')).toEqual(['broker-1']);
    expect(WORDS['coordinatorOf']?.resolve(led, 'b')).toEqual(['broker-3']);
  });
});

describe('topics', () => {
  it('take turns, unless their brokers are said', () => {
    const [offsets, ...own] = newTopics(specOf({ orders: topic, audit: one }));
    expect(own.map(({ replicas }) => replicas)).toEqual([
      [
        [1, 2, 3],
        [2, 3, 1],
        [3, 1, 2],
      ],
      [[3, 1, 2]],
    ]);
    expect(offsets).toMatchObject({ name: '__consumer_offsets', config: { 'cleanup.policy': 'compact' } });
    expect(offsets?.replicas.map(([leader]) => leader)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('have those of groups among them: who declares it decides who coordinates, and how many partitions there are', () => {
    const replicas = [[2], [1]];
    const spec = specOf({ __consumer_offsets: { ...topic, partitions: 2, replicas } });
    expect(newTopics(spec)).toEqual([
      { name: '__consumer_offsets', replicas, config: expect.objectContaining({ 'cleanup.policy': 'compact' }) },
    ]);
    expect(nodeSettings('broker', spec)).toMatchObject({ 'offsets.topic.num.partitions': 2 });
  });

  it('need brokers that there are', () => {
    const said = (more: object, settings = {}) =>
      checkTopic({ ...topic, ...more }, specOf({}, settings)).map(
        ({ path, message }) => `${path.join('.')}: ${message}`,
      );
    expect(said({})).toEqual([]);
    expect(said({ replicationFactor: 4 })).toEqual([
      'replicationFactor: 4 replicas need as many brokers, and there are 3',
    ]);
    expect(said({ partitions: 1, replicas: [[1, 2, 4]] })).toEqual(['replicas.0.2: there is no broker 4']);
    expect(said({ partitions: 1, replicas: [[1, 2, 1]] })).toEqual(['replicas.0.2: broker 1 is there twice']);
    expect(said({ replicas: [[1, 2, 3]] })).toEqual(['replicas: 3 partitions, and replicas of 1']);
    expect(said({ partitions: 2, replicas: [[1, 2, 3], [1]] })).toEqual([
      'replicas.1: 1 replicas, and 3 of partition 0',
    ]);
    expect(said({ replicationFactor: 2 }, { 'kafka-nodes': { brokers: 1 } })).toHaveLength(1);
  });
});
