import type { Json, JsonObject } from '../../core/json.ts';

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

/** CONFIG GET * without what a failover moves. */
export function comparableSettings(config: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !MOVED_BY_FAILOVER.has(name)));
}

/** A number among settings that were read back: `numberIn(settings, 'sentinel', 'down-after-milliseconds')` of the worst node. */
export function worstNumber(settings: Json, scope: string, name: string, pick: 'max' | 'min'): number | undefined {
  const nodes = (settings as Record<string, Record<string, Record<string, string>>>)[scope] ?? {};
  const values = Object.values(nodes)
    .map((node) => Number(node[name]))
    .filter((value) => Number.isFinite(value));
  if (values.length === 0) return undefined;
  return pick === 'max' ? Math.max(...values) : Math.min(...values);
}
