import { describe, expect, it } from 'vitest';
import type { ClusterView } from '../core/cluster.ts';
import { compare, movedRoles } from './restore.ts';

describe('settings before and after', () => {
  it('are compared wherever they stand', () => {
    expect(compare({ a: { x: '1', y: '2' } }, { a: { x: '1', y: '2' } }, [])).toEqual([]);
    expect(compare({ a: { x: '1' } }, { a: { x: '3' } }, [])).toEqual(['a.x was "1" and is "3"']);
  });

  it('differ when one is missing, on either side', () => {
    expect(compare({ a: { x: '1' } }, { a: {} }, [])).toEqual(['a.x was "1" and is null']);
    expect(compare({ a: {} }, { a: { x: '1' } }, [])).toEqual(['a.x was null and is "1"']);
  });

  it('of a node that does not answer any more are not told one by one', () => {
    expect(compare({ redis: { a: { x: '1', y: '2' } } }, { redis: {} }, [])).toEqual(['redis.a could not be read']);
    expect(compare({ redis: {} }, { redis: { a: { x: '1', y: '2' } } }, [])).toEqual([
      'redis.a could not be read before',
    ]);
  });
});

describe('roles', () => {
  const view = (roles: Record<string, string[]>): ClusterView => ({
    atMs: 0,
    services: {},
    nodes: Object.entries(roles).map(([name, of]) => ({ name, service: 's', zone: 'a', roles: of })),
  });

  it('that moved are told, and the others not', () => {
    const before = view({ a: ['redis', 'primary'], b: ['redis', 'replica'], c: ['redis', 'replica'] });
    const after = view({ a: ['redis', 'replica'], b: ['redis', 'primary'], c: ['redis', 'replica'] });
    expect(movedRoles(before, after)).toEqual(['a was primary and is replica', 'b was replica and is primary']);
  });
});
