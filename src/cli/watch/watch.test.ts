import { describe, expect, it } from 'vitest';
import { builtin } from '../../builtin.ts';
import { DrillError } from '../../core/error.ts';
import type { EventBody } from '../../core/journal.ts';
import { parseDrill } from '../../drill/load.ts';
import { standardDocument } from './standard.ts';
import { listenForFailover } from './until-failover.ts';
import { watchOf } from './watch-drill.ts';

const redis = { name: 'cache', kind: 'redis-sentinel', dataNodes: 3 };
const kafka = { name: 'events', kind: 'kafka', dataNodes: 5 };

function load(...services: Parameters<typeof standardDocument>[1]) {
  const document = JSON.stringify(standardDocument('What happens in staging', services));
  return parseDrill(document, 'watch-staging', { registry: builtin }).drill;
}

describe('what is watched when no drill says it', () => {
  it.each([[[redis]], [[kafka]], [[redis, kafka, { ...redis, name: 'sessions' }]]])(
    'is a drill without mistakes',
    (services) => {
      const drill = load(...services);
      expect(drill.method).toEqual([]);
      expect(drill.workloads).toHaveLength(services.length);
    },
  );

  it('writes to a partition for every broker', () => {
    expect(load(kafka).cluster.topics?.['watch']).toMatchObject({ partitions: 5, replicationFactor: 3 });
  });

  it('is not known of a service that nobody knows', () => {
    expect(() => standardDocument('', [{ ...redis, kind: 'memcached' }])).toThrow(DrillError);
  });
});

describe('a drill that is only watched', () => {
  it('keeps what it probes and writes, does nothing, and takes a census of every Redis', () => {
    const drill = watchOf(load(redis, { ...redis, name: 'sessions' }), builtin, { forMs: 5000, writes: true });
    expect(drill.method).toMatchObject([{ verb: 'pause', name: 'watch', ms: 5000 }]);
    expect(drill.workloads.map(({ name }) => name)).toEqual(['writes-cache', 'writes-sessions']);
    const censuses = drill.steadyStateHypothesis.probes.filter(({ kind }) => kind === 'redis.clients');
    expect(censuses.map(({ params }) => params)).toEqual([{ service: 'cache' }, { service: 'sessions' }]);
  });

  it('makes and writes nothing where that is not wanted', () => {
    const drill = watchOf(load(kafka), builtin, { forMs: 5000, writes: false });
    expect([drill.workloads, drill.cluster.topics]).toEqual([[], {}]);
  });
});

describe('a watch that ends with a failover', () => {
  const served = { okSinceMs: 1 };
  const heard = (...events: readonly (readonly [atMs: number, event: EventBody])[]): boolean => {
    const { hear, settled } = listenForFailover(1000);
    for (const [atMs, event] of events) hear({ ...event, atMs });
    return settled.aborted;
  };
  const begun: EventBody = { type: 'phase', phase: 'method', state: 'begin' };
  const mark = (name: string): EventBody => ({ type: 'mark', mark: name, source: '', detail: '' });
  const beat = (counters: object): EventBody => ({ type: 'heartbeat', workloads: { writes: counters } }) as EventBody;

  it('waits until nobody says anything any more, and all are served', () => {
    const switched = [
      [0, begun],
      [100, mark('+switch-master')],
    ] as const;
    expect(heard(...switched, [1000, beat(served)])).toBe(false);
    expect(heard(...switched, [1200, beat(served)])).toBe(true);
    expect(heard(...switched, [900, mark('attached')], [1200, beat(served)])).toBe(false);
    expect(heard(...switched, [900, beat({})], [1200, beat(served)])).toBe(false);
  });

  it('is not ended by what is none, or came before', () => {
    expect(heard([0, begun], [100, mark('+sdown')], [9000, beat(served)])).toBe(false);
    expect(heard([0, mark('+switch-master')], [100, begun], [9000, beat(served)])).toBe(false);
  });
});
