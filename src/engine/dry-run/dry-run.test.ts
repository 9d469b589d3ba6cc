import { describe, expect, it } from 'vitest';
import { testRegistry } from '../../../test/drill-registry.ts';
import { createClock } from '../../core/clock.ts';
import type { Capabilities, Cluster } from '../../core/cluster.ts';
import type { DryRunItem } from '../../core/dry-run.ts';
import type { Fault, LiveContext, Probe, Registry, Runtime, Service } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { parseDrill } from '../../drill/load.ts';
import { makePlan } from '../plan.ts';
import { dryRun } from './dry-run.ts';

const NODES = ['store-1', 'store-2', 'store-3'];

/** What the tests change of a store that answers everything. */
interface Changes {
  readonly service?: Partial<Service>;
  readonly fault?: Partial<Fault<unknown>>;
  readonly probe?: Partial<Probe<unknown>>;
  readonly read?: () => Promise<number>;
  readonly status?: (node: NodeName) => ReturnType<Capabilities['lifecycle']['status']>;
  readonly drill?: object;
}

function registryOf({ service, fault, probe: more, read = async () => 1 }: Changes): Registry {
  const store = testRegistry.services.get('store') as Service;
  const kill = testRegistry.faults.get('process.kill') as Fault<unknown>;
  const probe: Probe<unknown> = {
    ...(testRegistry.probes.get('store.topology') as Probe<unknown>),
    open: async () => ({
      read: async () => ({ primaries: await read() }),
      [Symbol.asyncDispose]: async () => undefined,
    }),
    ...more,
  };
  const own: Service = {
    ...store,
    words: { ...store.words, 'store-primary': { summary: '', resolve: () => ['store-1'] } },
    view: async () => ({
      kind: 'store',
      roles: Object.fromEntries(NODES.map((node) => [node, ['redis']])),
      facts: null,
    }),
    settings: async () => ({}),
    predict: () => ({ because: 'nobody knows', outage: 'lasting' }),
    margins: ({ without }) => [{ what: 'votes', left: 3 - without.length, needed: 2, otherwise: 'nothing is decided' }],
    ...service,
  };
  return {
    ...testRegistry,
    services: new Map([['store', own]]),
    faults: new Map([
      [
        'process.kill',
        {
          ...kill,
          needs: () => ['lifecycle'],
          touches: ({ targets }) => targets,
          undo: () => ({ was: 'up' }),
          ...fault,
        },
      ],
    ]),
    probes: new Map([['store.topology', probe]]),
  };
}

async function itemsOf(changes: Changes): Promise<readonly DryRunItem[]> {
  const registry = registryOf(changes);
  const text = JSON.stringify({
    title: 'A drill',
    cluster: { services: ['store'] },
    workloads: [{ name: 'writes', workload: 'store.ledger', with: { rate: '1/s' } }],
    steadyStateHypothesis: { title: 'Well', probes: [{ probe: 'store.topology', tolerance: { primaries: 1 } }] },
    method: [{ name: 'kill', fault: 'process.kill', targets: 'store-primary', hold: '1s' }],
    ...changes.drill,
  });
  const { drill } = parseDrill(text, 'x.drill.yaml', { registry });
  const runtime = { kind: 'test', summary: '', capabilities: ['lifecycle', 'pausing'] } as unknown as Runtime;
  const plan = makePlan(drill, registry, runtime);
  const lifecycle = { status: changes.status ?? (async () => ({ state: 'running', identity: undefined })) };
  const cluster = {
    owned: false,
    spec: { runId: 'test', ...plan.spec },
    addresses: (from: string) => ({ from, rows: [] }),
    can: (capability: string) => (capability === 'lifecycle' ? lifecycle : undefined),
  } as unknown as Cluster;
  return dryRun({ plan, cluster, clock: createClock(), seed: 0, signal: new AbortController().signal });
}

async function about<A extends DryRunItem['about']>(which: A, changes: Changes = {}) {
  const items = await itemsOf(changes);
  return items.filter((item): item is Extract<DryRunItem, { about: A }> => item.about === which);
}

describe('a dry run', () => {
  it('says what would be done to whom, how it is undone, and what would be left', async () => {
    expect(await itemsOf({})).toEqual([
      expect.objectContaining({ about: 'cluster', standing: 'proved', service: 'store' }),
      expect.objectContaining({ about: 'probe', standing: 'proved', use: 'steadyState', actual: 'primaries 1' }),
      { about: 'workload', standing: 'wouldDo', workload: 'writes' },
      expect.objectContaining({ about: 'step', standing: 'wouldDo', touches: ['store-1'], undo: { was: 'up' } }),
      { about: 'blastRadius', standing: 'proved', step: 'kill', touches: ['store-1'] },
      expect.objectContaining({ about: 'control', standing: 'proved', node: 'store-1', capability: 'lifecycle' }),
      expect.objectContaining({ about: 'predicted', standing: 'wouldDo', because: 'nobody knows', outage: 'lasting' }),
      expect.objectContaining({ about: 'margin', standing: 'proved', without: ['store-1'] }),
    ]);
  });

  it('waits for nodes that answer later than a drill waits for them', async () => {
    const slow = async (_: string, { patienceMs = 400 }: LiveContext) => {
      if (patienceMs < 600) throw new Error('no node answers');
      return { kind: 'store', roles: { 'store-1': ['store-primary'] }, facts: null };
    };
    expect(await about('step', { service: { view: slow } })).toMatchObject([{ standing: 'wouldDo' }]);
  });

  it('proves of a steady state only what is so: a deviation or a gap is none', async () => {
    expect(await about('probe', { read: async () => 2 })).toMatchObject([
      { standing: 'cannotProve', because: 'expected primaries 1, is primaries 2' },
    ]);
    const gap = { read: () => Promise.reject(new Error('no answer')) };
    expect(await about('probe', gap)).toMatchObject([{ standing: 'cannotProve', because: 'no answer' }]);
  });

  it('reads again where the first reading had to connect', async () => {
    let readings = 0;
    const read = async (): Promise<number> => {
      readings += 1;
      if (readings === 1) throw new Error('too late');
      return 1;
    };
    expect(await about('probe', { read })).toMatchObject([{ standing: 'proved' }]);
  });

  it('is refused where the blast radius is too small, a right is missing, or nobody controls the node', async () => {
    const several = { words: { 'store-primary': { summary: '', resolve: () => NODES } } };
    expect(await about('blastRadius', { service: several, drill: { blastRadius: { maxNodes: 1 } } })).toMatchObject([
      { standing: 'refused', because: expect.stringContaining('more than 1 node') },
    ]);
    const rights = { rights: () => [{ role: 'redis', act: ['GO'] }] };
    const checkRights: Service['checkRights'] = async (_, [right]) =>
      right === undefined ? [] : [{ right, state: 'refused', nodes: ['store-2'], because: 'NOPERM' }];
    expect(await about('right', { service: { ...rights, checkRights } })).toMatchObject([
      { standing: 'refused', nodes: ['store-2'], because: 'NOPERM', right: { neededBy: ['service store'] } },
    ]);
    expect(await about('control', { fault: { needs: () => ['lifecycle', 'pausing'] } })).toMatchObject([
      { standing: 'proved' },
      { standing: 'refused', because: 'this cluster offers no pausing of store-1' },
    ]);
  });

  it('cannot prove what nobody can be asked, and says why', async () => {
    const rights = { rights: () => [{ role: 'redis', act: ['GO'] }] };
    expect(await about('right', { service: rights })).toMatchObject([
      { standing: 'cannotProve', because: 'store cannot be asked what its user may do' },
    ]);
    expect(await about('control', { status: async () => ({ state: 'gone', identity: undefined }) })).toMatchObject([
      { standing: 'cannotProve', because: 'the node is gone' },
    ]);
    const broken = { status: () => Promise.reject(new Error('ssh: no route')) };
    expect(await about('control', broken)).toMatchObject([{ standing: 'cannotProve', because: 'ssh: no route' }]);
    const silent = { service: { view: () => Promise.reject(new Error('no node answers')) } };
    expect(await about('step', silent)).toMatchObject([{ standing: 'cannotProve', because: 'no node answers' }]);
    const nobody = { service: { words: { 'store-primary': { summary: '', resolve: () => [] } } } };
    expect(await about('step', nobody)).toMatchObject([
      { standing: 'cannotProve', because: 'store-primary names nobody right now' },
    ]);
  });

  it('counts nodes that an earlier fault has still away', async () => {
    const two = [
      { name: 'first', fault: 'process.kill', targets: 'store-2', hold: 'untilEnd' },
      { name: 'second', fault: 'process.kill', targets: 'store-1', hold: '1s' },
      { revert: 'first' },
      { name: 'third', fault: 'process.kill', targets: 'store-3', hold: '1s' },
    ];
    expect(await about('margin', { drill: { method: two } })).toMatchObject([
      { step: 'first', without: ['store-2'], standing: 'proved' },
      { step: 'second', without: ['store-2', 'store-1'], standing: 'wouldDo', margin: { left: 1, needed: 2 } },
      { step: 'third', without: ['store-3'], standing: 'proved' },
    ]);
  });

  it('does not mind what cannot be read because only the drill will make it', async () => {
    const later = {
      assert: 'eventually',
      probe: { kind: 'store.topology', with: { strict: true } },
      tolerance: { primaries: 1 },
      since: 'kill',
      within: '1s',
    };
    const drill = { cluster: { services: ['store'], topics: { orders: { partitions: 1 } } }, assertions: [later] };
    const read = () => Promise.reject(new Error('no such topic'));
    const onTopic = (name: string) => ({ rights: () => [{ role: 'redis', act: ['Read', 'Topic', name] }] });
    expect((await about('probe', { read, drill, probe: onTopic('theirs') })).at(-1)).toMatchObject({
      use: 'later',
      standing: 'cannotProve',
      because: 'no such topic',
    });
    expect((await about('probe', { read, drill, probe: onTopic('orders') })).at(-1)).toMatchObject({
      use: 'later',
      standing: 'wouldDo',
      because: 'orders is there only while the drill runs',
    });
  });
});
