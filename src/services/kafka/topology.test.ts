import { describe, expect, it } from 'vitest';
import type { ServiceSpec } from '../../core/kinds.ts';
import { kafkaFiles, kafkaLinks, kafkaNodes } from './topology.ts';

function clusterOf(settings: ServiceSpec['settings'] = {}, name = 'kafka') {
  const spec = { name, settings, basePort: 6400 };
  const nodes = kafkaNodes(spec);
  const propertiesOf = (node: string): Record<string, string> => {
    const found = nodes.find((each) => each.name === node);
    const [file] = found === undefined ? [] : kafkaFiles(found, nodes, spec);
    const lines = (file?.text ?? '').trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  };
  return { nodes, links: kafkaLinks(nodes), propertiesOf };
}

describe('the nodes of Kafka', () => {
  it('are three controllers and three brokers, one of each in a zone, with ports of their own', () => {
    const { nodes } = clusterOf();
    expect(nodes.map(({ name, role, zone }) => `${name} ${role} ${zone}`)).toEqual([
      'controller-1 controller a',
      'controller-2 controller b',
      'controller-3 controller c',
      'broker-1 broker a',
      'broker-2 broker b',
      'broker-3 broker c',
    ]);
    const ports = nodes.flatMap((node) => Object.values(node.ports));
    expect(ports).toEqual(Array.from({ length: 15 }, (_, at) => 6400 + at));
  });

  it('are known to clients by one listener of each broker, and to the probes by one of each node', () => {
    for (const { role, serves } of clusterOf().nodes) {
      expect(serves).toEqual({ clients: role === 'broker' ? ['client'] : [], probes: ['probe'] });
    }
  });

  it('are called after their service where it has a name', () => {
    expect(clusterOf({}, 'events').nodes.map(({ name }) => name)).toContain('events-broker-1');
  });

  it('can be both at once', () => {
    const { nodes, links, propertiesOf } = clusterOf({ 'kafka-nodes': { combined: true } });
    expect(nodes.map(({ name }) => name)).toEqual(['broker-1', 'broker-2', 'broker-3']);
    expect(links.map(({ name }) => name)).toContain('broker-1->broker-2:controller');
    expect(propertiesOf('broker-2')).toMatchObject({
      'process.roles': 'broker,controller',
      'controller.quorum.voters': '1@broker-1:6403,2@broker-2:6407,3@broker-3:6411',
      'controller.listener.names': 'CONTROLLER',
      'broker.session.timeout.ms': '9000',
    });
  });

  it('have no fewer than there can be', () => {
    expect(() => clusterOf({ 'kafka-nodes': { brokers: 0 } })).toThrow('0 is no number of nodes');
  });
});

describe('their links', () => {
  it('lead from brokers to each other, and from everybody to every controller', () => {
    const { links } = clusterOf();
    const ways = links.map(({ name, listener }) => `${name} ${listener}`);
    expect(ways).toHaveLength(6 + 9 + 6);
    expect(ways).toEqual(
      expect.arrayContaining([
        'broker-1->broker-2 peer',
        'broker-1->controller-2 controller',
        'controller-1->controller-2 controller',
      ]),
    );
    expect(ways.filter((way) => /^controller-\d->broker/.test(way))).toEqual([]);
  });
});

describe('server.properties', () => {
  it('of a broker names its peers and never their addresses', () => {
    expect(clusterOf().propertiesOf('broker-2')).toMatchObject({
      'process.roles': 'broker',
      'node.id': '2',
      'broker.rack': 'b',
      listeners: 'CLIENT://{bind}:6409,PEER://{bind}:6410,PROBE://{bind}:6411',
      'advertised.listeners': 'CLIENT://broker-2:6409,PEER://broker-2:6410,PROBE://broker-2:6411',
      'inter.broker.listener.name': 'PEER',
      'controller.quorum.voters': '101@controller-1:6400,102@controller-2:6402,103@controller-3:6404',
      'log.dirs': '{data}',
      'min.insync.replicas': '2',
      'broker.heartbeat.interval.ms': '2000',
    });
  });

  it('of a controller has what counts there', () => {
    const properties = clusterOf().propertiesOf('controller-1');
    expect(properties).toMatchObject({
      'node.id': '101',
      listeners: 'CONTROLLER://{bind}:6400,PROBE://{bind}:6401',
      'controller.listener.names': 'CONTROLLER,PROBE',
      'min.insync.replicas': '2',
      'unclean.leader.election.enable': 'false',
      'broker.session.timeout.ms': '9000',
    });
    expect(properties).not.toHaveProperty('inter.broker.listener.name');
  });

  it('says what the drill says, for all or for one sort of node', () => {
    const { propertiesOf } = clusterOf({
      kafka: { 'min.insync.replicas': 1 },
      controller: { 'broker.session.timeout.ms': 20_000 },
    });
    expect(propertiesOf('broker-1')['min.insync.replicas']).toBe('1');
    expect(propertiesOf('controller-1')).toMatchObject({
      'min.insync.replicas': '1',
      'broker.session.timeout.ms': '20000',
    });
  });

  it('asks no more replicas than there are brokers', () => {
    const { propertiesOf } = clusterOf({ 'kafka-nodes': { brokers: 1, combined: true } });
    expect(propertiesOf('broker-1')).toMatchObject({
      'offsets.topic.replication.factor': '1',
      'min.insync.replicas': '1',
    });
  });
});
