// How Sentinels notice that a primary is gone, and when they do not because it is back before.
import type { JsonObject } from '../../core/json.ts';
import type { NoBand, PredictQuestion } from '../../core/kinds.ts';
import type { Band } from '../../core/verdict.ts';

/** Failures that the kernel answers for (connections are reset) and those in which the peer is only silent. */
const RESET = new Set(['process.kill', 'process.stop', 'host.crash']);
const SILENT = new Set(['process.pause', 'network.partition', 'network.unplug']);
const CLIENT_PAUSE = 'redis.client-pause';

export interface Detection {
  /** How long it takes at most, once down-after has passed. */
  readonly atMostMs: number;
  /** By how much it may come before down-after has passed since the failure. */
  readonly earlyMs: number;
  readonly how: string;
}

const SILENCE: Detection = { atMostMs: 1200, earlyMs: 0, how: 'silence' };
const PING_PERIOD_MS = 1000;

/** Undefined = there is no formula for it. */
export function detectionOf(question: PredictQuestion): Detection | undefined {
  const { fault, params } = question;
  if (RESET.has(fault)) {
    return { atMostMs: 200, earlyMs: isEncrypted(question) ? PING_PERIOD_MS : 0, how: 'connections reset' };
  }
  if (SILENT.has(fault)) return SILENCE;
  if (fault !== CLIENT_PAUSE) return undefined;
  // Of a pause of writes they notice that their hello (every 2 s) waits, and PING behind it.
  const isOfWrites = (params as { readonly mode?: string }).mode === 'write';
  return isOfWrites ? { atMostMs: 3200, earlyMs: 0, how: 'PING behind a hello that waits' } : SILENCE;
}

/**
 * A Sentinel that cannot connect again counts from the PING that it sends while it tries; with TLS it gives up before it has
 * sent one, and counts from the last answer that it had, up to a PING period before the failure (sentinelReconnectInstance
 * and sentinelCheckSubjectivelyDown in sentinel.c; seen: 2.94 s with a down-after of 3 s).
 */
function isEncrypted({ settings }: PredictQuestion): boolean {
  const nodes = (settings as { readonly redis?: Readonly<Record<string, JsonObject>> } | null)?.redis ?? {};
  return Object.values(nodes).some((node) => node['tls-replication'] === 'yes');
}

/** What becomes of a fault that ends by itself before Sentinels surely notice; undefined = they do, or it does not end. */
export function outlived(
  { fault, params }: PredictQuestion,
  detection: Detection,
  downAfterMs: number,
): Band | NoBand | undefined {
  const leaseMs = fault === CLIENT_PAUSE ? (params as { readonly pauseForMs?: number }).pauseForMs : undefined;
  if (leaseMs === undefined || leaseMs >= downAfterMs + detection.atMostMs) return undefined;
  if (leaseMs >= downAfterMs) return { because: 'it ends at about the time at which the Sentinels notice' };
  return {
    lowMs: leaseMs,
    highMs: leaseMs + 300,
    allowanceMs: 500,
    formula: 'the pause itself, which is over before down-after; and 0.3 s until clients are served',
    inputs: { 'down-after-milliseconds': downAfterMs, pauseFor: leaseMs },
  };
}
