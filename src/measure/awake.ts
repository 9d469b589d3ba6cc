// Time as a client lives it: what it sleeps through (a busy machine, a long turn of its loop) it cannot have waited for.
import type { View } from './evidence.ts';

/** How long after an operation was due and not sent a client counts as asleep. */
const LEAST_SLEEP_MS = 2;

/** Where in `bySent` to look, up to but not at `end`. */
export interface Place {
  readonly at: number;
  readonly end: number;
}

/** When a client that sent operation `at` has been awake for so long since; undefined = not before the last one. */
export function awakeAfter(ms: number, { at, end }: Place, view: View): number | undefined {
  let leftMs = ms;
  for (let next = at + 1; next < end; next++) {
    const awakeMs = sentAt(next, view) - sleptBefore(next, view) - sentAt(next - 1, view);
    if (awakeMs >= leftMs) return sentAt(next - 1, view) + leftMs;
    leftMs -= awakeMs;
  }
  return undefined;
}

/** When a client that sent the last operation had been awake for so long before; undefined = not since operation `at`. */
export function awakeBefore(ms: number, { at, end }: Place, view: View): number | undefined {
  let leftMs = ms;
  for (let next = end - 1; next > at; next--) {
    const wokeMs = sentAt(next, view) - sleptBefore(next, view);
    const awakeMs = wokeMs - sentAt(next - 1, view);
    if (awakeMs >= leftMs) return wokeMs - leftMs;
    leftMs -= awakeMs;
  }
  return undefined;
}

/** It sends when something is due: an operation that is sent late shows that it slept until then. */
function sleptBefore(at: number, view: View): number {
  const { ops, bySent, terms } = view;
  const lateMs = sentAt(at, view) - Math.max(ops.dueMs[bySent[at] ?? 0] ?? 0, sentAt(at - 1, view));
  return lateMs > Math.max(terms.spacingMs, LEAST_SLEEP_MS) ? lateMs : 0;
}

function sentAt(at: number, { ops, bySent }: View): number {
  return ops.sentMs[bySent[at] ?? 0] ?? 0;
}
