// A failover that is ordered: how soon a Sentinel would see that it has promoted somebody, and the order itself.
import type { Redis } from './redis.ts';
import { parseInfo } from './redis-info.ts';

/** Milliseconds since a Sentinel has asked (INFO) each replica that it could promote: it sees a promotion only by asking. */
export async function readAskedAgo(sentinel: Redis, primaryName: string): Promise<readonly number[]> {
  return askedAgoOf(await sentinel.call('SENTINEL', 'INFO-CACHE', primaryName));
}

/** Pure; exported for its test. */
export function askedAgoOf(reply: unknown): readonly number[] {
  const [, instances] = Array.isArray(reply) ? (reply as unknown[]) : [];
  const [, ...replicas] = Array.isArray(instances) ? (instances as [number, string | null][]) : [];
  return replicas.flatMap(([agoMs, text]) => {
    const info = parseInfo(text ?? '');
    return info['master_link_status'] === 'up' && Number(info['slave_priority']) > 0 ? [Number(agoMs)] : [];
  });
}

/** sentinel.c asks replicas every 10 s, and every second while it fails over. */
const ASKS_EVERY_MS = 10_000;
/**
 * Told to fail over, it promotes within three of its ticks, of 100 ms at most. When the second since it asked last is over
 * right after that, it sees the promotion at once; when it is over before, it asks a second later again.
 */
const BEST_MS = { from: 560, to: 690 };

/**
 * How long to wait until the order would be carried out fastest; 0 = now. Infinity = there is no such moment: it asks its
 * replicas at different times, and would promote the one that it has just asked. Pure.
 */
export function untilBestMs(askedAgoMs: readonly number[]): number {
  const [youngest, oldest] = [Math.min(...askedAgoMs), Math.max(...askedAgoMs)];
  if (askedAgoMs.length === 0 || oldest - youngest > BEST_MS.to - BEST_MS.from) return Number.POSITIVE_INFINITY;
  if (oldest <= BEST_MS.to) return Math.max(0, BEST_MS.from - youngest);
  return Math.max(BEST_MS.from, ASKS_EVERY_MS + BEST_MS.from - youngest);
}

/** Resolves when the Sentinel has taken the order. Rejects with its own words when it does not: NOGOODSLAVE, INPROG. */
export async function orderFailover(sentinel: Redis, primaryName: string): Promise<void> {
  await sentinel.call('SENTINEL', 'FAILOVER', primaryName);
}
