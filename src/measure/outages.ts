// Gaps of service of one unit, each with a lower and an upper bound that the true one lies between. On
// acknowledgements and not on errors: operations that hang and then succeed are an outage too.

import type { Ops } from '../core/outcome.ts';
import type { Outage } from '../core/report.ts';
import { type Op, opAt, rowsOfUnit } from './operations.ts';

export interface OutageTerms {
  /** Between two operations of the unit. */
  readonly spacingMs: number;
  /** 99th percentile of a healthy acknowledgement, from the warm-up. */
  readonly p99Ms: number;
}

/** A silence of acknowledgements up to this is no outage by itself. */
export function silenceMs({ spacingMs, p99Ms }: OutageTerms): number {
  return Math.max(5 * spacingMs, 3 * p99Ms);
}

/** An outage in which everything hung and nothing failed is not seen below this. */
export function detectionFloorMs(terms: OutageTerms): number {
  return silenceMs(terms) + terms.p99Ms;
}

/** An outage, and the interval that its end lies in. */
export interface Gap extends Omit<Outage, 'rescuedByRevert'> {
  readonly endLowMs: number;
  readonly endHighMs: number | undefined;
}

/** In order of time. Empty = none was seen, which is not the same as no data: see the counts. */
export function outagesOf(ops: Ops, unit: number, terms: OutageTerms): readonly Gap[] {
  const oks: Op[] = [];
  const bads: Op[] = [];
  for (const row of rowsOfUnit(ops, unit)) {
    const op = opAt(ops, row);
    (op.outcome === 'ok' ? oks : bads).push(op);
  }
  if (oks.length === 0) return bads.length === 0 ? [] : [neverUp(bads)];
  oks.sort((a, b) => a.settledMs - b.settledMs);
  const evidence = assign(oks, bads, terms);
  const gaps: Gap[] = [];
  for (let at = 0; at <= oks.length; at++) {
    const gap = gapAt(oks, at, { bads: evidence.get(at) ?? [], terms });
    if (gap !== undefined) gaps.push(gap);
  }
  return gaps;
}

/** No acknowledgement at all: the outage is as long as there were operations, at least. */
function neverUp(bads: readonly Op[]): Gap {
  const fromMs = Math.min(...extent(bads, (op) => op.sentMs));
  const lastMs = Math.max(...extent(bads, (op) => op.sentMs));
  return { fromMs, toMs: undefined, lowMs: lastMs - fromMs, highMs: undefined, endLowMs: lastMs, endHighMs: undefined };
}

function extent(ops: readonly Op[], of: (op: Op) => number): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const op of ops) {
    const value = of(op);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/**
 * Gap number k lies before ok number k. Each operation that was not acknowledged is evidence in one gap: in a silence
 * that it overlaps when there is one; else where it was refused, or, when it only timed out, where it was sent.
 */
function assign(oks: readonly Op[], bads: readonly Op[], terms: OutageTerms): ReadonlyMap<number, readonly Op[]> {
  const silences = silencesOf(oks, silenceMs(terms));
  const evidence = new Map<number, Op[]>();
  for (const bad of bads) {
    const gap = overlapping(silences, bad) ?? firstSettledAfter(oks, bad.timedOut ? bad.sentMs : bad.settledMs);
    const known = evidence.get(gap);
    if (known === undefined) evidence.set(gap, [bad]);
    else known.push(bad);
  }
  return evidence;
}

interface Silence {
  readonly gap: number;
  readonly fromMs: number;
  readonly toMs: number;
}

function silencesOf(oks: readonly Op[], thresholdMs: number): readonly Silence[] {
  const silences: Silence[] = [];
  for (let at = 1; at < oks.length; at++) {
    const [fromMs, toMs] = [oks[at - 1]?.settledMs ?? 0, oks[at]?.settledMs ?? 0];
    if (toMs - fromMs > thresholdMs) silences.push({ gap: at, fromMs, toMs });
  }
  return silences;
}

/** The last silence that began before the operation settled, if it had not ended when it was sent. */
function overlapping(silences: readonly Silence[], bad: Op): number | undefined {
  let low = 0;
  let high = silences.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((silences[middle]?.fromMs ?? 0) < bad.settledMs) low = middle + 1;
    else high = middle;
  }
  const last = silences[low - 1];
  return last !== undefined && last.toMs > bad.sentMs ? last.gap : undefined;
}

/** Index of the first ok that settled at or after the moment; the number of oks when there is none. */
function firstSettledAfter(oks: readonly Op[], ms: number): number {
  let low = 0;
  let high = oks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((oks[middle]?.settledMs ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The outage between ok number `at - 1` and ok number `at`, when there is evidence of one. */
function gapAt(
  oks: readonly Op[],
  at: number,
  { bads, terms }: { readonly bads: readonly Op[]; readonly terms: OutageTerms },
): Gap | undefined {
  const before = oks[at - 1];
  const after = oks[at];
  // Before the first ok the client was only connecting: the warm-up's business, and no outage of the service.
  if (before === undefined) return undefined;
  const hung = firstHung(oks, at, terms);
  if (bads.length === 0 && hung === undefined) return undefined;
  const sure = bads.filter(
    (bad) => bad.sentMs >= before.settledMs && (after === undefined || bad.sentMs <= after.settledMs),
  );
  const startMs = startOf(sure, before, { hung, terms });
  const endLowMs = Math.max(before.settledMs, lastSent(sure), hungUntil(after, terms));
  return {
    fromMs: before.settledMs,
    toMs: after?.settledMs,
    lowMs: Math.max(0, endLowMs - startMs),
    highMs: after === undefined ? undefined : after.settledMs - before.sentMs,
    endLowMs,
    endHighMs: after?.settledMs,
  };
}

/** How many operations after a silence are looked at for one that hung through it: more than can wait at once. */
const LOOK_AHEAD = 256;

/**
 * The first operation that was sent into a silence and was acknowledged only after it. Undefined when there is no
 * silence, or when nothing was sent in it: then it was the client that was silent, and nothing is known of the service.
 */
function firstHung(oks: readonly Op[], at: number, terms: OutageTerms): Op | undefined {
  const before = oks[at - 1];
  const after = oks[at];
  const limitMs = silenceMs(terms);
  if (before === undefined || after === undefined || after.settledMs - before.settledMs <= limitMs) return undefined;
  let first: Op | undefined;
  for (let later = at; later < Math.min(oks.length, at + LOOK_AHEAD); later++) {
    const op = oks[later];
    if (op === undefined || op.sentMs < before.sentMs || op.sentMs >= after.settledMs) continue;
    if (op.settledMs - op.sentMs > limitMs && (first === undefined || op.sentMs < first.sentMs)) first = op;
  }
  return first;
}

function lastSent(sure: readonly Op[]): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const op of sure) if (op.outcome !== 'notSent' && op.sentMs > last) last = op.sentMs;
  return last;
}

/** The moment by which service had surely gone. */
function startOf(
  sure: readonly Op[],
  before: Op,
  { hung, terms }: { readonly hung: Op | undefined; readonly terms: OutageTerms },
): number {
  // A request that was not answered may have been served, and only its answer lost, within one healthy round trip.
  let least = hung === undefined ? Number.POSITIVE_INFINITY : hung.sentMs + terms.p99Ms;
  for (const op of sure) least = Math.min(least, op.timedOut ? op.sentMs + terms.p99Ms : op.settledMs);
  return Math.max(before.settledMs, least);
}

/** An operation that hung until it was acknowledged would have been acknowledged a spacing and a healthy round trip after the end. */
function hungUntil(after: Op | undefined, terms: OutageTerms): number {
  if (after === undefined || after.settledMs - after.sentMs <= silenceMs(terms)) return Number.NEGATIVE_INFINITY;
  return after.settledMs - terms.p99Ms - terms.spacingMs;
}
