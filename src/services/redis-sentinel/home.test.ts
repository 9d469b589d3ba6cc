import { describe, expect, it } from 'vitest';
import type { RedisFacts, SentinelFacts, TopologyFacts } from '../../clients/redis-topology.ts';
import { hasVotedInVain } from '../../clients/sentinel.ts';
import { whatIsAstray } from './home.ts';

const nodes = ['redis-1', 'redis-2', 'redis-3'];

function facts(primary: string, sentinel: Partial<SentinelFacts> = {}): TopologyFacts {
  const redis = nodes.map((node) => {
    const own = node === primary ? { role: 'primary' } : { role: 'replica', primary, linkUp: true };
    return [node, own as RedisFacts] as const;
  });
  const sentinels = ['sentinel-1', 'sentinel-2'].map(
    (node) => [node, { primary, replicas: 2, otherSentinels: 1, ...sentinel } as SentinelFacts] as const,
  );
  return { redis: new Map(redis), sentinels: new Map(sentinels) };
}

describe('a Redis that has served a run', () => {
  it.each([
    [undefined, facts('redis-1')],
    ['not all other nodes follow redis-1', facts('redis-3')],
    ['not all Sentinels watch redis-1', facts('redis-1', { primary: 'redis-3' })],
    ['not all Sentinels know everybody', facts('redis-1', { replicas: 1 })],
    ['not all Sentinels know everybody', facts('redis-1', { otherSentinels: 0 })],
  ])('%s', (expected, seen) => {
    expect(whatIsAstray(seen, 'redis-1')).toBe(expected);
  });
});

describe('a Sentinel', () => {
  it.each([
    [false, 'sentinel config-epoch mymaster 3\nsentinel leader-epoch mymaster 3\n'],
    [true, 'sentinel config-epoch mymaster 3\nsentinel leader-epoch mymaster 4\n'],
    [false, 'sentinel monitor mymaster redis-1 6301 2\n'],
  ])('has voted in vain since the last failover: %s', (expected, file) => {
    expect(hasVotedInVain(file)).toBe(expected);
  });
});
