import { describe, expect, it } from 'vitest';
import { type MistakeCase, mistakesAfter } from '../../test/drill-mistakes.ts';
import { testRegistry } from '../../test/drill-registry.ts';
import { redisSentinel } from '../services/redis-sentinel/service.ts';
import { parseDrill } from './load.ts';

const services = 'services: [store]';
const withTopics = (topics: string): string => `${services}\n  topics:\n    ${topics}`;

const cases: MistakeCase[] = [
  [
    'an unknown key',
    services,
    withTopics('orders: { partition: 3 }'),
    '7:15: unknown key "partition"; did you mean "partitions"?',
  ],
  [
    'a name that no topic can have',
    services,
    withTopics('a/b: {}'),
    '7:5: expected a topic of letters, digits, dots, dashes and underscores, got "a/b"',
  ],
  ['no partitions', services, withTopics('orders: { partitions: 0 }'), '7:27: expected at least 1, got 0'],
  [
    'a replica that is no broker, where it stands',
    services,
    withTopics('orders: { replicas: [[1, 2, 3], [2, 4, 1]] }'),
    '7:41: no broker 4',
  ],
];

describe('topics of a drill', () => {
  it.each(cases)('%s', (_, from, to, ...mistakes) => {
    expect(mistakesAfter(from, to)).toEqual(mistakes);
  });

  it('need a service that has topics', () => {
    const text = 'title: t\ncluster:\n  services: [bare]\n  topics:\n    orders: {}\nmethod: []\n';
    const services = new Map([...testRegistry.services, ['bare', redisSentinel]]);
    const registry = { ...testRegistry, services };
    expect(() => parseDrill(text, 'x.drill.yaml', { registry })).toThrow(
      'x.drill.yaml:4:3: no service of this drill has topics; these have: store',
    );
  });

  it('are what words are asked of: a partition that there will not be is a mistake', () => {
    const targets = /targets: store-primary/;
    const leader = 'targets: { leaderOf: orders/2 }';
    expect(mistakesAfter(targets, leader)).toEqual([]);
    const both = mistakesAfter(
      /services: \[store\]([\s\S]*)targets: store-primary/,
      `${withTopics('orders: { partitions: 2 }')}$1${leader}`,
    );
    expect(both).toEqual(['22:26: there is no unit "orders/2"; did you mean "orders/0"?']);
  });

  it('have those that workloads need', () => {
    const needing = (topic: string): readonly string[] =>
      mistakesAfter(
        /services: \[store\]([\s\S]*)rate: 100\/s/,
        `${withTopics('orders: {}')}$1rate: 100/s\n      topic: ${topic}`,
      );
    expect(needing('orders')).toEqual([]);
    expect(needing('ordres')).toEqual(['13:14: there is no topic "ordres"; did you mean "orders"?']);
    expect(mistakesAfter('rate: 100/s', 'rate: 100/s\n      topic: any')).toEqual([]);
  });

  it('come out with what they leave out', () => {
    const text = `title: t\ncluster: { services: [store], topics: { a: {}, b: { replicas: [[1], [2]], config: { x: 5, y: true } } } }
steadyStateHypothesis: { title: h, probes: [{ probe: store.info, with: { field: role }, tolerance: master }] }\nmethod: []\n`;
    expect(parseDrill(text, 'x.drill.yaml', { registry: testRegistry }).drill.cluster.topics).toEqual({
      a: { partitions: 1, replicationFactor: undefined, replicas: undefined, config: {} },
      b: { partitions: 2, replicationFactor: undefined, replicas: [[1], [2]], config: { x: '5', y: 'true' } },
    });
  });
});
