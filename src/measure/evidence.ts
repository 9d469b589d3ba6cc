// What the operations that were sent between two consecutive acknowledgements say of service in between.
import type { Ops } from '../core/outcome.ts';
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
  readonly begin: number;
  readonly end: number;
}

export interface Evidence {
  /** Operations that show that service was gone in this very stretch. */
  witnesses: number;
  /** By them: gone at a moment before this, and still gone at a moment after that. */
  goneByMs: number;
  stillGoneAtMs: number;
  /** Gone at a moment in here, which may as well lie behind the next acknowledgement. */
  unsureFromMs: number;
  unsureToMs: number;
  /** Some were refused or never answered. */
  refused: boolean;
  /** Some were held back: no service to whoever asked, but no proof of what the server did. */
  held: boolean;
  /** How far behind its plan the client sent. */
  latenessMs: number;
}

/**
 * An operation that was refused proves that service was absent at one moment between its sending and its settling; one
 * that was not answered, or late, at one moment between its sending and `lateMs` after it. It is late only once the
 * client was seen awake and still had no answer: what a client sleeps through is no outage.
 */
export function evidenceIn(stretch: Stretch, view: View): Evidence {
  const { ops, bySent, terms } = view;
  const awakeMs = ops.sentMs[bySent[stretch.end - 1] ?? 0] ?? 0;
  const evidence = nothing();
  // One that was answered late may have been slow by itself: the one before it then shows that service was still gone.
  let lateBeforeMs = Number.NEGATIVE_INFINITY;
  for (let at = stretch.begin; at < stretch.end; at++) {
    const row = bySent[at] ?? 0;
    const sentMs = ops.sentMs[row] ?? 0;
    evidence.latenessMs = Math.max(evidence.latenessMs, sentMs - (ops.dueMs[row] ?? 0));
    if (ops.outcome[row] === NOT_SENT) evidence.held = true;
    else if (ops.outcome[row] !== OK) addRefused(row, evidence, { stretch, view });
    else if (sentMs + terms.lateMs <= awakeMs) {
      addWitness(evidence, lateBeforeMs, sentMs + terms.lateMs);
      lateBeforeMs = sentMs;
    }
  }
  evidence.stillGoneAtMs = Math.max(evidence.stillGoneAtMs, hungUntil(evidence, awakeMs, { stretch, view }));
  return evidence;
}

interface Place {
  readonly stretch: Stretch;
  readonly view: View;
}

function nothing(): Evidence {
  return {
    witnesses: 0,
    goneByMs: Number.POSITIVE_INFINITY,
    stillGoneAtMs: Number.NEGATIVE_INFINITY,
    unsureFromMs: Number.POSITIVE_INFINITY,
    unsureToMs: Number.NEGATIVE_INFINITY,
    refused: false,
    held: false,
    latenessMs: 0,
  };
}

function addWitness(evidence: Evidence, stillGoneAtMs: number, byMs: number): void {
  evidence.witnesses++;
  evidence.goneByMs = Math.min(evidence.goneByMs, byMs);
  evidence.stillGoneAtMs = Math.max(evidence.stillGoneAtMs, stillGoneAtMs);
}

function addRefused(row: number, evidence: Evidence, { stretch, view: { ops, terms } }: Place): void {
  evidence.refused = true;
  const sentMs = ops.sentMs[row] ?? 0;
  const byMs = Math.min(ops.settledMs[row] ?? 0, sentMs + terms.lateMs);
  const beforeNext = stretch.next === undefined || sentMs < (ops.sentMs[stretch.next] ?? 0);
  if (byMs <= stretch.toMs || beforeNext) addWitness(evidence, sentMs, byMs);
  else {
    evidence.unsureFromMs = Math.min(evidence.unsureFromMs, sentMs);
    evidence.unsureToMs = Math.max(evidence.unsureToMs, byMs);
  }
}

/** How many times longer one operation alone may take, by itself, than what is late. */
const ALONE = 10;

/**
 * When the acknowledgement that ends the stretch had itself waited, the server was gone until shortly before the client
 * last was without it: back in service, it would have answered at once. An operation that was alone, because all others
 * were held back behind it, may have been slow by itself.
 */
function hungUntil({ witnesses, held }: Evidence, awakeMs: number, { stretch, view }: Place): number {
  const { ops, terms } = view;
  const sentMs = stretch.next === undefined ? Number.POSITIVE_INFINITY : (ops.sentMs[stretch.next] ?? 0);
  if (witnesses === 0 || sentMs + terms.lateMs > awakeMs) return Number.NEGATIVE_INFINITY;
  if (witnesses > (sentMs >= stretch.fromMs ? 1 : 0)) return awakeMs - terms.lateMs;
  return held ? awakeMs - ALONE * terms.lateMs : Number.NEGATIVE_INFINITY;
}
