import { describe, expect, it } from 'vitest';
import { builtin } from '../builtin.ts';
import { BASELINE_SCHEMA } from '../core/baseline.ts';
import { DrillError } from '../core/error.ts';
import { makePlan } from '../engine/plan.ts';
import { previewFaults } from '../engine/preview.ts';
import { localRuntime } from '../runtimes/local/local.ts';
import { applyOverride, parseDrill } from './load.ts';
import { formatProblems } from './problems.ts';

const scope = (of: readonly string[], same: object, differing: object = {}) => ({ of, same, differing });
const nodes = ['redis-1', 'redis-2'];
const redis = {
  kind: 'redis-sentinel',
  counts: { replicas: 1, Sentinels: 3, 'replicas in step': 1 },
  zones: {},
  versions: {},
  holds: {},
  settings: {
    redis: scope(
      nodes,
      {
        appendonly: 'yes',
        bind: '10.0.0.1',
        dir: '/data',
        'lua-time-limit': '5000',
        maxmemory: '8589934592',
        'min-replicas-max-lag': '10',
        'min-replicas-to-write': '0',
        requirepass: '(set)',
        'repl-timeout': '20',
        save: '3600 1',
        'tls-port': '6380',
      },
      { 'replica-priority': { 'redis-1': '100', 'redis-2': '50' } },
    ),
    sentinel: scope(['s-1'], { 'down-after-milliseconds': '30000', 'failover-timeout': '180000', quorum: '2' }),
  },
  failures: [],
  hazards: [],
};
const baseline = (services: object): string =>
  JSON.stringify({
    schema: BASELINE_SCHEMA,
    target: 'prod',
    environment: 'production',
    recordedAt: '2026-11-30T10:00:00.000Z',
    firedrill: '0.1.0',
    services,
  });

const files: Readonly<Record<string, string>> = {
  'baselines/prod.json': baseline({ sessions: redis }),
  'baselines/events.json': baseline({ events: { ...redis, kind: 'kafka', settings: {}, counts: {} } }),
  'baselines/old.json': JSON.stringify({ schema: 'firedrill.baseline/0' }),
  'baselines/broken.json': '{',
  'baselines/damaged.json': JSON.stringify({ schema: BASELINE_SCHEMA, target: 1 }),
};
const fragments = {
  read: (file: string) => files[file],
  siblings: () => Object.keys(files).map((file) => file.replace('baselines/', '')),
};

const drill = (cluster: string, more = ''): string => `title: x
cluster:
  services: [redis-sentinel]
${cluster}
steadyStateHypothesis:
  title: there
  probes:
    - probe: redis.topology
      tolerance:
        primaries: 1
method:
  - name: kill
    fault: process.kill
    targets: redis-primary
    hold: 5s
${more}`;
const load = (text: string, set: readonly string[] = []) =>
  parseDrill(text, 'drills/x.drill.yaml', { registry: builtin, fragments, set });

function mistakes(text: string, set: readonly string[] = []): string {
  try {
    load(text, set);
  } catch (error) {
    if (error instanceof DrillError) return formatProblems(error.problems);
    throw error;
  }
  return '';
}

describe('a drill with the settings of a recorded cluster', () => {
  it('has those that one of ours can have, and says which it has not, and why', () => {
    const { cluster } = load(drill('  settingsFrom: ../baselines/prod.json')).drill;
    expect(cluster.settings).toEqual({
      topology: { replicas: 1 },
      redis: { 'min-replicas-to-write': 0, 'repl-timeout': 20, save: '3600 1' },
      sentinel: { 'down-after-milliseconds': 30_000, 'failover-timeout': 180_000 },
    });
    expect(cluster.settingsFrom).toMatchObject({ file: 'baselines/prod.json', target: 'prod' });
    expect(cluster.settingsFrom?.taken.map(({ name }) => name)).toEqual([
      'topology.replicas',
      'redis.min-replicas-to-write',
      'redis.repl-timeout',
      'redis.save',
      'sentinel.down-after-milliseconds',
      'sentinel.failover-timeout',
    ]);
    expect(cluster.settingsFrom?.left).toEqual([
      { why: 'addresses: ours has its own', names: ['redis.bind'] },
      { why: 'paths: ours has its own', names: ['redis.dir'] },
      { why: expect.stringMatching(/^sizes of memory/), names: ['redis.maxmemory'] },
      { why: expect.stringMatching(/^TLS and rights/), names: ['redis.requirepass', 'redis.tls-port'] },
      { why: 'not the same on every node', names: ['redis.replica-priority'] },
      { why: expect.stringMatching(/^nothing to do with a failover/), names: ['redis.lua-time-limit'] },
    ]);
  });

  it('shows their seconds in its predicted band', () => {
    const bandOf = (text: string) => {
      const plan = makePlan(load(text).drill, builtin, localRuntime);
      return previewFaults(plan)[0]?.predicted[0];
    };
    expect(bandOf(drill(''))).toMatchObject({ lowMs: 5300, highMs: 9200 });
    expect(bandOf(drill('  settingsFrom: ../baselines/prod.json'))).toMatchObject({ lowMs: 30_300, highMs: 34_000 });
  });

  it('has the last word, and sabotages have it over both', () => {
    const selfTest = `assertions:
  - assert: never
    probe: redis.topology
    tolerance: { primaries: 2 }
    during: kill
selfTest:
  - name: slower still
    override: { cluster: { settings: { sentinel: { failover-timeout: 1000 } } } }
    fails: never
`;
    const loaded = load(
      drill(
        '  settingsFrom: ../baselines/prod.json\n  settings: { sentinel: { down-after-milliseconds: 4000 } }',
        selfTest,
      ),
    );
    expect(loaded.drill.cluster.settings['sentinel']).toEqual({
      'down-after-milliseconds': 4000,
      'failover-timeout': 180_000,
    });
    expect(loaded.drill.cluster.settingsFrom?.left.at(-1)).toEqual({
      why: 'the drill says otherwise',
      names: ['sentinel.down-after-milliseconds'],
    });
    const [test] = loaded.drill.selfTest;
    if (test === undefined) throw new Error('there is one');
    const { cluster } = applyOverride(loaded, test, { registry: builtin }).drill;
    expect(cluster.settings['sentinel']).toEqual({ 'down-after-milliseconds': 4000, 'failover-timeout': 1000 });
    expect(cluster.settingsFrom).toMatchObject({ target: 'prod' });
  });

  it('may be told which on the command line, and its checksum is another one', () => {
    const plain = load(drill(''));
    const twin = load(drill(''), ['cluster.settingsFrom=../baselines/prod.json']);
    expect(twin.drill.cluster.settings['sentinel']).toMatchObject({ 'down-after-milliseconds': 30_000 });
    expect(twin.drill.sha256).not.toBe(plain.drill.sha256);
  });

  it.each<[string, string]>([
    [
      '  settingsFrom: ../baselines/prd.json',
      '4:17: there is no baseline baselines/prd.json; did you mean "../baselines/prod.json"?',
    ],
    [
      '  settingsFrom: ../baselines/broken.json',
      '4:17: baselines/broken.json: this is no baseline: it is not JSON; firedrill baseline',
    ],
    [
      '  settingsFrom: ../baselines/old.json',
      '4:17: baselines/old.json: this is no baseline of the form firedrill.baseline/1: it is firedrill.baseline/0',
    ],
    ['  settingsFrom: ../baselines/damaged.json', '4:17: baselines/damaged.json: this baseline is damaged: target'],
    [
      '  settingsFrom: ../baselines/events.json',
      '4:17: baselines/events.json has no redis-sentinel that redis-sentinel could take its settings from; it has events',
    ],
    ['  settingsFrom: [a]', '4:17: expected the path of a baseline'],
    ['  settingsfrom: a', 'settingsfrom'],
  ])('is told at its place what is wrong: %s', (cluster, message) => {
    expect(mistakes(drill(cluster))).toContain(message);
  });

  it('cannot be told so by a sabotage: that is loaded later', () => {
    const test = `assertions:
  - assert: never
    probe: redis.topology
    tolerance: { primaries: 2 }
    during: kill
selfTest:
  - name: other settings
    override: { cluster: { settingsFrom: ../baselines/prod.json } }
    fails: never
`;
    expect(mistakes(drill('', test))).toBe(
      'drills/x.drill.yaml:23:28: settingsFrom is read when the drill is loaded, and not by a sabotage; say the settings themselves',
    );
  });
});
