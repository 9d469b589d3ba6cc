import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import type { Hazard, ServiceSpec } from '../../core/kinds.ts';
import { factsOf, type KafkaFacts, type PartitionFacts } from './facts.ts';
import { hazards } from './hazards.ts';
import { planned } from './planned.ts';
import { kafkaNodes } from './topology.ts';

interface Change extends Partial<Pick<ServiceSpec, 'settings' | 'topics'>> {
  readonly facts?: Partial<KafkaFacts>;
  readonly zones?: Readonly<Record<string, string>>;
  readonly features?: JsonObject;
}

const orders = {
  partitions: 2,
  replicationFactor: undefined,
  replicas: [
    [1, 2, 3],
    [2, 3, 1],
  ],
  config: {},
};
const ordersWith = (config: Readonly<Record<string, string>>): Change => ({
  topics: { orders: { ...orders, config } },
});
const ordersOn = (...replicas: readonly (readonly number[])[]): Change => ({
  topics: { orders: { ...orders, replicas } },
});

/** Of a cluster that has just started, with something changed. */
function of({ settings = {}, topics = { orders }, facts = {}, zones = {}, features }: Change = {}): readonly Hazard[] {
  const spec = { name: 'kafka', settings, basePort: 6400, topics };
  const { view, settings: live } = planned(kafkaNodes(spec), spec);
  const seen = { ...view, facts: { ...factsOf(view), ...facts } };
  const told = { ...(live as JsonObject), ...(features === undefined ? {} : { features }) };
  return hazards({ view: seen, settings: told, zones });
}

const broker = (settings: JsonObject): Change => ({ settings: { broker: settings } });
const kafka = (settings: JsonObject): Change => ({ settings: { kafka: settings } });
const nodes = (settings: JsonObject): Change => ({ settings: { 'kafka-nodes': settings } });
const now = (own: Partial<PartitionFacts>, internal: KafkaFacts['internal'] = {}): Change => {
  const replicas = ['broker-1', 'broker-2', 'broker-3'];
  const whole = { leader: 'broker-1', epoch: 1, replicas, isr: replicas };
  return { facts: { partitions: { 'orders/0': { ...whole, ...own }, '__transaction_state/0': whole }, internal } };
};

describe('the hazards of a Kafka', () => {
  it('are none where it is as the runbook wants it', () => {
    const zones = { 'broker-1': 'a', 'broker-2': 'b', 'broker-3': 'c', 'controller-1': 'a', 'controller-2': 'b' };
    expect(of({ zones, features: { 'eligible.leader.replicas.version': 1 } })).toEqual([]);
  });

  it.each<[id: string, Hazard['severity'], Change, RegExp]>([
    ['one-replica', 'critical', ordersOn([1], [2]), /orders; with its broker the partition is away/],
    [
      'one-replica',
      'critical',
      kafka({ 'offsets.topic.replication.factor': 1 }),
      /__consumer_offsets; .*groups .* cannot commit/,
    ],
    ['two-replicas', 'warning', ordersOn([1, 2], [2, 3]), /two replicas: orders/],
    ['min-isr-one', 'critical', ordersWith({ 'min.insync.replicas': '1' }), /confirmed by one copy/],
    ['min-isr-one', 'critical', kafka({ 'min.insync.replicas': 1 }), /orders, __consumer_offsets/],
    ['min-isr-is-all', 'critical', ordersWith({ 'min.insync.replicas': '3' }), /any one broker lost/],
    ['min-isr-is-all', 'critical', ordersWith({ 'min.insync.replicas': '5' }), /any one broker lost/],
    ['unclean-election', 'critical', ordersWith({ 'unclean.leader.election.enable': 'true' }), /is on: orders/],
    ['unclean-election', 'critical', kafka({ 'unclean.leader.election.enable': true }), /orders, __consumer_offsets/],
    [
      'unclean-election',
      'critical',
      now({}, { __transaction_state: { minIsr: 2, unclean: true } }),
      /on: __transaction_state/,
    ],
    [
      'min-isr-only-in-files',
      'critical',
      { settings: { controller: { 'min.insync.replicas': 1 } } },
      /have min.insync.replicas=2 in their files, and in force is 1/,
    ],
    [
      'internal-topics-to-be',
      'warning',
      { ...broker({ 'transaction.state.log.min.isr': 1 }) },
      /transaction.state.log.min.isr 1/,
    ],
    ['few-controllers', 'critical', nodes({ controllers: 1 }), /is one controller; with one lost/],
    ['few-controllers', 'critical', nodes({ controllers: 2 }), /no majority \(2 of 2\)/],
    ['even-controllers', 'warning', nodes({ controllers: 4 }), /loss of 1, as 3 would/],
    ['combined-controllers', 'warning', nodes({ combined: true }), /1.5 to 5 s longer/],
    [
      'controllers-in-one-zone',
      'critical',
      { zones: { 'controller-1': 'a', 'controller-2': 'a', 'controller-3': 'b' } },
      /2 of 3 controllers are in zone a/,
    ],
    ['replicas-in-one-rack', 'critical', { zones: { 'broker-1': 'a', 'broker-2': 'a', 'broker-3': 'a' } }, /orders\/0/],
    [
      'short-session',
      'warning',
      { settings: { controller: { 'broker.session.timeout.ms': 5000 } } },
      /two late heartbeats/,
    ],
    ['auto-create-topics', 'warning', kafka({ 'auto.create.topics.enable': true }), /broker-1, broker-2, broker-3/],
    ['no-eligible-leaders', 'warning', { features: { 'metadata.version': 25 } }, /elected again/],
    ['offline-partitions', 'critical', now({ leader: null, isr: [] }), /nobody leads orders\/0/],
    ['under-min-isr', 'critical', now({ isr: ['broker-1'] }), /acks=all is refused/],
    ['under-replicated', 'warning', now({ isr: ['broker-1', 'broker-2'] }), /out of sync: orders\/0/],
  ])('%s: %s', (id, severity, change, why) => {
    const found = of(change).find((hazard) => hazard.id === id);
    expect(found).toMatchObject({ id, severity });
    expect(`${found?.what}; ${found?.therefore}`).toMatch(why);
    expect(found?.where.length).toBeGreaterThan(0);
    expect(found?.mend).not.toBe('');
  });

  it('are not there one step before', () => {
    const fine: readonly Change[] = [
      nodes({ controllers: 5 }),
      { settings: { controller: { 'broker.session.timeout.ms': 6000 } } },
      { zones: { 'broker-1': 'a', 'broker-2': 'a', 'broker-3': '' } },
      { zones: { 'controller-1': '', 'controller-2': '', 'controller-3': '' } },
      { zones: { 'controller-1': 'a', 'controller-2': 'b', 'controller-3': 'c' } },
    ];
    expect(fine.map((change) => of(change).map(({ id }) => id))).toEqual(fine.map(() => []));
  });

  it('come the worst first, and are of what was told only', () => {
    const found = of({
      ...kafka({ 'auto.create.topics.enable': true }),
      ...ordersWith({ 'min.insync.replicas': '1' }),
    });
    expect(found.map(({ id }) => id)).toEqual(['min-isr-one', 'min-isr-only-in-files', 'auto-create-topics']);
    const spec = { name: 'kafka', settings: {}, basePort: 6400, topics: { orders } };
    const { view } = planned(kafkaNodes(spec), spec);
    expect(hazards({ view, settings: {}, zones: {} })).toEqual([]);
  });
});
