// Settings of Kafka that stand in files and are read at a start: over recorded settings. What can be changed while it runs is
// changed on a real one, in test/e2e/predict-kafka.e2e.test.ts.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import type { ServiceSpec } from '../../core/kinds.ts';
import { kafka } from '../../services/kafka/service.ts';
import { recordService } from '../baseline/record.ts';
import type { ServiceState } from '../predict/assess.ts';
import type { Expected } from './expected.ts';
import { reportDrift } from './report.ts';
import { effectLines } from './text.ts';

const orders = { partitions: 3, replicationFactor: undefined, replicas: undefined, config: {} };

/** As a live one with these settings is read. */
function stateWith(settings: ServiceSpec['settings'] = {}): ServiceState {
  const spec = { name: 'kafka', settings, basePort: 6400, topics: { orders } };
  const nodes = kafka.nodes(spec);
  const planned = kafka.planned?.(nodes, spec);
  if (planned === undefined) throw new Error('Kafka says what it will be');
  const facts = { ...(planned.view.facts as JsonObject), activeController: 'controller-1' };
  const zones = Object.fromEntries(nodes.map(({ name, zone }) => [name, zone]));
  return { settings: planned.settings, view: { ...planned.view, facts }, zones };
}

const baseline: Expected = {
  words: 'what was recorded',
  of: () => ({ service: recordService(kafka, stateWith()), kind: 'whole' }),
};

function drift(settings: ServiceSpec['settings']) {
  const read = { name: 'kafka', service: kafka, state: stateWith(settings), untold: [] };
  return reportDrift({ target: 'prod', environment: 'production', expected: baseline }, [read]).services[0];
}

const BROKERS = ['broker-1', 'broker-2', 'broker-3'];
const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3'];
const NOTHING = /no effect on any predicted time, and no hazard/;

describe('drift of a Kafka', () => {
  it('is none, where nothing was changed', () => {
    expect(drift({})).toMatchObject({ settings: [], structure: [] });
  });

  it.each<[scope: 'broker' | 'controller', name: string, value: string | number | boolean, effect: RegExp]>([
    [
      'controller',
      'broker.session.timeout.ms',
      18_000,
      /broker killed \+10\.13 s: 16\.00 s to 20\.25 s instead of 7\.00 s to 10\.13 s/,
    ],
    ['controller', 'broker.session.timeout.ms', 5000, /broker killed -4\.50 s: .* brings short-session/],
    [
      'broker',
      'broker.heartbeat.interval.ms',
      4000,
      /broker killed \+0 ms: 5\.00 s to 10\.13 s instead of 7\.00 s .* brings short-session/,
    ],
    [
      'controller',
      'controller.quorum.fetch.timeout.ms',
      10_000,
      /zone lost \+8\.00 s: .* instead of 10\.50 s to 15\.13 s/,
    ],
    ['controller', 'controller.quorum.election.timeout.ms', 3000, /zone lost \+4\.00 s/],
    ['controller', 'controller.quorum.election.backoff.max.ms', 5000, /zone lost \+4\.00 s/],
    [
      'broker',
      'controlled.shutdown.enable',
      false,
      /broker stopped in order \+9\.13 s: 7\.00 s to 10\.13 s instead of 0 ms to 1\.00 s/,
    ],
    ['broker', 'auto.create.topics.enable', true, /brings auto-create-topics/],
    ['broker', 'replica.lag.time.max.ms', 10_000, NOTHING],
    ['broker', 'replica.fetch.wait.max.ms', 1000, NOTHING],
    ['controller', 'default.replication.factor', 1, NOTHING],
    ['broker', 'group.initial.rebalance.delay.ms', 3000, NOTHING],
  ])('finds and names %s.%s %s', (scope, name, value, effect) => {
    const found = drift({ [scope]: { [name]: value } });
    expect(found?.settings).toMatchObject([
      { name: `${scope}.${name}`, live: String(value), where: scope === 'broker' ? BROKERS : CONTROLLERS },
    ]);
    expect(found?.settings.flatMap((one) => effectLines(one.effect, 500)).join(' ')).toMatch(effect);
  });

  it('is also of brokers, controllers and topics, and what those do is told', () => {
    const fewer = drift({ 'kafka-nodes': { brokers: 2, controllers: 2 } });
    expect(fewer?.structure.map(({ name, expected, live }) => [name, expected, live])).toEqual([
      ['brokers', '3', '2'],
      ['brokers in service', '3', '2'],
      ['controllers', '3', '2'],
      ['__consumer_offsets: replicationFactor', '3', '2'],
      ['orders: replicationFactor', '3', '2'],
    ]);
    expect(fewer?.effectOfStructure?.brings.map(({ id }) => id)).toContain('few-controllers');
  });
});
