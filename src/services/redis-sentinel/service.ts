// Redis with replicas under Sentinels: runbook 000's session tier.

import { parsePairs } from '../../clients/redis-info.ts';
import { openNodeConnections } from '../../clients/redis-nodes.ts';
import { answered, primaryOf, readTopology, replicasInStep } from '../../clients/redis-topology.ts';
import { PRIMARY_NAME } from '../../clients/sentinel.ts';
import type { ServiceView } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { LiveContext, Service } from '../../core/kinds.ts';
import { type NodeName, PROBE } from '../../core/node.ts';
import { follow } from './follow.ts';
import { planned } from './planned.ts';
import { predict } from './predict.ts';
import { comparableSettings, DEFAULTS } from './settings.ts';
import { redisSentinelFiles, redisSentinelLinks, redisSentinelNodes } from './topology.ts';
import { WORDS } from './words.ts';

const ASK_TIMEOUT_MS = 400;

export const redisSentinel: Service = {
  kind: 'redis-sentinel',
  summary: 'A Redis primary with two replicas, watched by three Sentinels',
  defaults: DEFAULTS,
  words: WORDS,
  nodes: redisSentinelNodes,
  links: redisSentinelLinks,
  files: redisSentinelFiles,
  view,
  settings,
  offsets,
  follow,
  planned,
  predict,
};

async function view(name: string, cx: LiveContext): Promise<ServiceView> {
  const book = cx.cluster.addresses(PROBE);
  await using connections = openNodeConnections(book, { timeoutMs: ASK_TIMEOUT_MS, service: name });
  const facts = await readTopology(connections, book);
  const redis = answered(facts.redis);
  const sentinels = answered(facts.sentinels);
  if (redis.length + sentinels.length === 0) {
    throw new DrillError('CLUSTER_FAILED', `no node of ${name} answers through the probes' links`);
  }
  const primary = primaryOf(facts);
  const roles: Record<NodeName, readonly string[]> = {};
  for (const node of facts.redis.keys()) roles[node] = ['redis'];
  for (const node of facts.sentinels.keys()) roles[node] = ['sentinel'];
  for (const [node, { role }] of redis) roles[node] = ['redis', role === 'primary' ? 'redis-primary' : 'redis-replica'];
  return {
    kind: 'redis-sentinel',
    roles,
    facts: {
      primary: primary ?? null,
      inStep: replicasInStep(facts, primary),
      offsets: Object.fromEntries(redis.map(([node, { offset }]) => [node, offset])),
      sentinelsNaming: Object.fromEntries(sentinels.map(([node, sentinel]) => [node, sentinel.primary ?? null])),
      tilt: sentinels.filter(([, sentinel]) => sentinel.tilt).map(([node]) => node),
    },
  };
}

async function settings(name: string, cx: LiveContext): Promise<Json> {
  await using connections = openNodeConnections(cx.cluster.addresses(PROBE), {
    timeoutMs: ASK_TIMEOUT_MS,
    service: name,
  });
  const answers = await connections.askAll(async (redis, row) =>
    row.role === 'sentinel'
      ? sentinelSettings(parsePairs(await redis.call('SENTINEL', 'MASTER', PRIMARY_NAME)))
      : comparableSettings(parsePairs(await redis.config('GET', '*'))),
  );
  const of = (role: string): JsonObject =>
    Object.fromEntries(
      connections.nodes
        .filter((row) => row.role === role)
        .map((row) => [row.node, answers.get(row.node)] as const)
        .filter(
          (entry): entry is readonly [string, JsonObject] => entry[1] !== undefined && !(entry[1] instanceof Error),
        ),
    );
  return { redis: of('redis'), sentinel: of('sentinel') };
}

function sentinelSettings(fields: Readonly<Record<string, string>>): JsonObject {
  const names = ['quorum', 'down-after-milliseconds', 'failover-timeout', 'parallel-syncs'];
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}

async function offsets(name: string, cx: LiveContext): Promise<Json> {
  const { facts } = await view(name, cx);
  return (facts as JsonObject)['offsets'] ?? {};
}
