// Redis with replicas under Sentinels: runbook 000's session tier.

import type { Redis } from '../../clients/redis.ts';
import { checkAllowed, isDenial } from '../../clients/redis-denied.ts';
import { parseInfo, parsePairs } from '../../clients/redis-info.ts';
import { openNodeConnections } from '../../clients/redis-nodes.ts';
import { answered, primaryOf, readTopology, redisUntold, replicasInStep } from '../../clients/redis-topology.ts';
import { PRIMARY_NAME, primaryNameOf } from '../../clients/sentinel.ts';
import type { ServiceView } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { LiveContext, Service } from '../../core/kinds.ts';
import { type NodeName, PROBE } from '../../core/node.ts';
import { adopt } from './adopt.ts';
import { clear } from './clear.ts';
import { discover } from './discover.ts';
import type { RedisSentinelFacts } from './facts.ts';
import { FAILURES, UNSEEN } from './failures.ts';
import { follow } from './follow.ts';
import { hazards } from './hazards.ts';
import { margins } from './margins.ts';
import { outline } from './outline.ts';
import { readPeers } from './peers.ts';
import { planned } from './planned.ts';
import { predict } from './predict.ts';
import { CHECKING_RIGHTS, checkRights, grants, RIGHTS } from './rights.ts';
import { comparableSettings, DEFAULTS, settingsInInfo } from './settings.ts';
import { SYSTEM_DEFAULTS } from './system-defaults.ts';
import { redisSentinelFiles, redisSentinelLinks, redisSentinelNodes } from './topology.ts';
import { WORDS } from './words.ts';

const ASK_TIMEOUT_MS = 400;

export const redisSentinel: Service = {
  kind: 'redis-sentinel',
  summary: 'A Redis primary with two replicas, watched by three Sentinels',
  defaults: DEFAULTS,
  words: WORDS,
  targetWords: {
    seeds: 'sentinels',
    roles: ['redis', 'sentinel'],
    terms: { primaryName: { summary: "the Sentinels' name for the primary", default: PRIMARY_NAME } },
  },
  nodes: redisSentinelNodes,
  links: redisSentinelLinks,
  files: redisSentinelFiles,
  clear,
  view,
  settings,
  offsets,
  follow,
  planned,
  discover,
  rights: () => RIGHTS,
  checkingRights: CHECKING_RIGHTS,
  checkRights,
  grants,
  margins,
  predict,
  adopt,
  failures: FAILURES,
  hazards,
  outline,
  unseen: () => UNSEEN,
  systemDefaults: SYSTEM_DEFAULTS,
};

async function view(name: string, cx: LiveContext): Promise<ServiceView> {
  const book = cx.cluster.addresses(PROBE);
  await using connections = openNodeConnections(book, { timeoutMs: cx.patienceMs ?? ASK_TIMEOUT_MS, service: name });
  const [facts, peers] = await Promise.all([readTopology(connections, book), readPeers(connections, book, name)]);
  const redis = answered(facts.redis);
  const sentinels = answered(facts.sentinels);
  if (redis.length + sentinels.length === 0) {
    for (const denied of [facts.redis, facts.sentinels]) checkAllowed(denied);
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
      ...peers,
      silent: Object.fromEntries([...silentIn(facts.redis), ...silentIn(facts.sentinels)]),
      untold: redisUntold(facts, primary),
    } satisfies RedisSentinelFacts,
  };
}

function silentIn<T>(facts: ReadonlyMap<NodeName, T | Error>): readonly (readonly [NodeName, string])[] {
  return [...facts].flatMap(([node, answer]) => (answer instanceof Error ? [[node, answer.message] as const] : []));
}

async function settings(name: string, cx: LiveContext): Promise<Json> {
  const book = cx.cluster.addresses(PROBE);
  await using connections = openNodeConnections(book, { timeoutMs: cx.patienceMs ?? ASK_TIMEOUT_MS, service: name });
  const answers = await connections.askAll(async (redis, row) =>
    row.role === 'sentinel'
      ? sentinelSettings(parsePairs(await redis.call('SENTINEL', 'MASTER', primaryNameOf(book, name))))
      : redisSettings(redis),
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

async function redisSettings(redis: Redis): Promise<JsonObject> {
  try {
    return comparableSettings(parsePairs(await redis.config('GET', '*')));
  } catch (error) {
    if (!isDenial(error)) throw error;
    return settingsInInfo(parseInfo(await redis.info()));
  }
}

function sentinelSettings(fields: Readonly<Record<string, string>>): JsonObject {
  const names = ['quorum', 'down-after-milliseconds', 'failover-timeout', 'parallel-syncs'];
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}

async function offsets(name: string, cx: LiveContext): Promise<Json> {
  const { facts } = await view(name, cx);
  return (facts as JsonObject)['offsets'] ?? {};
}
