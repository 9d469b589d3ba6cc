import { describe, expect, it } from 'vitest';
import { builtin } from '../builtin.ts';
import { loadDrill } from '../drill/load.ts';
import { makePlan } from './plan.ts';
import { rightsOf } from './rights.ts';

async function rightsIn(name: string) {
  const { drill } = await loadDrill(`drills/${name}.drill.yaml`, { registry: builtin });
  const runtime = builtin.runtimes.get('local');
  if (runtime === undefined) throw new Error('no local runtime');
  return rightsOf(makePlan(drill, builtin, runtime));
}

describe('the rights that a drill needs', () => {
  it('are those of its services, probes, workloads and steps, each once and with all that need it', async () => {
    const rights = await rightsIn('redis-planned-failover');
    const told = rights.map(({ role, act, neededBy }) => [role, act.join(' '), neededBy.join(', ')]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['redis', 'INFO', expect.stringContaining('service redis-sentinel, probe redis.topology')],
        ['redis', 'RPUSH firedrill:x 1', 'workload writes (redis.ledger), workload application (redis.ledger)'],
        ['redis', 'WAIT 1 1', 'workload writes (redis.ledger)'],
        ['redis', 'CLIENT PAUSE 1 WRITE', 'step hand-over (redis.failover)'],
        ['sentinel', 'SENTINEL FAILOVER mymaster', 'step hand-over (redis.failover)'],
        ['sentinel', 'SUBSCRIBE +switch-master', 'workload application (redis.ledger)'],
      ]),
    );
    expect(new Set(told.map(([role, act]) => `${role} ${act}`)).size).toBe(told.length);
  });

  it('are asked of the services that have such nodes, and of no other', async () => {
    const rights = await rightsIn('az-lost');
    expect(new Set(rights.map(({ service, role }) => `${service} ${role}`))).toEqual(
      new Set(['kafka broker', 'kafka controller', 'redis-sentinel redis', 'redis-sentinel sentinel']),
    );
    expect(rights.filter(({ act }) => act[0] === 'Write').map(({ neededBy }) => neededBy)).not.toEqual([]);
  });
});
