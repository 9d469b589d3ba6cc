import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtin } from '../builtin.ts';
import type { Cluster } from '../core/cluster.ts';
import type { Members, Registry, RunningWorkload, UndoRecord, Workload } from '../core/kinds.ts';
import { identityOf, isAlive } from '../core/process-identity.ts';
import { parseDrill } from '../drill/load.ts';
import { localRuntime } from '../runtimes/local/local.ts';
import { withMembers, withoutMembers } from './members.ts';
import { makePlan } from './plan.ts';
import { previewFaults } from './preview.ts';

const readers: Workload<unknown> = {
  kind: 'test.readers',
  summary: 'Reads',
  params: z.strictObject({ members: z.number().default(3) }),
  clients: [],
  members: (params) => (params as { readonly members: number }).members,
  start: () => Promise.reject(new Error('this test starts nothing')),
};
const registry: Registry = { ...builtin, workloads: new Map([...builtin.workloads, [readers.kind, readers]]) };

function load(fault: object, blastRadius: object = {}) {
  const drill = {
    title: 'A drill',
    cluster: { services: ['redis-sentinel'] },
    workloads: [
      { name: 'writes', workload: 'redis.ledger' },
      { name: 'consumers', workload: readers.kind },
    ],
    steadyStateHypothesis: { title: 'Well', probes: [{ probe: 'redis.topology', tolerance: { primaries: 1 } }] },
    method: [fault],
    blastRadius,
  };
  const { drill: loaded } = parseDrill(JSON.stringify(drill), 'x.drill.yaml', { registry });
  return previewFaults(makePlan(loaded, registry, localRuntime))[0];
}

describe('processes of a workload', () => {
  const all = ['consumers#1', 'consumers#2', 'consumers#3'];

  it('are what a workload means to faults on processes, and one of them can be named', () => {
    expect(load({ fault: 'process.kill', targets: { workload: 'consumers' } })?.touches).toEqual(all);
    expect(load({ fault: 'process.pause', targets: 'consumers#2' })?.touches).toEqual(['consumers#2']);
    const one = load({ fault: 'process.kill', targets: { oneOf: { workload: 'consumers' } } });
    expect(one?.touches).toHaveLength(1);
    expect(all).toContain(one?.touches?.[0]);
  });

  it('have the links of their workload: faults on links still mean its host', () => {
    const slow = { fault: 'network.latency', targets: { workload: 'consumers' }, with: { latency: '10ms' } };
    expect(load(slow)?.touches).toEqual(['client:consumers']);
  });

  it('are no nodes to the blast radius', () => {
    const fault = { fault: 'process.kill', targets: ['redis-primary', { workload: 'consumers' }] };
    expect(load(fault, { maxNodes: 1 })?.refusal).toBeUndefined();
  });

  it('cannot be named where a workload has none', () => {
    expect(() => load({ fault: 'process.kill', targets: 'writes#1' })).toThrow('there is no node or word "writes#1"');
  });

  it('are reached through the cluster, and are nobody once their workload is gone', () => {
    const members = { names: all } as unknown as Members;
    const running = new Map([['consumers', { members } as unknown as RunningWorkload]]);
    const cluster = withMembers({ can: () => undefined } as unknown as Cluster, running);
    expect(cluster.can('lifecycle', 'consumers#1')).toBe(members);
    expect(cluster.can('pausing', 'consumers#1')).toBe(members);
    expect(cluster.can('links', 'consumers#1')).toBeUndefined();
    running.clear();
    expect(cluster.can('lifecycle', 'consumers#1')).toBeUndefined();
  });
});

describe('the undo of what was done to them, in another process', () => {
  it('ends one that was suspended, and leaves the nodes to the fault', async () => {
    const child = spawn('sleep', ['600']);
    await once(child, 'spawn');
    const identity = identityOf(child.pid ?? 0);
    child.kill('SIGSTOP');
    const targets = [
      { node: 'redis-1', identity: undefined },
      { node: 'consumers#1', identity },
    ];
    const left = await withoutMembers({ targets } as unknown as UndoRecord);
    expect(left.targets.map(({ node }) => node)).toEqual(['redis-1']);
    expect(identity !== undefined && isAlive(identity)).toBe(false);
  });
});
