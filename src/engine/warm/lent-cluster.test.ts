import { describe, expect, it } from 'vitest';
import type { Capabilities, Cluster, Links } from '../../core/cluster.ts';
import { lentCluster } from './lent-cluster.ts';

const node = {
  name: 'redis-1',
  service: 'redis',
  role: 'redis',
  zone: 'a',
  ports: { redis: 6301 },
  program: { tool: 'x', args: [] },
};
const link = (from: string) => ({ name: `${from}->redis-1`, from, to: 'redis-1', listener: 'redis' });

/** A warm cluster that writes down what is asked of its links. */
function warm(asked: unknown[]): Cluster {
  const links: Partial<Links> = {
    cut: async (names) => void asked.push(['cut', ...names]),
    heal: async (names, only) => void asked.push(['heal', only, ...names]),
    state: async () => spec.links.map(({ name }) => ({ name, enabled: true, toxics: [] })),
    answers: async (names) => Object.fromEntries(names.map((name) => [name, true])),
  };
  const clientHosts = ['client:slot-1', 'client:slot-2', 'client:slot-3'];
  const spec = { runId: 'w', nodes: [node], files: {}, clientHosts, links: [...clientHosts, 'probe'].map(link) };
  const capabilities: Partial<Capabilities> = { links: links as Links };
  return {
    owned: true,
    handle: { v: 1, runtime: 'local', runId: 'w', spec, state: {} },
    spec,
    addresses: (from) => ({ from, rows: [] }),
    can: (capability) => capabilities[capability],
    [Symbol.asyncDispose]: async () => void asked.push('taken down'),
  };
}

describe('a cluster that is lent', () => {
  const asked: unknown[] = [];
  let kept = true;
  // A workload that is called as a slot is not confused with it.
  const places = { 'client:slot-2': 'client:slot-1', 'client:writes': 'client:slot-2' };
  const cluster = lentCluster(warm(asked), {
    lent: { cluster: 'redis-1f', runId: 'run-1', places },
    isKept: () => kept,
    giveBack: async () => void asked.push('given back'),
  });

  it('has the links of the run’s client hosts under their names, and none of those that nobody needs', async () => {
    expect(cluster.spec.clientHosts).toEqual(['client:slot-2', 'client:writes']);
    const names = (await cluster.can('links')?.state())?.map(({ name }) => name);
    expect(names).toEqual(['client:slot-2->redis-1', 'client:writes->redis-1', 'probe->redis-1']);
    expect(cluster.addresses('client:writes').from).toBe('client:writes');
  });

  it('passes what is done to them on to the slots', async () => {
    const links = cluster.can('links');
    await links?.cut(['client:slot-2->redis-1', 'client:writes->redis-1', 'redis-1->redis-2']);
    await links?.heal(['client:writes->redis-1'], 'cut');
    expect(asked).toEqual([
      ['cut', 'client:slot-1->redis-1', 'client:slot-2->redis-1', 'redis-1->redis-2'],
      ['heal', 'cut', 'client:slot-2->redis-1'],
    ]);
    expect(await links?.answers(['client:writes->redis-1'], 10)).toEqual({ 'client:writes->redis-1': true });
  });

  it('says in its handle whose it is, and is given back once', async () => {
    expect(cluster.handle).toMatchObject({ runId: 'w', lent: { cluster: 'redis-1f', places } });
    expect(cluster.owned).toBe(false);
    await Promise.all([cluster[Symbol.asyncDispose](), cluster[Symbol.asyncDispose]()]);
    expect(asked.slice(2)).toEqual(['given back']);
    kept = false;
    expect(cluster.owned).toBe(true);
  });
});
