import { describe, expect, it } from 'vitest';
import type { Hazard, ServiceSpec } from '../../core/kinds.ts';
import { factsOf, type RedisSentinelFacts } from './facts.ts';
import { hazards } from './hazards.ts';
import { planned } from './planned.ts';
import { redisSentinelNodes } from './topology.ts';

interface Change {
  readonly settings?: ServiceSpec['settings'];
  readonly facts?: Partial<RedisSentinelFacts>;
  readonly zones?: Readonly<Record<string, string>>;
  /** Settings of one node. */
  readonly own?: readonly [scope: 'redis' | 'sentinel', node: string, settings: Readonly<Record<string, string>>];
}

/** Of a cluster that has just started, with something changed. */
function of({ settings = {}, facts = {}, zones = {}, own }: Change = {}): readonly Hazard[] {
  const spec = { name: 'redis-sentinel', settings, basePort: 6301 };
  const { view, settings: live } = planned(redisSentinelNodes(spec), spec);
  const told = structuredClone(live) as Record<string, Record<string, Record<string, unknown>>>;
  if (own !== undefined) Object.assign(told[own[0]]?.[own[1]] ?? {}, own[2]);
  const seen = { ...view, facts: { ...factsOf(view), ...facts } };
  return hazards({ view: seen, settings: told as typeof live, zones });
}

const known = (sentinels: string[], replicas = ['redis-2', 'redis-3'], down: string[] = []) => ({
  sentinels,
  replicas,
  down,
});
const redis = (settings: Readonly<Record<string, string | number>>): Change => ({ settings: { redis: settings } });
const sentinel = (settings: Readonly<Record<string, string | number>>): Change => ({
  settings: { sentinel: settings },
});
const topology = (settings: Readonly<Record<string, number>>): Change => ({ settings: { topology: settings } });

describe('the hazards of a Redis under Sentinels', () => {
  it('are none where it is as the runbook wants it', () => {
    expect(
      of({ zones: { 'redis-1': 'a', 'redis-2': 'b', 'redis-3': 'c', 'sentinel-1': 'a', 'sentinel-2': 'b' } }),
    ).toEqual([]);
  });

  it.each<[id: string, Hazard['severity'], Change, RegExp]>([
    ['few-sentinels', 'critical', topology({ sentinels: 2 }), /loss of one leaves no majority \(2 of 2\)/],
    ['few-sentinels', 'critical', topology({ sentinels: 1 }), /there is one Sentinel/],
    ['even-sentinels', 'warning', topology({ sentinels: 4 }), /loss of 1, as 3 would/],
    ['quorum-one', 'critical', sentinel({ quorum: 1 }), /one Sentinel that cannot reach the primary/],
    ['quorum-above-majority', 'critical', sentinel({ quorum: 3 }), /with 1 of 3 Sentinels lost/],
    ['short-down-after', 'warning', sentinel({ 'down-after-milliseconds': 2900 }), /2900 on sentinel-1, sentinel-2/],
    ['slow-retry', 'warning', sentinel({ 'failover-timeout': 180_000 }), /6 m 0 s later/],
    [
      'sentinels-differ',
      'warning',
      { own: ['sentinel', 'sentinel-2', { quorum: '1' }] },
      /quorum 2 on sentinel-1, 1 on/,
    ],
    [
      'sentinels-disagree',
      'critical',
      { facts: { sentinelsNaming: { 'sentinel-1': 'redis-1', 'sentinel-2': 'redis-2' } } },
      /sentinel-2 says redis-2/,
    ],
    [
      'sentinels-know-others',
      'critical',
      {
        facts: {
          known: {
            'sentinel-1': known(['sentinel-2', 'sentinel-3']),
            'sentinel-2': known(['sentinel-1', 'sentinel-3'], ['redis-2']),
          },
        },
      },
      /sentinel-2 does not know redis-3/,
    ],
    [
      'sentinels-know-others',
      'critical',
      { facts: { known: { 'sentinel-1': known(['sentinel-2']), 'sentinel-2': known(['sentinel-1', 'sentinel-3']) } } },
      /sentinel-1 does not know sentinel-3/,
    ],
    [
      'dead-sentinels-counted',
      'warning',
      { facts: { known: { 'sentinel-1': known(['b', 'c', 'd', 'e'], [], ['d', 'e']) } } },
      /3 of 5 have to agree, and 3 are there/,
    ],
    ['sentinel-in-tilt', 'critical', { facts: { tilt: ['sentinel-3'] } }, /takes no part in a failover for 30 s/],
    ['no-primary', 'critical', { facts: { primary: null } }, /where to write/],
    ['no-replica', 'critical', topology({ replicas: 0 }), /nobody can take its place/],
    ['no-spare-replica', 'critical', topology({ replicas: 1 }), /refuses every write \(NOREPLICAS\)/],
    ['no-spare-replica', 'critical', redis({ 'min-replicas-to-write': 2 }), /there are 2 replicas, and .* is 2/],
    ['nobody-promotable', 'critical', redis({ 'replica-priority': 0 }), /on redis-2, redis-3: on every replica/],
    ['replica-behind', 'warning', { facts: { inStep: ['redis-2'] } }, /redis-3 does not follow redis-1/],
    ['replica-behind', 'critical', { facts: { inStep: [] } }, /redis-2, redis-3 do not follow redis-1/],
    ['split-brain-loses-writes', 'critical', redis({ 'min-replicas-to-write': 0 }), /nine in ten of the writes/],
    ['split-brain-loses-writes', 'critical', redis({ 'min-replicas-max-lag': 0 }), /is off on redis-1/],
    [
      'split-brain-loses-writes',
      'critical',
      { own: ['redis', 'redis-2', { 'min-replicas-to-write': '0' }] },
      /off on redis-2/,
    ],
    ['no-persistence', 'critical', redis({ appendonly: 'no' }), /comes back empty, stays primary/],
    ['no-memory-limit', 'warning', redis({ maxmemory: 0 }), /the promoted replica holds the same data/],
    [
      'replica-in-the-primarys-zone',
      'critical',
      { zones: { 'redis-1': 'a', 'redis-2': 'a', 'redis-3': 'b' } },
      /refuses writes \(NOREPLICAS\)/,
    ],
    [
      'replica-in-the-primarys-zone',
      'critical',
      { zones: { 'redis-1': 'a', 'redis-2': 'a', 'redis-3': 'a' } },
      /every copy/,
    ],
    [
      'replica-in-the-primarys-zone',
      'warning',
      { ...topology({ replicas: 3 }), zones: { 'redis-1': 'a', 'redis-2': 'a', 'redis-3': 'b', 'redis-4': 'c' } },
      /2 of 4 copies/,
    ],
    [
      'sentinels-in-one-zone',
      'critical',
      { zones: { 'sentinel-1': 'a', 'sentinel-2': 'a', 'sentinel-3': 'b' } },
      /2 of 3 Sentinels are in zone a/,
    ],
  ])('%s: %s', (id, severity, change, why) => {
    const found = of(change).find((hazard) => hazard.id === id);
    expect(found).toMatchObject({ id, severity });
    expect(`${found?.what}; ${found?.therefore}`).toMatch(why);
    expect(found?.where.length).toBeGreaterThan(0);
    expect(found?.mend).not.toBe('');
  });

  it('are not made of nodes that did not answer', () => {
    const wrong = 'WRONGPASS invalid username-password pair';
    const unread = (...untold: string[]): Partial<RedisSentinelFacts> => ({
      inStep: ['redis-2', 'redis-3'].filter((node) => !untold.includes(node)),
      silent: Object.fromEntries(untold.map((node) => [node, wrong])),
      untold,
    });
    const zones = { 'redis-1': 'a', 'redis-2': 'a', 'redis-3': 'b' };
    expect(of({ facts: unread('redis-1', 'redis-2', 'redis-3') })).toEqual([]);
    expect(of({ facts: unread('redis-2'), zones: {} })).toEqual([]);
    expect(of({ facts: { ...unread('redis-1', 'redis-2', 'redis-3'), primary: null } })).toEqual([]);
    expect(of({ facts: unread('redis-3'), zones })).toEqual([]);
    expect(of({ facts: { inStep: [], untold: ['redis-3'] } })).toMatchObject([
      { id: 'replica-behind', where: ['redis-2'], severity: 'warning' },
    ]);
  });

  it('are not there one step before', () => {
    const fine: readonly Change[] = [
      sentinel({ 'down-after-milliseconds': 3000 }),
      sentinel({ 'failover-timeout': 60_000 }),
      topology({ sentinels: 5 }),
      redis({ appendonly: 'no', save: '60 1' }),
      redis({ maxmemory: 1_000_000 }),
      { own: ['redis', 'redis-2', { 'replica-priority': '0' }] },
      { zones: { 'redis-1': '', 'redis-2': '', 'sentinel-1': '', 'sentinel-2': '' } },
    ];
    expect(fine.map((change) => of(change).map(({ id }) => id))).toEqual(fine.map(() => []));
  });

  it('come the worst first, and are of what answered only', () => {
    const found = of({ settings: { redis: { maxmemory: 0 }, sentinel: { quorum: 1, 'failover-timeout': 90_000 } } });
    expect(found.map(({ id }) => id)).toEqual(['quorum-one', 'slow-retry', 'no-memory-limit']);
    const spec = { name: 'redis-sentinel', settings: {}, basePort: 6301 };
    const { view } = planned(redisSentinelNodes(spec), spec);
    expect(hazards({ view, settings: {}, zones: {} })).toEqual([]);
  });
});
