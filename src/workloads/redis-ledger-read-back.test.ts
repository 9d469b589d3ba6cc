import { describe, expect, it } from 'vitest';
import type { RedisFacts, SentinelFacts, TopologyFacts } from '../clients/redis-topology.ts';
import { inStep } from './redis-ledger-read-back.ts';

const primary: RedisFacts = {
  role: 'primary',
  primary: undefined,
  linkUp: false,
  offset: 100,
  replicas: [],
  acceptsWrites: true,
};
const replica: RedisFacts = { ...primary, role: 'replica', primary: 'redis-1', linkUp: true, acceptsWrites: false };
const naming = (node: string | undefined) => ({ primary: node }) as SentinelFacts;

function topology(redis: Record<string, RedisFacts | Error>, sentinels: (SentinelFacts | Error)[] = []): TopologyFacts {
  const named = sentinels.length > 0 ? sentinels : [naming('redis-1'), naming('redis-1')];
  return {
    redis: new Map(Object.entries({ 'redis-1': primary, 'redis-2': replica, 'redis-3': replica, ...redis })),
    sentinels: new Map(named.map((facts, index) => [`sentinel-${index + 1}`, facts])),
  };
}

describe('whether a ledger may be read back', () => {
  it('is so once all Sentinels name a primary that all other nodes follow', () => {
    expect(inStep(topology({ 'redis-3': { ...replica, offset: 90 } }))).toEqual({
      primary: 'redis-1',
      offset: 100,
      leastOffset: 90,
    });
  });

  it.each([
    ['a node is silent', topology({ 'redis-2': new Error('planted') }), 'redis-2 does not answer'],
    ['a Sentinel is silent', topology({}, [naming('redis-1'), new Error('planted')]), 'sentinel-2 does not answer'],
    [
      'the Sentinels differ',
      topology({}, [naming('redis-1'), naming('redis-2')]),
      'the Sentinels name redis-1 and redis-2',
    ],
    ['they name nobody that is known', topology({}, [naming(undefined)]), 'the Sentinels name nobody that is known'],
    ['the one that they name is a replica', topology({ 'redis-1': replica }), 'redis-1 is not a primary'],
    [
      'the old primary has not come back as a replica',
      topology({ 'redis-2': primary }),
      'redis-2 does not follow redis-1',
    ],
    ['a link is down', topology({ 'redis-3': { ...replica, linkUp: false } }), 'redis-3 does not follow redis-1'],
    [
      'a replica follows another',
      topology({ 'redis-3': { ...replica, primary: 'redis-2' } }),
      'redis-3 does not follow redis-1',
    ],
  ])('is not while %s', (_, facts, why) => {
    expect(inStep(facts)).toBe(why);
  });
});
