// When the client itself was silent: what it did not ask for, it cannot have missed.
import type { View } from './evidence.ts';
import { NOT_SENT, type Span } from './operations.ts';
import type { Gap, Outages } from './outages.ts';

export interface ClientSilences {
  /** The longest time between two operations, as long as it is no more than an outage may hide in anyway. */
  readonly usualMs: number;
  /** Longer ones. */
  readonly unasked: readonly Span[];
}

/** Operations that were held back were not asked. */
export function silencesOfClient({ ops, bySent, terms }: View): ClientSilences {
  const unasked: Span[] = [];
  let usualMs = 0;
  let fromMs = ops.sentMs[bySent[0] ?? 0] ?? 0;
  for (const row of bySent) {
    if (ops.outcome[row] === NOT_SENT) continue;
    const toMs = ops.sentMs[row] ?? 0;
    if (toMs - fromMs > terms.silenceMs) unasked.push({ fromMs, toMs });
    else if (toMs >= terms.sinceMs) usualMs = Math.max(usualMs, toMs - fromMs);
    fromMs = toMs;
  }
  return { usualMs, unasked };
}

/** What gaps leave of a span. */
function outside(span: Span, gaps: readonly Gap[]): readonly Span[] {
  const left: Span[] = [];
  let { fromMs } = span;
  for (const gap of gaps) {
    const endMs = gap.toMs ?? Number.POSITIVE_INFINITY;
    if (endMs <= fromMs) continue;
    if (gap.fromMs >= span.toMs) break;
    if (gap.fromMs > fromMs) left.push({ fromMs, toMs: gap.fromMs });
    fromMs = endMs;
  }
  if (fromMs < span.toMs) left.push({ fromMs, toMs: span.toMs });
  return left;
}

/** How long an outage may have been in a span, besides those that are proved, without being seen. */
export function floorIn({ gaps, floorMs, unasked, lastSentMs }: Outages, { fromMs, toMs }: Span): number {
  const proved = gaps.filter(({ lowMs }) => lowMs > 0);
  const afterwards = { fromMs: Math.min(lastSentMs ?? fromMs, toMs), toMs };
  const pauses = [...unasked, afterwards].flatMap((pause) => outside(pause, proved));
  const lengthsMs = pauses.map((pause) => Math.min(pause.toMs, toMs) - Math.max(pause.fromMs, fromMs));
  return floorMs + Math.max(0, ...lengthsMs);
}

/** When something was last asked before a moment: that moment, but for the client's own silences. */
export function askedUntil(ms: number, { unasked, lastSentMs }: Outages): number {
  const silence = unasked.find(({ fromMs, toMs }) => fromMs < ms && toMs > ms);
  return Math.min(ms, silence?.fromMs ?? ms, lastSentMs ?? Number.NEGATIVE_INFINITY);
}
