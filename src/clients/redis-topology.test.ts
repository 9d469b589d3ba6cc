import { describe, expect, it } from 'vitest';
import { type RedisFacts, redisFacts, redisUntold } from './redis-topology.ts';

const book = { from: 'test', rows: [] };
const primary = { role: 'master', loading: '0' };

describe('whether a primary takes writes', () => {
  it.each<[string, Record<string, string>, number | undefined, boolean | undefined]>([
    ['no minimum', {}, 0, true],
    ['no minimum, which it does not tell', {}, undefined, true],
    ['enough good replicas', { min_slaves_good_slaves: '1' }, 1, true],
    ['too few', { min_slaves_good_slaves: '1' }, 2, false],
    ['none, whatever the minimum is', { min_slaves_good_slaves: '0' }, undefined, false],
    ['some, and nobody knows whether they are enough', { min_slaves_good_slaves: '1' }, undefined, undefined],
    ['it is loading', { loading: '1' }, 0, false],
    ['it is a replica', { role: 'slave', min_slaves_good_slaves: '1' }, undefined, false],
  ])('%s', (_, info, minimum, expected) => {
    expect(redisFacts({ ...primary, ...info }, minimum, book).acceptsWrites).toBe(expected);
  });
});

describe('a Redis node that does not answer', () => {
  const attached = (...nodes: string[]): RedisFacts => ({
    ...redisFacts(primary, 0, book),
    replicas: nodes.map((node) => ({ node, offset: 1, lagSeconds: 0 })),
  });
  const refused = new Error('WRONGPASS');
  const untold = (first: RedisFacts | Error): readonly string[] => {
    const redis = new Map<string, RedisFacts | Error>([
      ['redis-1', first],
      ['redis-2', refused],
      ['redis-3', refused],
    ]);
    return redisUntold({ redis, sentinels: new Map() }, 'redis-1');
  };

  it('is gone where the primary misses it, and else nobody knows', () => {
    expect(untold(attached('redis-2'))).toEqual(['redis-2']);
    expect(untold(attached())).toEqual([]);
    expect(untold(refused)).toEqual(['redis-1', 'redis-2', 'redis-3']);
  });
});
