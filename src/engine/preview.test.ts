import { describe, expect, it } from 'vitest';
import { builtin } from '../builtin.ts';
import type { Runtime } from '../core/kinds.ts';
import { parseDrill } from '../drill/load.ts';
import { localRuntime } from '../runtimes/local/local.ts';
import { makePlan } from './plan.ts';
import { previewFaults } from './preview.ts';

function preview(fault: object, more: object = {}, registry = builtin, runtime: Runtime = localRuntime) {
  const drill = {
    title: 'A drill',
    cluster: { services: ['redis-sentinel'] },
    workloads: [{ name: 'writes', workload: 'redis.ledger' }],
    steadyStateHypothesis: { title: 'Well', probes: [{ probe: 'redis.topology', tolerance: { primaries: 1 } }] },
    method: [fault],
    ...more,
  };
  const loaded = parseDrill(JSON.stringify(drill), 'x.drill.yaml', { registry });
  const [only] = previewFaults(makePlan(loaded.drill, registry, runtime));
  return only;
}

describe('a fault before there is a cluster', () => {
  it('hits whoever will be meant by its selectors, inside its parameters too', () => {
    expect(preview({ fault: 'process.kill', targets: { minorityOf: 'sentinels' } })?.touches).toHaveLength(1);
    expect(preview({ fault: 'network.partition', with: { isolate: 'redis-replicas' } })).toMatchObject({
      targets: undefined,
      touches: ['redis-2', 'redis-3'],
      undo: { links: expect.arrayContaining(['redis-1->redis-2', 'client:writes->redis-3']) },
    });
  });

  it('makes a random choice once, however often it is asked', () => {
    const found = preview({ fault: 'process.kill', targets: { oneOf: 'redis-nodes' } });
    expect(found?.touches).toEqual(found?.targets);
  });

  it('says from among whom a random choice will be made: nobody is chosen before it is injected', () => {
    expect(preview({ fault: 'process.kill', targets: { oneOf: 'redis-replicas' } })?.choices).toEqual([
      { how: 'one', of: ['redis-2', 'redis-3'] },
    ]);
    const cut = { groups: [[{ majorityOf: 'sentinels' }, 'redis-1'], ['redis-2']] };
    expect(preview({ fault: 'network.partition', with: cut })?.choices).toEqual([
      { how: 'a majority', of: ['sentinel-1', 'sentinel-2', 'sentinel-3'] },
    ]);
    expect(preview({ fault: 'process.kill', targets: 'redis-primary' })?.choices).toEqual([]);
  });

  it('is predicted, or it is said why not', () => {
    const settings = {
      cluster: { services: ['redis-sentinel'], settings: { sentinel: { 'down-after-milliseconds': 3000 } } },
    };
    const kill = { fault: 'process.kill', targets: 'redis-primary' };
    expect(preview(kill, settings)?.predicted).toMatchObject([{ lowMs: 3300 }]);
    expect(preview({ ...kill, targets: 'redis-2' })).toMatchObject({
      predicted: [],
      notPredicted: [expect.stringContaining('no failover is expected')],
    });
  });

  it('is refused where the blast radius is too small, or its parameters do not go together, at its place', () => {
    const kill = { fault: 'process.kill', targets: 'redis-nodes' };
    expect(preview(kill, { blastRadius: { maxNodes: 2 } })?.refusal).toMatchObject({
      code: 'PLAN_REFUSED',
      at: expect.stringMatching(/^x\.drill\.yaml:1:\d+$/),
    });
    expect(preview({ fault: 'network.partition' })?.refusal).toMatchObject({ code: 'DRILL_INVALID' });
  });

  it('is refused where the runtime cannot do it', () => {
    const unplug = (): unknown => preview({ fault: 'network.unplug', targets: 'redis-replicas' });
    expect(unplug).toThrow('step "network.unplug" needs isolation, which the runtime local does not offer');
  });

  it("is refused on somebody's own cluster until the target file says how it is done there", () => {
    const services = { 'redis-sentinel': 'redis-sentinel' };
    const found = { target: 'staging', environment: 'staging', prefix: '', services, nodes: [] };
    const attached = { ...localRuntime, capabilities: ['reach' as const], found };
    expect(() => preview({ fault: 'process.kill', targets: 'redis-primary' }, {}, builtin, attached)).toThrow(
      expect.objectContaining({
        code: 'PLAN_REFUSED',
        hint: expect.stringMatching(/^Add control: to redis-sentinel in the file of the target staging/),
      }),
    );
  });

  it('is left open where a service cannot say what it will look like', () => {
    const { planned: _, ...service } = builtin.services.get('redis-sentinel') ?? {};
    const services = new Map([['redis-sentinel', service as NonNullable<ReturnType<typeof builtin.services.get>>]]);
    expect(preview({ fault: 'process.kill', targets: 'redis-primary' }, {}, { ...builtin, services })).toMatchObject({
      targets: undefined,
      touches: undefined,
      refusal: undefined,
    });
  });
});
