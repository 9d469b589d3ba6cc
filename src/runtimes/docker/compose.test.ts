import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { linkName, type NodeSpec, PROBE } from '../../core/node.ts';
import { renderCompose } from './compose.ts';
import { spokesOf, starMatrix, type Topology } from './star.ts';

const redis = (name: string, port: number): NodeSpec => ({
  name,
  service: 'cache',
  role: 'redis',
  zone: 'a',
  ports: { redis: port },
  program: { tool: 'redis-server', args: ['{config}/redis.conf'] },
});
const broker: NodeSpec = {
  name: 'broker-1',
  service: 'kafka',
  role: 'broker',
  zone: 'a',
  ports: { client: 6303, probe: 6304 },
  program: { tool: 'kafka', args: ['{config}/server.properties'], seed: { 'cluster.id': 'abc' } },
};
const nodes = [redis('redis-1', 6301), redis('redis-2', 6302), broker];
const link = (from: string, to: string, listener: string) => ({ name: linkName(from, to), from, to, listener });
const topology: Topology = {
  nodes,
  clientHosts: ['client:writes'],
  links: [
    link('redis-1', 'redis-2', 'redis'),
    link('redis-2', 'redis-1', 'redis'),
    link('client:writes', 'redis-1', 'redis'),
    link(PROBE, 'redis-1', 'redis'),
    link(PROBE, 'broker-1', 'probe'),
  ],
  files: {
    'redis-1': [{ name: 'redis.conf', text: 'bind {bind}\ndir {data}\nrequirepass a$b\n' }],
    'redis-2': [{ name: 'redis.conf', text: 'replicaof redis-1 6301\n' }],
    'broker-1': [{ name: 'server.properties', text: 'log.dirs={data}\n' }],
  },
};
const render = (byHand?: { readonly comment: string }) =>
  parse(renderCompose({ topology, ...(byHand === undefined ? {} : { byHand }) }), { merge: true });

describe('the star', () => {
  it('has a network each for nodes, client hosts and probes, and the hub on all of them', () => {
    expect(spokesOf(topology, '10.70').map(({ network, subnet, hub, node }) => [network, subnet, hub, node])).toEqual([
      ['redis-1', '10.70.0.16/28', '10.70.0.18', '10.70.0.19'],
      ['redis-2', '10.70.0.32/28', '10.70.0.34', '10.70.0.35'],
      ['broker-1', '10.70.0.48/28', '10.70.0.50', '10.70.0.51'],
      ['client.writes', '10.70.6.64/28', '10.70.6.66', '10.70.6.67'],
      ['probe', '10.70.15.160/28', '10.70.15.162', '10.70.15.163'],
    ]);
  });

  it('leads from a source to a node over the hub’s address in the source’s network', () => {
    const { proxies, addresses } = starMatrix(topology, '10.70');
    expect(proxies[0]).toMatchObject({
      name: 'redis-1->redis-2',
      listen: { host: '10.70.0.18', port: 6302 },
      upstream: { host: '10.70.0.35', port: 6302 },
    });
    expect(addresses('client:writes').rows).toEqual([
      expect.objectContaining({
        announced: { host: 'redis-1', port: 6301 },
        address: { host: '10.70.6.66', port: 6301 },
      }),
    ]);
  });
});

describe('a compose file', () => {
  it('keeps a Sentinel’s data in memory, for as long as its host lives', () => {
    const sentinel = { ...redis('sentinel-1', 6304), role: 'sentinel' };
    const rendered = parse(renderCompose({ topology: { ...topology, nodes: [...nodes, sentinel] } }), { merge: true });
    expect(Object.keys(rendered.volumes)).toEqual(['sentinel-1-data']);
    expect(rendered.volumes['sentinel-1-data']).toMatchObject({ driver_opts: { type: 'tmpfs' } });
    for (const of of ['sentinel-1', 'sentinel-1-host']) {
      expect(rendered.services[of].volumes).toMatchObject([{ source: 'sentinel-1-data', target: '/data' }]);
    }
    expect(render().volumes).toBeUndefined();
  });

  const { services, networks, configs } = render();

  it('puts each node on its own network alone, and leads its peers’ names to the hub', () => {
    expect(services['redis-1'].network_mode).toBe('service:redis-1-host');
    expect(services['redis-1-host']).toMatchObject({
      hostname: 'redis-1',
      networks: { 'redis-1': { ipv4_address: `\${FIREDRILL_BLOCK:-10.64}.0.19` } },
      extra_hosts: [`redis-2:\${FIREDRILL_BLOCK:-10.64}.0.18`],
    });
    expect(Object.keys(services.toxiproxy.networks)).toEqual(Object.keys(networks));
    for (const network of Object.values(networks)) expect(network).toMatchObject({ internal: true });
  });

  it('starts every program from a copy of its config, as itself, within its memory', () => {
    expect(services['redis-2']).toMatchObject({
      image: `\${FIREDRILL_REDIS_IMAGE:-redis:7.0.15}`,
      entrypoint: ['sh', '-c', expect.stringContaining('exec redis-server "$$@"'), 'sh'],
      command: ['/data/config/redis.conf'],
      configs: [{ source: 'redis-2.redis.conf', target: '/etc/firedrill/redis.conf' }],
      mem_limit: '256m',
      profiles: ['cache'],
    });
    expect(services['broker-1']).toMatchObject({
      entrypoint: ['sh', '-c', expect.stringContaining('--cluster-id "$$CLUSTER_ID"'), 'sh'],
      command: ['/data/config/server.properties'],
      environment: { CLUSTER_ID: 'abc' },
      configs: expect.arrayContaining([
        { source: 'broker-1.meta.properties', target: '/etc/firedrill-seed/meta.properties' },
      ]),
      mem_limit: '768m',
      profiles: ['kafka'],
    });
    expect(configs['redis-1.redis.conf'].content).toBe('bind 0.0.0.0\ndir /data/store\nrequirepass a$$b\n');
    expect(configs['broker-1.server.properties'].content).toBe('log.dirs=/data/store\n');
    expect(configs['broker-1.meta.properties'].content).toBe('cluster.id=abc\nversion=1\n');
    expect(configs['kafka.log4j2.properties'].content).toContain('appender.stdout');
  });

  it('gives the hub every link before any node starts, and a mark of its own', () => {
    const links = JSON.parse(configs['links.json'].content);
    expect(links.map(({ name, enabled }: { name: string; enabled: boolean }) => [name, enabled])).toEqual([
      ...topology.links.map(({ name }) => [name, true]),
      [`mark-of-\${FIREDRILL_RUN:-by-hand}`, false],
    ]);
    for (const { name } of nodes) expect(services[name].depends_on).toEqual(['toxiproxy']);
    expect(services.toxiproxy).toMatchObject({
      command: ['-host', '0.0.0.0', '-config', '/etc/firedrill/links.json'],
      sysctls: { 'net.ipv4.tcp_syn_retries': 1 },
    });
  });

  it('labels everything', () => {
    for (const [name, { labels }] of Object.entries<{ labels: object }>(services))
      expect(labels).toEqual({ 'dev.firedrill.run': `\${FIREDRILL_RUN:-by-hand}`, 'dev.firedrill.node': name });
    for (const { labels } of Object.values<{ labels: object }>(networks))
      expect(labels).toHaveProperty('dev.firedrill.run');
  });

  it('publishes and checks nothing in a run, and for people at loopback alone', () => {
    const published = (file: { services: Record<string, { ports?: string[]; healthcheck?: object }> }) =>
      Object.values(file.services).flatMap(({ ports = [] }) => ports);
    expect(published({ services })).toEqual([]);
    expect(services['redis-1']).not.toHaveProperty('healthcheck');
    const forPeople = render({ comment: ' Hello' });
    expect(published(forPeople)).toEqual(
      ['8474:8474', '6301:6301', '6304:6304'].map((ports) => `\${FIREDRILL_LOOPBACK:-127.0.0.1}:${ports}`),
    );
    expect(forPeople.services['redis-1'].healthcheck.test).toEqual([
      'CMD-SHELL',
      'redis-cli -p 6301 ping | grep -q PONG',
    ]);
    expect(forPeople.services['broker-1'].healthcheck.test[1]).toContain(':189F 0*:0000 0A');
    expect(forPeople.networks.probe).not.toHaveProperty('internal');
  });

  it('says which node has no image', () => {
    const unknown = { ...broker, program: { tool: 'cassandra', args: [] } };
    expect(() => renderCompose({ topology: { ...topology, nodes: [unknown], links: [] } })).toThrow(
      /no image.*cassandra/,
    );
  });
});
