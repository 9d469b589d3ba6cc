// What the operations that were sent between two consecutive acknowledgements say of service in between.
import type { Ops } from '../core/outcome.ts';
import { awakeAfter, awakeBefore } from './awake.ts';
import { NOT_SENT, OK } from './operations.ts';
import type { OutageTerms } from './terms.ts';
import type { UnitOps } from './unit-ops.ts';

export interface View extends UnitOps {
  readonly ops: Ops;
  readonly terms: OutageTerms;
}

/** From one acknowledgement to the next, and the operations that were sent meanwhile: `bySent[begin]` up to `end`. */
export interface Stretch {
  /** Number of the acknowledgement that it begins with. */
  readonly ack: number;
  readonly fromMs: number;
  /** Infinity = there is no next one. */
  readonly toMs: number;
  /** Row of the next acknowledgement. */
  readonly next: number | undefined;
  /** When the latest of all operations acknowledged so far was sent: service was there after this. */
  readonly servedAfterMs: number;
  /** When the last operation before it was sent. */
  readonly askedAfterMs: number;
  readonly begin: number;
  readonly end: number;
}

/** A return of service for less than this, while nobody asks, is not counted as one. */
const UNASKED_MS = 500;

/** Witnesses without a long time between them in which nothing was asked. */
export interface Run {
  /** It was gone at a moment before this, and still gone at a moment after that. */
  goneByMs: number;
  stillGoneAtMs: number;
  /** How many of them were answered after all, late. */
  answered: number;
}

export interface Evidence {
  /** In order of time. */
  readonly runs: Run[];
  /** Some were refused or never answered. */
  refused: boolean;
  /** Gone at a moment in here, which may as well lie behind the next acknowledgement. */
  unsureFromMs: number;
  unsureToMs: number;
  /** Some were held back: no service to whoever asked, but no proof of what the server did. */
  held: boolean;
}

/**
 * An operation that was refused proves that service was absent at one moment between its sending and its settling; one
 * that was not answered, or late, at one moment between its sending and `lateMs` after it. It is late only once the
 * client was seen awake and still had no answer: what a client sleeps through is no outage.
 */
export function evidenceIn(stretch: Stretch, view: View): Evidence {
  const { ops, bySent, terms } = view;
  const place: Place = {
    stretch,
    view,
    lastSentMs: stretch.fromMs,
    blind: false,
    lastLateMs: -Infinity,
    hung: undefined,
    servedFromMs: undefined,
  };
  const evidence: Evidence = {
    runs: [],
    refused: false,
    unsureFromMs: Number.POSITIVE_INFINITY,
    unsureToMs: Number.NEGATIVE_INFINITY,
    held: false,
  };
  for (let at = stretch.begin; at < stretch.end; at++) {
    const row = bySent[at] ?? 0;
    const sentMs = ops.sentMs[row] ?? 0;
    if (ops.outcome[row] === NOT_SENT) evidence.held = true;
    else {
      // Where nothing was asked for long, service may have been back all the while.
      if (sentMs - place.lastSentMs > Math.max(terms.silenceMs, UNASKED_MS)) place.blind = true;
      if (ops.outcome[row] === OK) addAcknowledged(at, evidence, place);
      else addRefused(at, evidence, place);
      place.lastSentMs = sentMs;
    }
  }
  extendHung(evidence, place);
  return evidence;
}

/** Where in a stretch the reading of it is. */
interface Place {
  readonly stretch: Stretch;
  readonly view: View;
  lastSentMs: number;
  /** Nothing was sent for a while since the last witness. */
  blind: boolean;
  lastLateMs: number;
  /** The run with the acknowledgement that ends the stretch, if that had waited. */
  hung: Run | undefined;
  /** See `servedFrom`; looked up when it is needed. */
  servedFromMs: number | undefined;
}

function addAcknowledged(at: number, evidence: Evidence, place: Place): void {
  const { stretch, view } = place;
  const row = view.bySent[at] ?? 0;
  const sentMs = view.ops.sentMs[row] ?? 0;
  const byMs = awakeAfter(slowestMs(evidence, view), { at, end: stretch.end }, view);
  if (byMs === undefined) return;
  // It may have been slow by itself: only the one before it then shows that service was still gone.
  const run = addWitness({ sentMs, stillGoneAtMs: place.lastLateMs, byMs }, evidence, place);
  place.lastLateMs = sentMs;
  run.answered++;
  if (row === stretch.next) place.hung = run;
}

/** How many times longer than what is late an operation may take that has to connect first: that is a few round trips. */
const CONNECTING = 4;

/**
 * How long an operation may take by itself. Once one was refused or lost, those after it may have to connect first, and
 * that is the client's time.
 */
function slowestMs({ refused }: Evidence, { terms: { lateMs } }: View): number {
  return refused ? CONNECTING * lateMs : lateMs;
}

function addRefused(at: number, evidence: Evidence, place: Place): void {
  const { stretch, view } = place;
  const { ops, bySent, terms } = view;
  const row = bySent[at] ?? 0;
  const [sentMs, settledMs] = [ops.sentMs[row] ?? 0, ops.settledMs[row] ?? 0];
  const lateByMs =
    settledMs - sentMs > terms.lateMs ? awakeAfter(terms.lateMs, { at, end: bySent.length }, view) : undefined;
  const byMs = Math.min(settledMs, lateByMs ?? settledMs);
  evidence.refused = true;
  const nextWaited = stretch.next !== undefined && stretch.toMs - (ops.sentMs[stretch.next] ?? 0) > terms.lateMs;
  place.servedFromMs ??= servedFrom(place);
  if (sentMs < place.servedFromMs || (nextWaited && byMs <= stretch.toMs)) {
    addWitness({ sentMs, stillGoneAtMs: sentMs, byMs }, evidence, place);
  } else {
    evidence.unsureFromMs = Math.min(evidence.unsureFromMs, sentMs);
    evidence.unsureToMs = Math.max(evidence.unsureToMs, byMs);
  }
}

/** When the earliest was sent of those that are acknowledged now: what was sent later may have met an outage after them. */
function servedFrom({ stretch, view: { ops, acks, terms } }: Place): number {
  if (stretch.next === undefined) return Number.POSITIVE_INFINITY;
  let earliestMs = ops.sentMs[stretch.next] ?? 0;
  for (let ack = stretch.ack + 2; ack < acks.length; ack++) {
    const row = acks[ack] ?? 0;
    const [sentMs, settledMs] = [ops.sentMs[row] ?? 0, ops.settledMs[row] ?? 0];
    if (settledMs > stretch.toMs + terms.lateMs) break;
    // One that had waited proves nothing of the time before.
    if (settledMs - sentMs <= terms.lateMs) earliestMs = Math.min(earliestMs, sentMs);
  }
  return earliestMs;
}

function addWitness(
  { sentMs, stillGoneAtMs, byMs }: { readonly sentMs: number; readonly stillGoneAtMs: number; readonly byMs: number },
  { runs }: Evidence,
  place: Place,
): Run {
  const last = runs.at(-1);
  if (last !== undefined && !place.blind) {
    last.goneByMs = Math.min(last.goneByMs, byMs);
    last.stillGoneAtMs = Math.max(last.stillGoneAtMs, stillGoneAtMs);
    return last;
  }
  place.blind = false;
  const run: Run = { goneByMs: byMs, stillGoneAtMs: stillGoneAtMs === sentMs ? sentMs : -Infinity, answered: 0 };
  runs.push(run);
  return run;
}

/** How many times longer one operation alone may take, by itself, than what is late. */
const ALONE = 10;

/**
 * When the acknowledgement that ends the stretch had itself waited, the server was gone until shortly before the client
 * last was without it: back in service, it would have answered at once. An operation that was alone, because all others
 * were held back behind it, may have been slow by itself.
 */
function extendHung(evidence: Evidence, { hung, stretch, view }: Place): void {
  const { runs, held } = evidence;
  const run = hung ?? runs[0];
  if (run === undefined || stretch.next === undefined) return;
  const alone = run.answered === (hung === undefined ? 0 : 1);
  if (alone && !held) return;
  const slowMs = alone ? ALONE * view.terms.lateMs : slowestMs(evidence, view);
  const goneMs = awakeBefore(slowMs, { at: stretch.begin, end: stretch.end }, view);
  const waitedFromMs = view.ops.sentMs[stretch.next] ?? 0;
  if (goneMs !== undefined && goneMs >= waitedFromMs) run.stillGoneAtMs = Math.max(run.stillGoneAtMs, goneMs);
}
