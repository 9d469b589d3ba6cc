import { describe, expect, it } from 'vitest';
import type { ServiceBaseline } from '../../core/baseline.ts';
import { recordSettings } from '../../core/recorded-settings.ts';
import { adopt } from './adopt.ts';
import { planned } from './planned.ts';
import { SYSTEM_DEFAULTS } from './system-defaults.ts';
import { kafkaNodes } from './topology.ts';

const spec = { name: 'kafka', settings: {}, basePort: 6400 };
const ours = planned(kafkaNodes(spec), spec).settings as Record<string, Record<string, Record<string, string>>>;
const counts = { brokers: 3, 'brokers in service': 3, controllers: 3, 'controllers that are brokers': 0 };

/** A recorded cluster that is as ours, with these settings over those of its nodes. */
function recorded(
  own: Partial<Record<'broker' | 'controller', object>>,
  over: Partial<ServiceBaseline> = {},
): ServiceBaseline {
  const scopes = (['broker', 'controller'] as const).map((scope) => [
    scope,
    Object.fromEntries(
      Object.entries(ours[scope] ?? {}).map(([node, config]) => [
        node,
        { ...SYSTEM_DEFAULTS[scope], ...config, ...own[scope] },
      ]),
    ),
  ]);
  const settings = recordSettings(Object.fromEntries(scopes));
  return { kind: 'kafka', counts, zones: {}, versions: {}, holds: {}, settings, failures: [], hazards: [], ...over };
}

describe('settings of a recorded Kafka', () => {
  it('are none that a drill would have to say, where they are as ours', () => {
    expect(adopt(recorded({}))).toEqual({ settings: {}, left: [] });
  });

  it('go to the scope of the nodes that they count on', () => {
    const broker = {
      'broker.heartbeat.interval.ms': '4000',
      'unclean.leader.election.enable': 'true',
      'broker.session.timeout.ms': '1',
    };
    const controller = { 'broker.session.timeout.ms': '18000' };
    expect(adopt(recorded({ broker, controller }))).toEqual({
      settings: {
        broker: { 'broker.heartbeat.interval.ms': 4000, 'unclean.leader.election.enable': true },
        controller: { 'broker.session.timeout.ms': 18_000 },
      },
      left: [{ why: 'what the controllers have of it is what counts', names: ['broker.broker.session.timeout.ms'] }],
    });
  });

  it('are those of the brokers, where no controller could be asked', () => {
    const { settings, ...rest } = recorded({
      broker: { 'broker.session.timeout.ms': '18000', 'default.replication.factor': '1' },
    });
    const told = { ...rest, settings: { ...settings, controller: { of: [], same: {}, differing: {} } } };
    expect(adopt(told).settings).toEqual({ controller: { 'broker.session.timeout.ms': 18_000 } });
  });

  it('are left with a reason, where ours cannot have them', () => {
    const broker = {
      'advertised.listeners': 'SASL_SSL://kafka-1:9093',
      'log.dirs': '/data',
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'ssl.keystore.location': '/etc/kafka/keystore.jks',
      'num.io.threads': '32',
      'metric.reporters': 'com.example.Reporter',
      'log.roll.hours': '24',
    };
    expect(adopt(recorded({ broker })).left).toEqual([
      { why: expect.stringMatching(/^addresses and identity/), names: ['broker.advertised.listeners'] },
      { why: expect.stringMatching(/^paths/), names: ['broker.log.dirs'] },
      { why: expect.stringMatching(/^classes that/), names: ['broker.metric.reporters'] },
      { why: expect.stringMatching(/^sizes of memory, and threads/), names: ['broker.num.io.threads'] },
      {
        why: expect.stringMatching(/^TLS and rights/),
        names: ['broker.sasl.enabled.mechanisms', 'broker.ssl.keystore.location'],
      },
      { why: expect.stringMatching(/^nothing to do with a failover/), names: ['broker.log.roll.hours'] },
    ]);
  });

  it('are also how many nodes there are, as far as that many are made here', () => {
    expect(adopt(recorded({}, { counts: { ...counts, brokers: 4 } })).settings).toEqual({
      'kafka-nodes': { brokers: 4 },
    });
    const combined = { ...counts, 'controllers that are brokers': 3 };
    expect(adopt(recorded({}, { counts: combined })).settings).toEqual({ 'kafka-nodes': { combined: true } });
    expect(adopt(recorded({}, { counts: { ...counts, brokers: 30 } }))).toEqual({
      settings: {},
      left: [{ why: 'more than 5 are not made here', names: ['kafka-nodes.brokers 30'] }],
    });
  });
});
