import { describe, expect, it } from 'vitest';
import { builtin } from '../builtin.ts';
import { parseDrill } from './load.ts';

const drill = `
title: t
cluster:
  services: [kafka]
  topics:
    orders: { partitions: 1 }
    __consumer_offsets: { partitions: 2 }
workloads:
  - name: orders
    workload: kafka.ledger
    with: { topic: orders }
  - name: readers
    workload: kafka.consumer
    client: kafkajs
    with: { topics: orders, ledger: orders }
steadyStateHypothesis:
  title: s
  probes:
    - probe: kafka.lag
      with: { group: readers, topics: [orders, theirs] }
      tolerance: { records: { atMost: 10 } }
method:
  - fault: process.kill
    targets: [{ leaderOf: orders/0 }, { coordinatorOf: readers }]
    hold: 5s
assertions:
  - assert: rpo
    of: orders
    with: { lostWrites: 0 }
`;

describe('a drill for somebody else’s cluster', () => {
  const target = { file: 'targets/staging.target.yaml', params: { rto: '30s' }, prefix: 'firedrill-' };
  const { drill: loaded, warnings } = parseDrill(drill, 'x.drill.yaml', { registry: builtin, target });

  it('makes topics and groups under a prefix, and speaks of them so everywhere', () => {
    expect(Object.keys(loaded.cluster.topics ?? {})).toEqual(['firedrill-orders', '__consumer_offsets']);
    expect(loaded.workloads.map(({ params }) => params)).toMatchObject([
      { topic: 'firedrill-orders' },
      { topics: ['firedrill-orders'], group: 'firedrill-readers', ledger: 'orders' },
    ]);
    expect(loaded.method[0]).toMatchObject({
      targets: [
        { word: 'leaderOf', arg: 'firedrill-orders/0' },
        { word: 'coordinatorOf', arg: 'firedrill-readers' },
      ],
    });
    expect(loaded.steadyStateHypothesis.probes[0]?.params).toMatchObject({
      group: 'firedrill-readers',
      topics: ['firedrill-orders', 'theirs'],
    });
  });

  it('leaves names that are none of Kafka’s, and params that the drill does not have', () => {
    expect(loaded.assertions[0]?.of).toEqual(['orders']);
    expect(loaded.params).toEqual({});
    expect(warnings.filter(({ message }) => message.includes('group'))).toEqual([]);
  });

  it('says of a param that it came from the target', () => {
    const text = `${drill.replace('title: t', 'title: t\nparams: { rto: 5s }')}  - assert: rto\n    of: orders\n    since: process.kill\n    with: { atMost: $rto }\n`;
    const withParam = parseDrill(text, 'x.drill.yaml', { registry: builtin, target }).drill;
    expect(withParam.params).toEqual({ rto: { value: '30s', from: 'targets/staging.target.yaml' } });
    expect(withParam.assertions.at(-1)?.params).toMatchObject({ atMostMs: 30_000 });
  });
});
