import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../core/cluster.ts';
import { clientHost, linkName, type NodeSpec, PROBE, translate } from '../../core/node.ts';
import { loopbackMatrix } from './matrix.ts';

const client = clientHost('writes');

function node(name: string, ports: Record<string, number>): NodeSpec {
  return { name, service: 'cache', role: 'redis', zone: 'a', ports, program: { tool: 'redis-server', args: [] } };
}

function specOf(nodes: readonly NodeSpec[]): ClusterSpec {
  const links = [...nodes.map((each) => each.name), client, PROBE].flatMap((from) =>
    nodes
      .filter((to) => to.name !== from)
      .flatMap((to) =>
        Object.keys(to.ports).map((listener) => ({
          name: linkName(from, to.name, listener),
          from,
          to: to.name,
          listener,
        })),
      ),
  );
  return { runId: 'r', nodes, links, files: {}, clientHosts: [client] };
}

const spec = specOf([node('redis-1', { main: 6301, bus: 16301 }), node('redis-2', { main: 6302 })]);
const matrix = loopbackMatrix(spec, { subnet: 70, named: true });

describe('the matrix', () => {
  it('gives every link a listener of its own, in front of the node’s', () => {
    expect(
      matrix.proxies.map(({ name, listen, upstream }) => [
        name,
        `${listen.host}:${listen.port}`,
        `${upstream.host}:${upstream.port}`,
      ]),
    ).toEqual([
      ['redis-1->redis-2:main', '127.70.1.2:6302', '127.70.0.2:6302'],
      ['redis-2->redis-1:main', '127.70.2.1:6301', '127.70.0.1:6301'],
      ['redis-2->redis-1:bus', '127.70.2.1:16301', '127.70.0.1:16301'],
      ['client:writes->redis-1:main', '127.70.100.1:6301', '127.70.0.1:6301'],
      ['client:writes->redis-1:bus', '127.70.100.1:16301', '127.70.0.1:16301'],
      ['client:writes->redis-2:main', '127.70.100.2:6302', '127.70.0.2:6302'],
      ['probe->redis-1:main', '127.70.250.1:6301', '127.70.0.1:6301'],
      ['probe->redis-1:bus', '127.70.250.1:16301', '127.70.0.1:16301'],
      ['probe->redis-2:main', '127.70.250.2:6302', '127.70.0.2:6302'],
    ]);
  });

  it('resolves peers to the source’s own links, and the node itself to where it listens', () => {
    expect(matrix.hostsFile('redis-2')).toBe(
      '127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.70.2.1 redis-1\n127.70.0.2 redis-2\n',
    );
    expect(matrix.hostsFile(client)).toContain('\n127.70.100.1 redis-1\n127.70.100.2 redis-2\n');
    expect(matrix.hostOf('redis-2')).toBe('127.70.0.2');
  });

  it('translates what a node announces, for clients and for nodes', () => {
    const announced = { host: 'redis-1', port: 16301 };
    expect(translate(matrix.addresses(client), announced)).toEqual({ host: '127.70.100.1', port: 16301 });
    expect(translate(matrix.addresses('redis-1'), announced)).toEqual({ host: '127.70.0.1', port: 16301 });
    expect(matrix.addresses(PROBE).rows.map((row) => `${row.node} ${row.listener}`)).toEqual([
      'redis-1 main',
      'redis-1 bus',
      'redis-2 main',
    ]);
  });

  it('says of a node with which rights it is entered, and what its clients have to know', () => {
    const access = { user: 'firedrill', password: { env: 'REDIS_PASSWORD' } };
    const known = { ...node('redis-1', { main: 6301 }), access, terms: { primaryName: 'sessions' } };
    const { rows } = loopbackMatrix(specOf([known]), { subnet: 70, named: true }).addresses('redis-1');
    expect(rows).toMatchObject([{ node: 'redis-1', access, terms: { primaryName: 'sessions' } }]);
  });

  it('has no links between nodes, and no names, where nodes cannot look names up', () => {
    const unnamed = loopbackMatrix(spec, { subnet: 70, named: false });
    expect(unnamed.proxies.map(({ name }) => name).filter((name) => name.startsWith('redis'))).toEqual([]);
    expect(unnamed.addresses(client).rows[0]).toMatchObject({
      announced: { host: '127.70.0.1', port: 6301 },
      address: { host: '127.70.100.1', port: 6301 },
    });
  });

  it('never gives one address to two', () => {
    const many = specOf(Array.from({ length: 99 }, (_, at) => node(`n-${at}`, { main: 7000 + at })));
    const { proxies, hostOf } = loopbackMatrix(many, { subnet: 127, named: true });
    const addresses = [
      ...proxies.map(({ listen }) => `${listen.host}:${listen.port}`),
      ...many.nodes.map(({ name, ports }) => `${hostOf(name)}:${ports['main']}`),
    ];
    expect(new Set(addresses).size).toBe(99 * 100 + 99);
    expect(
      addresses.every((address) => address.split(/[.:]/).every((part, at) => at === 4 || Number(part) < 255)),
    ).toBe(true);
  });

  it('refuses what it has no addresses for, and names what it does not know', () => {
    const tooMany = specOf(Array.from({ length: 100 }, (_, at) => node(`n-${at}`, {})));
    expect(() => loopbackMatrix(tooMany, { subnet: 64, named: true })).toThrow(
      expect.objectContaining({ code: 'PLAN_REFUSED' }),
    );
    expect(() => matrix.addresses('nobody')).toThrow('no such source of links: "nobody"');
    expect(() => matrix.hostOf(client)).toThrow('no such node');
    const link = { name: 'x', from: PROBE, to: 'redis-1', listener: 'admin' };
    expect(() => loopbackMatrix({ ...spec, links: [link] }, { subnet: 64, named: true })).toThrow(
      'no such listener of redis-1: "admin"',
    );
  });
});
