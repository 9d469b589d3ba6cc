// Views over the columns of operations: what each function of this folder works on.
import { type Ops, OUTCOMES } from '../core/outcome.ts';

export const OK = OUTCOMES.indexOf('ok');
export const FAILED = OUTCOMES.indexOf('failed');
export const UNKNOWN = OUTCOMES.indexOf('unknown');
export const NOT_SENT = OUTCOMES.indexOf('notSent');

/** Operations belong to the moment at which they were sent (or would have been). From, and up to but not at. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How many were due in a span, whatever became of them. */
export function attemptedIn(ops: Ops, { fromMs, toMs }: Span): number {
  let attempted = 0;
  for (let row = 0; row < ops.count; row++) {
    const sentMs = ops.sentMs[row] ?? 0;
    if (sentMs >= fromMs && sentMs < toMs) attempted++;
  }
  return attempted;
}

/** How long acknowledged operations of a span took from their sending, sorted. */
export function okLatencies(ops: Ops, { fromMs, toMs }: Span): Float64Array {
  const latencies = new Float64Array(ops.count);
  let count = 0;
  for (let row = 0; row < ops.count; row++) {
    const sentMs = ops.sentMs[row] ?? 0;
    if (ops.outcome[row] === OK && sentMs >= fromMs && sentMs < toMs) {
      latencies[count++] = (ops.settledMs[row] ?? 0) - sentMs;
    }
  }
  return latencies.slice(0, count).sort();
}

/** Nearest-rank percentile of sorted values; undefined of none. */
export function percentile(sorted: Float64Array, share: number): number | undefined {
  if (sorted.length === 0) return undefined;
  return sorted[Math.max(0, Math.min(sorted.length, Math.ceil(sorted.length * share)) - 1)];
}

/** Error code → how often, of what was not ok in a span. Without a code it counts as NOT_SENT or UNNAMED. */
export function countErrors(ops: Ops, { fromMs, toMs }: Span): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let row = 0; row < ops.count; row++) {
    const sentMs = ops.sentMs[row] ?? 0;
    if (ops.outcome[row] === OK || sentMs < fromMs || sentMs >= toMs) continue;
    const code = ops.errorCodes[ops.error[row] ?? 0] || (ops.outcome[row] === NOT_SENT ? 'NOT_SENT' : 'UNNAMED');
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/**
 * Latencies of a span, sorted, as bounds: from sending, and from when they were due. What was never answered took at
 * least as long as was waited for it, and nobody knows how much longer. What was refused has no latency.
 */
export function latencyBounds(
  ops: Ops,
  { fromMs, toMs }: Span,
): { readonly low: Float64Array; readonly high: Float64Array } {
  const [low, high] = [new Float64Array(ops.count), new Float64Array(ops.count)];
  let count = 0;
  for (let row = 0; row < ops.count; row++) {
    const [sentMs, settledMs, outcome] = [ops.sentMs[row] ?? 0, ops.settledMs[row] ?? 0, ops.outcome[row]];
    if ((outcome !== OK && outcome !== UNKNOWN) || sentMs < fromMs || sentMs >= toMs) continue;
    low[count] = settledMs - sentMs;
    high[count++] = outcome === OK ? settledMs - Math.min(sentMs, ops.dueMs[row] ?? sentMs) : Number.POSITIVE_INFINITY;
  }
  return { low: low.slice(0, count).sort(), high: high.slice(0, count).sort() };
}
