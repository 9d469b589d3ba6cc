import { describe, expect, it } from 'vitest';
import type { ServiceView } from '../../core/cluster.ts';
import { margins } from './margins.ts';

const view: ServiceView = {
  kind: 'redis-sentinel',
  roles: {
    'redis-1': ['redis', 'redis-primary'],
    'redis-2': ['redis', 'redis-replica'],
    'redis-3': ['redis', 'redis-replica'],
    'sentinel-1': ['sentinel'],
    'sentinel-2': ['sentinel'],
    'sentinel-3': ['sentinel'],
  },
  facts: {
    primary: 'redis-1',
    inStep: ['redis-2', 'redis-3'],
    sentinelsNaming: { 'sentinel-1': 'redis-1', 'sentinel-2': 'redis-1', 'sentinel-3': 'redis-1' },
  },
};
const settings = {
  redis: { 'redis-1': { 'min-replicas-to-write': '1' }, 'redis-2': { 'min-replicas-to-write': '1' } },
  sentinel: { 'sentinel-1': { quorum: '2' } },
};

function left(without: readonly string[], seen = view): readonly string[] {
  return margins({ without, view: seen, settings }).map(
    ({ what, left: there, needed }) => `${there}/${needed} ${what}`,
  );
}

describe('what is left of a Redis under Sentinels', () => {
  it('is counted for a failover: Sentinels, replicas to promote, and replicas for writes once one is promoted', () => {
    expect(left(['redis-1'])).toEqual([
      '3/2 Sentinels for a majority of 3',
      '3/2 Sentinels for the quorum',
      '2/1 replicas in step that can be promoted',
      '1/1 replicas for min-replicas-to-write, once one of them is promoted',
    ]);
    expect(left(['redis-1', 'redis-2'])).toContain(
      '0/1 replicas for min-replicas-to-write, once one of them is promoted',
    );
  });

  it('needs nobody to be promoted while the primary stays', () => {
    expect(left(['redis-2', 'redis-3', 'sentinel-1', 'sentinel-2'])).toEqual([
      '1/2 Sentinels for a majority of 3',
      '1/2 Sentinels for the quorum',
      '0/1 replicas for min-replicas-to-write',
    ]);
  });

  it('does not count who is away already', () => {
    const facts = { primary: 'redis-1', inStep: ['redis-3'], sentinelsNaming: { 'sentinel-1': 'redis-1' } };
    expect(left(['redis-1'], { ...view, facts })).toEqual([
      '1/2 Sentinels for a majority of 3',
      '1/2 Sentinels for the quorum',
      '1/1 replicas in step that can be promoted',
      '0/1 replicas for min-replicas-to-write, once one of them is promoted',
    ]);
  });
});
