// Gaps of service of one unit, each with bounds that the true one lies between. By acknowledgements and not by errors:
// operations that hang and then succeed are an outage too. Why each bound holds: docs/how-it-measures.md.
import type { Ops } from '../core/outcome.ts';
import { type Evidence, evidenceIn, type Stretch, type View } from './evidence.ts';
import type { Span } from './operations.ts';
import { detectionFloorMs, type OutageTerms } from './terms.ts';
import { silencesOfClient } from './unasked.ts';
import { unitOps } from './unit-ops.ts';

/** Service was gone for at least `lowMs` and at most `highMs`, between `fromMs` and `toMs`. */
export interface Gap {
  /** When the last operation that was served before it was sent. */
  readonly fromMs: number;
  /** When the first one that was served after it was acknowledged; undefined = none was. */
  readonly toMs: number | undefined;
  readonly lowMs: number;
  readonly highMs: number | undefined;
  /** It had begun by then. */
  readonly begunByMs: number;
  /** It had not ended before. */
  readonly endedAfterMs: number;
  /** Nothing was refused, lost or held back in it: all that was asked was answered by its deadline. */
  readonly onlyLate: boolean;
}

/** So long a server may stand still that shares its processors with others, and answer then. */
const STUTTER_MS = 250;

/** Who asked in it was answered, a little late: an outage that is told by itself, and no flapping. */
export function isStutter({ onlyLate, highMs = Number.POSITIVE_INFINITY }: Gap): boolean {
  return onlyLate && highMs < STUTTER_MS;
}

export interface Outages {
  /** In order of time. */
  readonly gaps: readonly Gap[];
  /** A shorter outage may have been missed anywhere. */
  readonly floorMs: number;
  /** Nothing was asked for longer than usual: outside of the gaps, one may have been missed by as much more. */
  readonly unasked: readonly Span[];
  /** When its last operation was sent; undefined = none was. */
  readonly lastSentMs: number | undefined;
}

/** No gap means that none was seen, which is not the same as no data. Before the first acknowledgement there is no outage. */
export function outagesOf(ops: Ops, unit: number, terms: OutageTerms): Outages {
  const view: View = { ...unitOps(ops, unit), ops, terms };
  return view.acks.length === 0 ? neverServed(view) : sweep(view);
}

function neverServed({ ops, bySent, terms }: View): Outages {
  const [firstRow, lastRow] = [bySent[0], bySent.at(-1)];
  const seen = { floorMs: detectionFloorMs(terms, 0), unasked: [] };
  if (firstRow === undefined || lastRow === undefined) return { gaps: [], lastSentMs: undefined, ...seen };
  const [begunByMs, endedAfterMs] = [ops.sentMs[firstRow] ?? 0, ops.sentMs[lastRow] ?? 0];
  const gap = { fromMs: begunByMs, toMs: undefined, lowMs: endedAfterMs - begunByMs, highMs: undefined };
  return { gaps: [{ ...gap, begunByMs, endedAfterMs, onlyLate: false }], lastSentMs: endedAfterMs, ...seen };
}

/** A gap, and the number of the acknowledgement that ends it. */
interface Candidate {
  readonly gap: Gap;
  readonly endAck: number;
}

function sweep(view: View): Outages {
  const { ops, bySent, terms } = view;
  const found: Candidate[] = [];
  for (const stretch of stretches(view)) {
    const evidence = evidenceIn(stretch, view);
    if (isOutage(evidence, stretch, terms)) add(candidate(evidence, stretch, view), { stretch, found });
  }
  const gaps = found.map(({ gap }) => gap);
  const { usualMs, unasked } = silencesOfClient(view);
  const floorMs = detectionFloorMs(terms, Math.max(0, usualMs - terms.spacingMs));
  return { gaps, floorMs, unasked, lastSentMs: ops.sentMs[bySent.at(-1) ?? 0] };
}

/** From the first acknowledgement on; those in which nothing was sent say nothing. */
function* stretches({ ops, acks, bySent }: View): Generator<Stretch> {
  const settledMs = (ack: number): number => ops.settledMs[acks[ack] ?? 0] ?? 0;
  const sentMs = (at: number): number => ops.sentMs[bySent[at] ?? 0] ?? 0;
  let end = 0;
  while (end < bySent.length && sentMs(end) < settledMs(0)) end++;
  let servedAfterMs = Number.NEGATIVE_INFINITY;
  let askedAfterMs = sentMs(0);
  for (let ack = 0; ack < acks.length; ack++) {
    const next = acks[ack + 1];
    const toMs = next === undefined ? Number.POSITIVE_INFINITY : settledMs(ack + 1);
    servedAfterMs = Math.max(servedAfterMs, ops.sentMs[acks[ack] ?? 0] ?? 0);
    const begin = end;
    if (begin > 0) askedAfterMs = sentMs(begin - 1);
    while (end < bySent.length && sentMs(end) < toMs) end++;
    if (end > begin) yield { ack, fromMs: settledMs(ack), toMs, next, servedAfterMs, askedAfterMs, begin, end };
  }
}

function isOutage({ refused, held, runs }: Evidence, { fromMs, toMs }: Stretch, terms: OutageTerms): boolean {
  return refused || held || (runs.length > 0 && toMs - fromMs > terms.silenceMs);
}

function candidate(evidence: Evidence, stretch: Stretch, view: View): Candidate {
  const { begunByMs, endedAfterMs } = momentsOf(evidence, stretch);
  const proved = evidence.runs.length > 0 || evidence.refused;
  const endAck = proved ? firstServedAfter(begunByMs, stretch, view) : stretch.ack + 1;
  const toMs = endAck < view.acks.length ? view.ops.settledMs[view.acks[endAck] ?? 0] : undefined;
  const fromMs = stretch.servedAfterMs;
  const highMs = toMs === undefined ? undefined : toMs - fromMs;
  const lowMs = evidence.runs.reduce((low, run) => Math.max(low, run.stillGoneAtMs - run.goneByMs), 0);
  const onlyLate = !evidence.refused && !evidence.held;
  return { gap: { fromMs, toMs, lowMs, highMs, begunByMs, endedAfterMs, onlyLate }, endAck };
}

function momentsOf({ runs, ...evidence }: Evidence, stretch: Stretch): Pick<Gap, 'begunByMs' | 'endedAfterMs'> {
  const { toMs, servedAfterMs } = stretch;
  if (runs.length > 0) {
    const begunByMs = Math.min(...runs.map(({ goneByMs }) => goneByMs));
    return { begunByMs, endedAfterMs: Math.max(servedAfterMs, ...runs.map((run) => run.stillGoneAtMs)) };
  }
  if (evidence.refused) return { begunByMs: evidence.unsureToMs, endedAfterMs: evidence.unsureFromMs };
  return { begunByMs: toMs, endedAfterMs: servedAfterMs };
}

/**
 * Number of the first acknowledgement that proves service after a moment: one that was sent before it may have been
 * served before the outage, with only its answer being late.
 */
function firstServedAfter(ms: number, { ack }: Stretch, { ops, acks }: View): number {
  let at = ack + 1;
  while (at < acks.length && (ops.sentMs[acks[at] ?? 0] ?? 0) < ms) at++;
  return at;
}

/**
 * Evidence from before the acknowledgement that ends the last gap belongs to that one: in between, only operations were
 * acknowledged that may have been served before it. What shows the most of it tells where it lies.
 */
function add(next: Candidate, { stretch, found }: { readonly stretch: Stretch; readonly found: Candidate[] }): void {
  const last = found.at(-1);
  if (last === undefined || stretch.ack >= last.endAck) found.push(next);
  else found[found.length - 1] = next.gap.lowMs > last.gap.lowMs ? merged(last, next) : withOutcomeOf(next, last);
}

function merged(earlier: Candidate, main: Candidate): Candidate {
  const { fromMs } = earlier.gap;
  const last = earlier.endAck > main.endAck ? earlier : main;
  const { toMs } = last.gap;
  const highMs = toMs === undefined ? undefined : toMs - fromMs;
  return withOutcomeOf(earlier, { gap: { ...main.gap, fromMs, toMs, highMs }, endAck: last.endAck });
}

function withOutcomeOf({ gap: { onlyLate } }: Candidate, { gap, endAck }: Candidate): Candidate {
  return { gap: { ...gap, onlyLate: gap.onlyLate && onlyLate }, endAck };
}
