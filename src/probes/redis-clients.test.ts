import { describe, expect, it } from 'vitest';
import type { RedisFacts, SentinelFacts, TopologyFacts } from '../clients/redis-topology.ts';
import { census, parseClients, servingPrimary } from './redis-clients.ts';

const line = (fields: string): string =>
  `id=7 addr=127.0.0.1:5000 laddr=127.0.0.1:6301 fd=8 ${fields} cmd=set lib-name= lib-ver=`;

describe('the census of clients', () => {
  it('reads names, addresses and libraries out of CLIENT LIST', () => {
    const text =
      'id=3 addr=127.0.0.1:41 name=orders cmd=get lib-name=ioredis lib-ver=6.0.0\nid=4 addr=127.0.0.1:42 name= cmd=ping\n';
    expect(parseClients(text, 'redis-1')).toEqual([
      { node: 'redis-1', id: '3', name: 'orders', address: '127.0.0.1:41', library: 'ioredis 6.0.0', command: 'get' },
      { node: 'redis-1', id: '4', name: '', address: '127.0.0.1:42', library: '', command: 'ping' },
    ]);
  });

  it('names those that are on another node than the primary', () => {
    const clients = [
      ...parseClients(line('name=orders'), 'redis-1'),
      ...parseClients(line('name=sessions'), 'redis-2'),
    ];
    const counted = census(clients, { primary: 'redis-2', wanted: undefined, own: new Set() });
    expect(counted).toMatchObject({ onPrimary: 1, leftBehind: 1, names: [{ node: 'redis-1', name: 'orders' }] });
  });

  it('leaves out Sentinels, our probes, and who was not asked for', () => {
    const names = ['sentinel-abc-cmd', 'firedrill-probe', 'orders', 'other'];
    const clients = names.flatMap((name) => parseClients(line(`name=${name}`), 'redis-1'));
    expect(census(clients, { primary: 'redis-2', wanted: /^ord/, own: new Set() })).toMatchObject({
      leftBehind: 1,
      names: [{ name: 'orders' }],
    });
  });

  it('counts everybody as left behind while no primary is agreed on', () => {
    expect(
      census(parseClients(line('name=a'), 'redis-1'), { primary: undefined, wanted: undefined, own: new Set() }),
    ).toMatchObject({ primary: null, leftBehind: 1 });
  });
});

describe('the primary of the census', () => {
  const node = (role: 'primary' | 'replica', acceptsWrites: boolean): RedisFacts => ({
    role,
    primary: undefined,
    linkUp: true,
    offset: 0,
    replicas: [],
    acceptsWrites,
  });
  const sentinel = { primary: 'redis-1' } as SentinelFacts;
  const facts = (redis: Record<string, RedisFacts>): TopologyFacts => ({
    redis: new Map(Object.entries(redis)),
    sentinels: new Map([['sentinel-1', sentinel]]),
  });

  it('is the node that takes writes, whatever the Sentinels say yet', () => {
    expect(servingPrimary(facts({ 'redis-1': node('primary', false), 'redis-2': node('primary', true) }))).toBe(
      'redis-2',
    );
  });

  it('is the one that the Sentinels name while none takes writes, or two do', () => {
    expect(servingPrimary(facts({ 'redis-1': node('primary', false), 'redis-2': node('primary', false) }))).toBe(
      'redis-1',
    );
    expect(servingPrimary(facts({ 'redis-1': node('primary', true), 'redis-2': node('primary', true) }))).toBe(
      'redis-1',
    );
  });
});
