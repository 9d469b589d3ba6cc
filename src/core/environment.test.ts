import { describe, expect, it } from 'vitest';
import { addressEnvironment } from './environment.ts';
import type { AddressRow } from './node.ts';

function row(node: string, role: string, more: Partial<AddressRow> = {}): AddressRow {
  return {
    node,
    service: 'cache',
    role,
    listener: role,
    announced: { host: node, port: 7000 },
    address: { host: `127.0.0.${node.length}`, port: 7000 },
    ...more,
  };
}

describe('the environment of a program', () => {
  it('lists the nodes of a role by their main listener', () => {
    const env = addressEnvironment({
      from: 'client:writes',
      rows: [
        row('redis-1', 'redis'),
        row('redis-1', 'redis', { listener: 'bus', address: { host: '127.0.0.9', port: 17000 } }),
        row('redis-10', 'redis'),
        row('sentinel-1', 'sentinel'),
        row('b-1', 'raft-voter'),
      ],
    });
    expect(env['FIREDRILL_REDIS']).toBe('127.0.0.7:7000,127.0.0.8:7000');
    expect(env['FIREDRILL_SENTINELS']).toBe('127.0.0.10:7000');
    expect(env['FIREDRILL_RAFT_VOTERS']).toBe('127.0.0.3:7000');
  });

  it('holds the whole address book', () => {
    const book = { from: 'probe', rows: [row('redis-1', 'redis')] };
    expect(JSON.parse(addressEnvironment(book)['FIREDRILL_ADDRESSES'] ?? '')).toEqual(book);
  });

  it('never mixes two services in one list', () => {
    const rows = [row('a', 'redis', { service: 'sessions' }), row('b', 'redis'), row('c', 'sentinel')];
    const env = addressEnvironment({ from: 'probe', rows });
    expect(env).not.toHaveProperty('FIREDRILL_REDIS');
    expect(env['FIREDRILL_SENTINELS']).toBe('127.0.0.1:7000');
  });
});
