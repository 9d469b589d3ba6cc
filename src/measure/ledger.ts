// What was acknowledged against what is there: lost, duplicated, reordered, and there although it was refused.
import type { Journal } from '../core/journal.ts';
import type { Ops, ReadBack } from '../core/outcome.ts';
import type { Bounds } from '../core/verdict.ts';
import { countConsumed } from './consumed.ts';
import type { FaultTimes } from './faults.ts';
import { FAILED, NOT_SENT, OK } from './operations.ts';

export interface LedgerCount {
  readonly lost: number;
  /** Acknowledged between these two, on the run's clock; undefined when none was lost. */
  readonly firstLostMs: number | undefined;
  readonly lastLostMs: number | undefined;
  readonly duplicates: number;
  /** Acknowledged writes that stand behind one that was only sent after their acknowledgement. Undefined = not known. */
  readonly reordered: number | undefined;
  /** Of a consumer: never processed, because it never got so far. */
  readonly notReached: number;
  /** There, although the client was told that they were not applied. */
  readonly failedButFound: number;
  /** There, although nobody sent them: the ledger is not this run's alone. */
  readonly foreign: number;
  /** Copies that do not hold the same values in the same order as the one that counts. */
  readonly divergentCopies: number;
  /** Numbers of up to a hundred lost writes. */
  readonly lostExamples: readonly number[];
}

const counted = new WeakMap<Ops, LedgerCount | undefined>();

/** Undefined when it is no ledger, or was not read back whole: then nothing can be said of losses. Counted once. */
export function ledgerOf(name: string, journal: Journal): LedgerCount | undefined {
  const ops = journal.ops[name];
  if (ops === undefined || !(ops.header.ledger || ops.header.records)) return undefined;
  if (!counted.has(ops)) {
    const whole = journal.events.some(
      (event) => event.type === 'workload' && event.workload === name && event.state === 'readBack',
    );
    counted.set(ops, whole ? count(ops, journal.readBacks[name] ?? []) : undefined);
  }
  return counted.get(ops);
}

function count(ops: Ops, copies: readonly ReadBack[]): LedgerCount | undefined {
  if (!ops.header.records) return countLedger(ops, copies);
  const consumed = countConsumed(ops, copies);
  return consumed === undefined ? undefined : { ...consumed, failedButFound: 0, divergentCopies: 0 };
}

/** From the oldest lost write to the fault, or to the newest lost one when that was acknowledged later. */
export function lostWindow(ledger: LedgerCount, fault: FaultTimes | undefined): Bounds | undefined {
  const { firstLostMs, lastLostMs } = ledger;
  if (firstLostMs === undefined || lastLostMs === undefined) return undefined;
  const lowMs = Math.max(lastLostMs, fault?.notBeforeMs ?? lastLostMs) - firstLostMs;
  return { lowMs, highMs: Math.max(lastLostMs, fault?.byMs ?? lastLostMs) - firstLostMs };
}

/** Undefined when a unit has no copy that counts. */
export function countLedger(ops: Ops, readBacks: readonly ReadBack[]): LedgerCount | undefined {
  const { units } = ops.header;
  const copies = units.flatMap((unit) => readBacks.find((copy) => copy.unit === unit && copy.authoritative) ?? []);
  if (copies.length === 0 || copies.length < units.length) return undefined;
  const tallies = copies.map((copy, unit) => tally(ops, unit, copy));
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, one) => total + of(one), 0);
  const lostAtMs = tallies.flatMap(({ firstLostMs, lastLostMs, lost }) => (lost > 0 ? [firstLostMs, lastLostMs] : []));
  return {
    lost: sum((one) => one.lost),
    firstLostMs: lostAtMs.length === 0 ? undefined : Math.min(...lostAtMs),
    lastLostMs: lostAtMs.length === 0 ? undefined : Math.max(...lostAtMs),
    duplicates: sum((one) => one.duplicates),
    reordered: sum((one) => one.reordered),
    notReached: 0,
    failedButFound: sum((one) => one.failedButFound),
    foreign: sum((one) => one.foreign),
    divergentCopies: readBacks.filter((copy) => !copy.authoritative && !sameValues(copy, copies)).length,
    lostExamples: tallies.flatMap((one) => one.lostExamples).slice(0, EXAMPLES),
  };
}

const EXAMPLES = 100;

interface Tally {
  lost: number;
  firstLostMs: number;
  lastLostMs: number;
  duplicates: number;
  reordered: number;
  failedButFound: number;
  foreign: number;
  readonly lostExamples: number[];
}

function tally(ops: Ops, unit: number, { values }: ReadBack): Tally {
  const rowOf = rowsByNumber(ops, unit);
  const found = new Uint8Array(rowOf.length);
  const counts: Tally = {
    lost: 0,
    firstLostMs: Number.POSITIVE_INFINITY,
    lastLostMs: Number.NEGATIVE_INFINITY,
    duplicates: 0,
    reordered: 0,
    failedButFound: 0,
    foreign: 0,
    lostExamples: [],
  };
  let latestSentMs = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    const row = (rowOf[value] ?? 0) - 1;
    if (row < 0 || ops.outcome[row] === NOT_SENT) counts.foreign++;
    else if (found[value] === 1) counts.duplicates++;
    else {
      found[value] = 1;
      if (ops.outcome[row] === FAILED) counts.failedButFound++;
      if (ops.outcome[row] === OK && (ops.settledMs[row] ?? 0) < latestSentMs) counts.reordered++;
      latestSentMs = Math.max(latestSentMs, ops.sentMs[row] ?? 0);
    }
  }
  for (let value = 0; value < rowOf.length; value++) {
    const row = (rowOf[value] ?? 0) - 1;
    if (row >= 0 && ops.outcome[row] === OK && found[value] === 0) addLost(counts, value, ops.settledMs[row] ?? 0);
  }
  return counts;
}

function addLost(counts: Tally, value: number, settledMs: number): void {
  counts.lost++;
  if (counts.lostExamples.length < EXAMPLES) counts.lostExamples.push(value);
  counts.firstLostMs = Math.min(counts.firstLostMs, settledMs);
  counts.lastLostMs = Math.max(counts.lastLostMs, settledMs);
}

/** Operation number of one unit → row + 1; 0 = there is no such operation. Numbers are a unit's own. */
function rowsByNumber(ops: Ops, unit: number): Uint32Array {
  let most = -1;
  for (let row = 0; row < ops.count; row++) if (ops.unit[row] === unit) most = Math.max(most, ops.i[row] ?? 0);
  const rows = new Uint32Array(most + 1);
  for (let row = 0; row < ops.count; row++) if (ops.unit[row] === unit) rows[ops.i[row] ?? 0] = row + 1;
  return rows;
}

function sameValues(copy: ReadBack, counting: readonly ReadBack[]): boolean {
  const original = counting.find((other) => other.unit === copy.unit)?.values;
  return (
    original !== undefined &&
    original.length === copy.values.length &&
    original.every((value, at) => value === copy.values[at])
  );
}
