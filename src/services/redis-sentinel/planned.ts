import type { ServiceView } from '../../core/cluster.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ServiceSpec } from '../../core/kinds.ts';
import type { NodeName, NodeSpec } from '../../core/node.ts';
import type { RedisSentinelFacts } from './facts.ts';
import { DEFAULTS } from './settings.ts';

/** As the config files have it: the first Redis node is primary, and nobody has failed over yet. */
export function planned(nodes: readonly NodeSpec[], spec: ServiceSpec): { view: ServiceView; settings: Json } {
  const redis = nodes.filter((node) => node.role === 'redis');
  const sentinels = nodes.filter((node) => node.role === 'sentinel');
  const [first] = redis;
  const roles: Record<NodeName, readonly string[]> = {};
  for (const node of redis) roles[node.name] = ['redis', node === first ? 'redis-primary' : 'redis-replica'];
  for (const node of sentinels) roles[node.name] = ['sentinel'];
  const names = (some: readonly NodeSpec[]): readonly string[] => some.map((node) => node.name);
  const facts: RedisSentinelFacts = {
    primary: first?.name ?? null,
    inStep: names(redis.slice(1)),
    offsets: {},
    sentinelsNaming: Object.fromEntries(sentinels.map((node) => [node.name, first?.name ?? null])),
    tilt: [],
    known: Object.fromEntries(
      sentinels.map((node) => [
        node.name,
        { sentinels: names(sentinels.filter((other) => other !== node)), replicas: names(redis.slice(1)), down: [] },
      ]),
    ),
    versions: {},
    silent: {},
    untold: [],
  };
  const settingsOf = (scope: 'redis' | 'sentinel', some: readonly NodeSpec[]): JsonObject =>
    Object.fromEntries(some.map((node) => [node.name, { ...DEFAULTS[scope], ...spec.settings[scope] }]));
  return {
    view: { kind: 'redis-sentinel', roles, facts },
    settings: { redis: settingsOf('redis', redis), sentinel: settingsOf('sentinel', sentinels) },
  };
}
