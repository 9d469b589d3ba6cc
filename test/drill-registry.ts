// A small registry of kinds that do nothing: the language is tested without any real one.
import { z } from 'zod';
import type { Action, Assertion, Fault, Probe, Registry, Service, ServiceSpec, Workload } from '../src/core/kinds.ts';
import type { NodeSpec } from '../src/core/node.ts';
import { selectorSchema } from '../src/core/selector.ts';
import { duration, rate } from '../src/core/units.ts';

function unused(): never {
  throw new Error('this registry is for reading drills only');
}

function node(name: string, service: string, zone: string): NodeSpec {
  return { name, service, role: 'redis', zone, ports: { main: 1 }, program: { tool: 'redis-server', args: [] } };
}

function partitionsOf(topics: ServiceSpec['topics'] = {}): readonly string[] | undefined {
  const all = Object.entries(topics).flatMap(([name, { partitions }]) =>
    Array.from({ length: partitions }, (_, partition) => `${name}/${partition}`),
  );
  return all.length === 0 ? undefined : all;
}

const store: Service = {
  kind: 'store',
  summary: 'Three nodes and three watchers',
  defaults: { redis: { 'min-replicas-to-write': 1 }, sentinel: { 'down-after-milliseconds': 5000 } },
  words: {
    'store-primary': { summary: 'who takes writes', resolve: () => [] },
    'store-replicas': { summary: 'who follows', resolve: () => [] },
    leaderOf: { summary: 'leader of a partition', args: ({ topics }) => partitionsOf(topics), resolve: () => [] },
  },
  checkTopic: ({ replicas = [] }) =>
    replicas.flatMap((own, at) =>
      own.flatMap((broker, i) => (broker > 3 ? [{ path: ['replicas', at, i], message: `no broker ${broker}` }] : [])),
    ),
  nodes: ({ name, settings }) => {
    if (settings['redis']?.['port'] === 'none') throw new Error('a node needs a port');
    return ['a', 'b', 'c'].map((zone, i) => node(`${name}-${i + 1}`, name, zone));
  },
  links: () => [],
  files: () => [],
  view: unused,
  settings: unused,
  offsets: unused,
  follow: unused,
  predict: unused,
};

function fault<P>(kind: string, params: z.ZodType<P>, more: Partial<Fault<P>> = {}): Fault<P> {
  const pure = { needs: () => [], touches: () => [], undo: () => ({}) };
  return {
    kind,
    summary: `does ${kind}`,
    params,
    needsTargets: true,
    ...pure,
    inject: unused,
    revert: unused,
    ...more,
  };
}

const partitionParams = z.strictObject({
  groups: z.array(selectorSchema()).min(2).describe('who is cut from whom'),
  mode: z.enum(['silent', 'refuse']).default('silent').describe('what happens to connections'),
});
const partition = fault('network.partition', partitionParams, {
  needsTargets: false,
  selectors: ({ groups }) => groups,
});

const failover: Action<unknown> = {
  kind: 'store.failover',
  summary: 'moves the primary',
  params: z.strictObject({ force: z.boolean().optional() }),
  needsTargets: false,
  needs: () => [],
  run: unused,
};

function probe<P>(kind: string, params: z.ZodType<P>, fields: Record<string, string>): Probe<P> {
  return { kind, summary: `reads ${kind}`, params, fields, open: unused };
}

const ledger: Workload<unknown> = {
  kind: 'store.ledger',
  topics: (params) => [(params as { topic?: string }).topic ?? []].flat(),
  summary: 'writes that are read back',
  clients: ['oracle', 'ioredis', 'ioredis/hardened'],
  params: z.strictObject({
    rate: rate().describe('writes per second'),
    topic: z.string().optional().describe('where to'),
    confirmedBy: z
      .union([z.int().min(0), z.literal('all')])
      .default(1)
      .describe('replicas'),
  }),
  start: unused,
};
const command: Workload<unknown> = {
  kind: 'command',
  summary: 'a client of your own',
  clients: [],
  params: z.strictObject({ argv: z.array(z.string()).min(1).describe('the program') }),
  start: unused,
};

type Keys = Assertion<unknown>['takes'];
function assertion(
  kind: string,
  params: z.ZodType<unknown>,
  keys: { takes: Keys; requires: Keys },
): Assertion<unknown> {
  return { kind, summary: `asserts ${kind}`, params, ...keys, check: unused };
}

const limit = z.strictObject({ atMost: duration().describe('the objective') });
const nothing = z.strictObject({});
const over: Keys = ['probe', 'tolerance'];

/** Kinds are contravariant in their parameters; a registry only ever gives them what their own schema made. */
function byKind<K extends { readonly kind: string }>(
  ...kinds: readonly { readonly kind: string }[]
): ReadonlyMap<string, K> {
  return new Map(kinds.map((kind) => [kind.kind, kind as K]));
}

export const testRegistry: Registry = {
  services: byKind<Service>(store),
  faults: byKind<Fault<unknown>>(
    fault('process.kill', z.strictObject({ signal: z.enum(['SIGKILL', 'SIGTERM']).default('SIGKILL') })),
    fault('host.crash', nothing),
    fault('network.latency', z.strictObject({ add: duration(), jitter: duration().optional() })),
    partition,
  ),
  actions: byKind<Action<unknown>>(failover),
  probes: byKind<Probe<unknown>>(
    probe('store.topology', z.strictObject({ strict: z.boolean().default(false) }), {
      primaries: 'how many claim to be',
      replicasInStep: 'how many follow',
      acceptingWrites: 'how many would take a write',
      lagMs: 'how far the last one is behind',
    }),
    probe('store.info', z.strictObject({ field: z.string() }), {}),
  ),
  workloads: byKind<Workload<unknown>>(ledger, command),
  assertions: byKind<Assertion<unknown>>(
    assertion('rto', limit, { takes: ['of', 'since'], requires: ['of', 'since'] }),
    assertion('rpo', z.strictObject({ lostWrites: z.int().min(0).optional() }), { takes: ['of'], requires: ['of'] }),
    assertion('never', nothing, { takes: [...over, 'during', 'since'], requires: over }),
    assertion('eventually', nothing, { takes: [...over, 'since', 'for', 'within'], requires: over }),
  ),
  runtimes: new Map(),
};

/** A drill that uses everything once, without a mistake or a doubt. */
export const exampleDrill = `# yaml-language-server: $schema=../schema/drill.schema.json
title: A killed primary is replaced within 10 s and no confirmed write is lost
description: Sentinel must promote a replica, and clients must find it by themselves.
proves:
  - runbook: "000"
    step: Redis primary failure
cadence: monthly
tags: [nightly, redis]
params:
  rto: 10s
cluster:
  services: [store]
  settings:
    redis:
      min-replicas-to-write: 1
workloads:
  - name: writes
    workload: store.ledger
    client: oracle
    with:
      rate: 100/s
      confirmedBy: 1
timing:
  warmUp: 5s
steadyStateHypothesis:
  title: One primary, two replicas in step
  probes:
    - probe: store.topology
      tolerance:
        primaries: 1
        replicasInStep:
          atLeast: 2
method:
  - name: kill
    fault: process.kill
    targets: store-primary
    hold:
      until: recovered
      atMost: 20s
stopConditions:
  - probe: store.topology
    tolerance:
      acceptingWrites:
        atMost: 1
    for: 5s
assertions:
  - assert: rto
    of: writes
    since: kill
    with:
      atMost: $rto
  - assert: rpo
    of: writes
    with:
      lostWrites: 0
  - assert: never
    name: split-brain
    probe: store.topology
    tolerance:
      acceptingWrites:
        atLeast: 2
    during: kill
selfTest:
  - name: watchers that wait a minute
    override:
      cluster:
        settings:
          sentinel:
            down-after-milliseconds: 60000
    fails: rto
  - name: the host dies with its last second unsent
    override:
      method:
        - name: kill
          fault: host.crash
      workloads:
        - name: writes
          with:
            confirmedBy: 0
    fails: rpo
  - name: a primary that needs no replica
    override:
      cluster:
        settings:
          redis:
            min-replicas-to-write: 0
    fails: split-brain
`;

/** The rest of the language: flow style, anchors, every verb, every operator, every sort of target. */
export const richDrill = `title: Everything else
cluster:
  services: { sessions: store, cache: store }
  topics: { orders: { replicas: [[1, 2, 3], [2, 3, 1]], config: { retention.ms: 1000 } }, audit: {} }
params: { far: 2s, names: [sessions-1, cache-2], limit: 3 }
workloads:
  - { name: app, workload: command, with: { argv: [node, client.js, $$HOME] } }
  - &writes { name: writes, workload: store.ledger, client: ioredis/hardened, with: { rate: 100/s, confirmedBy: all } }
  - { <<: 1, name: more, workload: store.ledger, with: { rate: 6000/m } }
steadyStateHypothesis:
  title: Whole
  probes:
    - { name: whole, probe: store.topology, with: { strict: true }, tolerance: { primaries: { between: [1, 2] } } }
    - { probe: store.info, with: { field: role }, tolerance: { oneOf: [master, slave] } }
method:
  - { name: cut, fault: network.partition, hold: untilEnd, overlap: true, with: { mode: refuse, groups: [[store-primary, { workload: writes }], [rest]] } }
  - { pause: 500ms }
  - { waitFor: store.info, with: { field: link }, tolerance: { matches: ^up }, atMost: 5s, every: 50ms }
  - { name: slow, fault: network.latency, targets: { minorityOf: { in: sessions, is: store-replicas } }, with: { add: $far }, hold: { until: { probe: store.topology, tolerance: { lagMs: { atMost: 2s } } }, atMost: 9s } }
  - { revert: cut }
  - { action: store.failover, targets: { majorityOf: $names }, with: { force: true } }
  - { fault: process.kill, targets: [{ zone: a }, { oneOf: store-replicas }, { leaderOf: orders/0 }], hold: 3s }
stopConditions:
  - { name: one, probe: store.topology, tolerance: { acceptingWrites: { atMost: $limit } }, for: 2s, every: 1s, timeout: 900ms }
assertions:
  - { assert: rto, of: [writes, more], since: method, with: { atMost: 1m } }
  - { assert: eventually, probe: whole, tolerance: { replicasInStep: { perMinute: { atMost: 2 } } }, since: slow, for: 5s, within: 1m }
  - { assert: never, probe: { kind: store.info, with: { field: lag }, every: 1s }, tolerance: { atLeast: 2x before }, during: cut }
selfTest:
  - { name: a, override: { params: { far: 9s }, method: [{ name: slow, remove: true }], assertions: [{ name: eventually, since: null }] }, fails: [rto, never] }
`.replace('{ <<: 1, ', '{ ');
