import { describe, expect, it } from 'vitest';
import type { PredictQuestion, ServiceSpec } from '../../core/kinds.ts';
import { factsOf, type RedisSentinelFacts } from './facts.ts';
import { planned } from './planned.ts';
import { predict } from './predict.ts';
import { redisSentinelNodes } from './topology.ts';

const view = { kind: 'redis-sentinel', roles: {}, facts: { primary: 'redis-1' } };
const settings = (downAfterMs: number, minReplicas = 1): PredictQuestion['settings'] => ({
  redis: { 'redis-1': { 'min-replicas-to-write': String(minReplicas) } },
  sentinel: {
    'sentinel-1': { 'down-after-milliseconds': String(downAfterMs) },
    'sentinel-2': { 'down-after-milliseconds': '1000' },
  },
});
const ask = (question: Partial<PredictQuestion>): ReturnType<typeof predict> =>
  predict({ fault: 'process.kill', params: {}, targets: ['redis-1'], view, settings: settings(5000), ...question });

describe('the predicted band of a lost primary', () => {
  it('follows the slowest Sentinel', () => {
    expect(ask({})).toMatchObject({ lowMs: 5300, highMs: 9200 });
    expect(ask({ settings: settings(30_000) })).toMatchObject({ lowMs: 30_300, highMs: 34_200 });
  });

  it('is wider where the primary is only silent', () => {
    expect(ask({ fault: 'process.pause' })).toMatchObject({ lowMs: 5300, highMs: 10_200 });
    expect(ask({ fault: 'network.partition' })).toMatchObject({ lowMs: 5300, highMs: 10_200 });
  });

  it('begins a PING earlier where nodes are entered by TLS, and their connections end', () => {
    const encrypted = {
      redis: { 'redis-1': { 'min-replicas-to-write': '1', 'tls-replication': 'yes' } },
      sentinel: { 'sentinel-1': { 'down-after-milliseconds': '5000' } },
    };
    expect(ask({ settings: encrypted })).toMatchObject({ lowMs: 4300, highMs: 9200 });
    expect(ask({ settings: encrypted, fault: 'process.pause' })).toMatchObject({ lowMs: 5300 });
  });

  it('is that of a hung one where its clients are paused for longer than the Sentinels wait', () => {
    const paused = (mode: string, pauseForMs: number) =>
      ask({ fault: 'redis.client-pause', params: { mode, pauseForMs } });
    expect(paused('all', 20_000)).toMatchObject({ lowMs: 5300, highMs: 10_200 });
    expect(paused('write', 20_000)).toMatchObject({ lowMs: 5300, highMs: 12_200 });
    expect(paused('all', 6000)).toEqual({ because: expect.stringContaining('at about the time') });
    expect(paused('write', 4000)).toMatchObject({ lowMs: 4000, highMs: 4300 });
  });

  it('names by node what they are not set alike to', () => {
    const redis = {
      'redis-1': { 'min-replicas-to-write': '0' },
      'redis-2': { 'min-replicas-to-write': '1' },
      'redis-3': { 'min-replicas-to-write': '1' },
    };
    const { sentinel } = settings(5000) as { readonly sentinel: PredictQuestion['settings'] };
    expect(ask({ settings: { redis, sentinel } })).toMatchObject({
      inputs: { 'min-replicas-to-write': '0 on redis-1 and 1 on redis-2, redis-3' },
    });
  });

  it('is narrower where no replica is needed to write', () => {
    expect(ask({ settings: settings(5000, 0) })).toMatchObject({ highMs: 9000 });
  });

  it.each<[string, Partial<PredictQuestion>, RegExp]>([
    ['another fault', { fault: 'network.latency' }, /no formula/],
    ['another target', { targets: ['redis-2'] }, /no failover is expected/],
    ['no primary', { view: { ...view, facts: { primary: null } } }, /no primary/],
    ['no settings', { settings: {} }, /no Sentinel said/],
  ])('says why there is none: %s', (_, question, why) => {
    expect(ask(question)).toEqual({ because: expect.stringMatching(why) });
  });
});

/** A cluster that has just started, with these settings: all of its Sentinels know each other. */
function started(settings: ServiceSpec['settings'] = {}, facts: Partial<RedisSentinelFacts> = {}) {
  const spec = { name: 'redis-sentinel', settings, basePort: 6301 };
  const { view: fresh, settings: live } = planned(redisSentinelNodes(spec), spec);
  const seen = { ...fresh, facts: { ...factsOf(fresh), ...facts } };
  return (targets: readonly string[], more: Partial<PredictQuestion> = {}) =>
    predict({ fault: 'process.kill', params: {}, targets, view: seen, settings: live, ...more });
}

describe('a failure after which nobody serves', () => {
  it.each<[string, ServiceSpec['settings'], readonly string[], RegExp]>([
    [
      'no majority is left',
      {},
      ['redis-1', 'sentinel-1', 'sentinel-2'],
      /1 of 3 Sentinels are left, and 2 have to agree/,
    ],
    ['the quorum is all', { sentinel: { quorum: 3 } }, ['redis-1', 'sentinel-1'], /2 of 3 Sentinels are left, and 3/],
    ['all nodes', {}, ['redis-1', 'redis-2', 'redis-3'], /no replica is left/],
    ['priority 0', { redis: { 'replica-priority': 0 } }, ['redis-1'], /may be promoted .* on redis-2, redis-3/],
    ['one replica', { topology: { replicas: 1 } }, ['redis-1'], /has 0 of at least 1 replicas/],
    ['a replica with it', {}, ['redis-1', 'redis-2'], /has 0 of at least 1 replicas/],
    ['both replicas', {}, ['redis-2', 'redis-3'], /redis-1 has 0 of at least 1 replicas .* refuses writes/],
  ])('lasts: %s', (_, settings, targets, why) => {
    expect(started(settings)(targets)).toEqual({ because: expect.stringMatching(why), outage: 'lasting' });
  });

  it('does not, where nothing needs a replica', () => {
    expect(started({ redis: { 'min-replicas-to-write': 0 } })(['redis-1', 'redis-2'])).toMatchObject({ highMs: 9000 });
    expect(started({ redis: { 'min-replicas-max-lag': 0 } })(['redis-1', 'redis-2'])).toMatchObject({ highMs: 9000 });
  });

  it('counts dead Sentinels that are still known, as those that vote do', () => {
    const ghosts = ['a:1', 'b:1'];
    const known = Object.fromEntries(
      ['sentinel-1', 'sentinel-2', 'sentinel-3'].map((node) => [
        node,
        { sentinels: ['x', 'y', ...ghosts], replicas: [], down: ghosts },
      ]),
    );
    expect(started({}, { known })(['redis-1'])).toMatchObject({ lowMs: 5300 });
    expect(started({}, { known })(['redis-1', 'sentinel-1'])).toMatchObject({ outage: 'lasting' });
  });

  it('counts a replica that is not in step as none', () => {
    expect(started({}, { inStep: ['redis-3'] })(['redis-1'])).toMatchObject({ outage: 'lasting' });
  });
});

describe('what rests on nodes that did not answer', () => {
  const wrong = 'WRONGPASS invalid username-password pair';
  const silent = (...nodes: string[]): Record<string, string> => Object.fromEntries(nodes.map((node) => [node, wrong]));
  const all = ['redis-1', 'redis-2', 'redis-3'];
  const unread = (...untold: string[]): Partial<RedisSentinelFacts> => ({
    inStep: ['redis-2', 'redis-3'].filter((node) => !untold.includes(node)),
    silent: silent(...untold),
    untold,
  });

  it.each<[string, Partial<RedisSentinelFacts>, readonly string[], RegExp]>([
    ['of no Redis node', unread(...all), ['redis-1'], /^redis-2, redis-3 do not answer: WRONGPASS/],
    ['of no Redis node', unread(...all), ['redis-2'], /^redis-1 does not answer: WRONGPASS/],
    ['of one replica', unread('redis-3'), ['redis-1'], /^redis-3 does not answer: WRONGPASS/],
    ['of one replica', unread('redis-3'), ['redis-2'], /^redis-3 does not answer: WRONGPASS/],
    [
      'of two Sentinels',
      { sentinelsNaming: { 'sentinel-1': 'redis-1' }, silent: silent('sentinel-2', 'sentinel-3') },
      ['redis-1'],
      /^sentinel-2, sentinel-3 do not answer: WRONGPASS/,
    ],
  ])('is not known: %s', (_, facts, targets, why) => {
    expect(started({}, facts)(targets)).toEqual({ because: expect.stringMatching(why) });
  });

  it('is known where the others are enough, or where it is said that a node is gone', () => {
    expect(started({}, unread('redis-1'))(['redis-1'])).toMatchObject({ lowMs: 5300 });
    expect(started({}, unread('redis-3'))(['redis-3'])).toMatchObject({ outage: 'none' });
    expect(started({}, unread(...all))(['sentinel-1'])).toMatchObject({ outage: 'none' });
    expect(started({}, { ...unread('redis-3'), untold: [] })(['redis-1'])).toMatchObject({ outage: 'lasting' });
  });
});

describe('a failure that clients do not see', () => {
  it.each(['redis-2', 'sentinel-1'])('is that of %s', (node) => {
    expect(started()([node])).toEqual({ because: expect.stringMatching(/no failover is expected$/), outage: 'none' });
  });

  it('may leave a cluster that could not fail over any more', () => {
    expect(started()(['sentinel-1', 'sentinel-2'])).toEqual({
      because: expect.stringMatching(/no failover is expected; but 1 of 3 Sentinels/),
      outage: 'none',
    });
  });

  it('is not told of a partition between groups', () => {
    const groups = { groups: ['sentinels', 'redis-1'] };
    const answer = started()(['sentinel-1', 'sentinel-2', 'sentinel-3'], {
      fault: 'network.partition',
      params: groups,
    });
    expect(answer).toEqual({ because: expect.stringMatching(/no failover is expected$/) });
  });
});

describe('Sentinels that are not set alike', () => {
  it.each<[string, readonly (readonly [downAfterMs: number, quorum: number])[], number]>([
    [
      'two quick ones are enough',
      [
        [5000, 2],
        [5000, 2],
        [60_000, 2],
      ],
      5000,
    ],
    [
      'a quick one waits for a second',
      [
        [1000, 2],
        [5000, 2],
        [60_000, 2],
      ],
      5000,
    ],
    [
      'a quorum of one waits for nobody',
      [
        [1000, 1],
        [5000, 2],
        [60_000, 2],
      ],
      1000,
    ],
    [
      'a quorum of all waits for the last',
      [
        [5000, 3],
        [5000, 3],
        [60_000, 3],
      ],
      60_000,
    ],
  ])('%s', (_, told, downAfterMs) => {
    const sentinel = Object.fromEntries(
      told.map(([ms, quorum], at) => [
        `sentinel-${at + 1}`,
        { 'down-after-milliseconds': `${ms}`, quorum: `${quorum}` },
      ]),
    );
    expect(started()(['redis-1'], { settings: { redis: {}, sentinel } })).toMatchObject({ lowMs: downAfterMs + 300 });
  });
});
