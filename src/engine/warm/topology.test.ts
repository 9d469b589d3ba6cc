import { describe, expect, it } from 'vitest';
import { builtin } from '../../builtin.ts';
import { parseDrill } from '../../drill/load.ts';
import { localRuntime } from '../../runtimes/local/local.ts';
import { makePlan, type Plan } from '../plan.ts';
import { clusterNameOf, differenceOf, placesFor, renamed, withPlaces, withSlots } from './topology.ts';

function planOf(cluster: object, workloads: readonly string[] = ['writes'], sections: object = {}): Plan {
  const drill = {
    title: 'A drill',
    cluster: { services: ['redis-sentinel'], ...cluster },
    workloads: workloads.map((name) => ({ name, workload: 'redis.ledger' })),
    steadyStateHypothesis: { title: 'Well', probes: [{ probe: 'redis.topology', tolerance: { primaries: 1 } }] },
    method: [{ fault: 'process.kill', targets: 'redis-primary' }],
    ...sections,
  };
  const { drill: parsed } = parseDrill(JSON.stringify(drill), 'x.drill.yaml', { registry: builtin });
  return makePlan(parsed, builtin, localRuntime);
}

const slow = { settings: { sentinel: { 'down-after-milliseconds': 60000 } } };

describe('the name of a warm cluster', () => {
  it('is the same for drills that differ in workloads and method', () => {
    const other = planOf({}, ['a', 'b', 'c'], { method: [{ fault: 'process.pause', targets: 'redis-2' }] });
    expect(clusterNameOf(other)).toBe(clusterNameOf(planOf({})));
    expect(clusterNameOf(other)).toMatch(/^redis-sentinel-[0-9a-f]{8}$/);
  });

  it('is another one for other settings, other nodes, and another runtime', () => {
    const plans = [planOf({}), planOf(slow), planOf({ settings: { topology: { replicas: 3 } } })];
    const elsewhere = { ...planOf({}), runtime: { ...localRuntime, kind: 'elsewhere' } };
    expect(new Set([...plans, elsewhere].map(clusterNameOf)).size).toBe(4);
  });

  it('is the same for drills with other topics: they are made anew for each run', () => {
    const kafka = (name: string): Plan => {
      const workloads = [{ name: 'writes', workload: 'kafka.ledger', with: { topic: name } }];
      const probes = [{ probe: 'kafka.replication', tolerance: { isrWhole: true } }];
      const sections = {
        workloads,
        steadyStateHypothesis: { title: 'Well', probes },
        method: [{ fault: 'process.kill', targets: 'broker-1' }],
      };
      return planOf({ services: ['kafka'], topics: { [name]: { partitions: 3 } } }, [], sections);
    };
    expect(clusterNameOf(kafka('orders'))).toBe(clusterNameOf(kafka('payments')));
  });
});

describe('what makes a warm cluster unfit', () => {
  it.each([
    [planOf(slow), 'has other settings: sentinel-1 has "sentinel down-after-milliseconds mymaster 60000"'],
    [planOf({ settings: { topology: { replicas: 1 } } }), 'has other nodes: redis-1, redis-2, sentinel-1'],
    [planOf({ services: { cache: 'redis-sentinel' } }), 'has other services: cache'],
  ])('is said in words', (warm, words) => {
    expect(differenceOf(warm.spec, planOf({}).spec)).toContain(words);
  });
});

describe('the places of client hosts', () => {
  const { spec } = planOf({}, ['writes', 'reads']);
  const slotted = withSlots(spec, 3);

  it('are links of their own, as many as a drill’s own hosts would have', () => {
    expect(slotted.clientHosts).toEqual(['client:slot-1', 'client:slot-2', 'client:slot-3']);
    const from = (host: string, links: typeof spec.links): number => links.filter((link) => link.from === host).length;
    expect(from('client:slot-3', slotted.links)).toBe(from('client:writes', spec.links));
    expect(slotted.links.some((link) => link.from === 'client:writes')).toBe(false);
  });

  it('are given to a drill’s hosts, and the cluster then is as the drill would have made it', () => {
    const places = placesFor(spec, slotted.clientHosts);
    expect(places).toEqual({ 'client:writes': 'client:slot-1', 'client:reads': 'client:slot-2' });
    const seen = withPlaces({ runId: 'r', ...slotted }, places ?? {});
    expect(seen.clientHosts).toEqual(spec.clientHosts);
    expect(seen.links.map(({ name }) => name).sort()).toEqual(spec.links.map(({ name }) => name).sort());
  });

  it('may be too few', () => {
    expect(placesFor(spec, ['client:slot-1'])).toBeUndefined();
  });

  it('rename the links of that host only', () => {
    expect(renamed('client:slot-1->redis-1', 'client:slot-1', 'client:writes')).toBe('client:writes->redis-1');
    expect(renamed('client:slot-10->redis-1', 'client:slot-1', 'client:writes')).toBe('client:slot-10->redis-1');
  });
});
