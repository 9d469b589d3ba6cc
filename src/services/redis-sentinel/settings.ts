import type { Json, JsonObject, JsonScalar } from '../../core/json.ts';
import type { NodeName } from '../../core/node.ts';
import { withoutSecret } from '../../core/secret-settings.ts';

/**
 * Runbook 000, section 1, where it speaks; else Redis' own defaults, but for two: `repl-diskless-sync-delay 0` (a full
 * resync begins at once instead of waiting 5 s for a second replica that is not coming) and `appendonly yes` (a node
 * that is killed comes back with what it had, as a node with persistence does).
 */
export const DEFAULTS = {
  redis: {
    'min-replicas-to-write': 1,
    'min-replicas-max-lag': 10,
    'repl-diskless-sync-delay': 0,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
  },
  sentinel: {
    quorum: 2,
    'down-after-milliseconds': 5000,
    'failover-timeout': 10000,
    'parallel-syncs': 1,
  },
  topology: { replicas: 2, sentinels: 3 },
} as const satisfies Record<string, JsonObject>;

/** What a failover moves by itself, or what only says where a node lives: no difference between before and after. */
const MOVED_BY_FAILOVER = new Set(['replicaof', 'slaveof', 'replica-announced', 'slave-announced']);

/** Former names, under which Redis tells the same setting once more. */
const FORMER = /(^|-)slaves?(-|$)|ziplist/;

/** CONFIG GET * without what a failover moves, and without any secret: of those it is only said whether there is one. */
export function comparableSettings(config: Readonly<Record<string, string>>): JsonObject {
  const kept = Object.entries(config).filter(([name]) => !MOVED_BY_FAILOVER.has(name) && !FORMER.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutSecret(name, value)]));
}

/** Of a node that keeps its settings to itself: those of which INFO says the same. All others are not known. */
export function settingsInInfo(info: Readonly<Record<string, string>>): JsonObject {
  const { aof_enabled: aof, maxmemory, maxmemory_policy: policy, min_slaves_good_slaves: good } = info;
  return {
    // It is there only where a minimum has to be met.
    ...(good === undefined ? { 'min-replicas-to-write': '0' } : {}),
    ...(aof === undefined ? {} : { appendonly: aof === '1' ? 'yes' : 'no' }),
    ...(maxmemory === undefined ? {} : { maxmemory }),
    ...(policy === undefined ? {} : { 'maxmemory-policy': policy }),
  };
}

/** A setting of one node, as it was read back. */
export function settingOf(settings: Json, scope: string, node: NodeName, name: string): string | undefined {
  const value = (settings as Record<string, Record<string, Record<string, JsonScalar>>> | null)?.[scope]?.[node]?.[
    name
  ];
  return value === undefined || value === null ? undefined : String(value);
}

export function numberOf(settings: Json, scope: string, node: NodeName, name: string): number | undefined {
  const value = Number(settingOf(settings, scope, node, name) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * How many good replicas a node needs to take writes, at least. A lag of 0 switches it off. Of a node that tells other
 * settings and not this one, INFO has shown that it needs some.
 */
export function leastReplicas(settings: Json, node: NodeName): number {
  if (numberOf(settings, 'redis', node, 'min-replicas-max-lag') === 0) return 0;
  const isPartly = settingOf(settings, 'redis', node, 'appendonly') !== undefined;
  return numberOf(settings, 'redis', node, 'min-replicas-to-write') ?? (isPartly ? 1 : 0);
}

/** The largest or the smallest of what any node said. */
export function worstNumber(settings: Json, scope: string, name: string, pick: 'max' | 'min'): number | undefined {
  const nodes = Object.keys((settings as Record<string, object> | null)?.[scope] ?? {});
  const values = nodes.flatMap((node) => numberOf(settings, scope, node, name) ?? []);
  if (values.length === 0) return undefined;
  return pick === 'max' ? Math.max(...values) : Math.min(...values);
}
