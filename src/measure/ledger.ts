// What was acknowledged against what is there: lost, duplicated, reordered, and there although it was refused.
import type { Ops, ReadBack } from '../core/outcome.ts';
import { FAILED, OK } from './operations.ts';

export interface LedgerCount {
  readonly lost: number;
  /** Acknowledged between these two, on the run's clock; undefined when none was lost. */
  readonly firstLostMs: number | undefined;
  readonly lastLostMs: number | undefined;
  readonly duplicates: number;
  /** Acknowledged writes that stand behind one that was only sent after their acknowledgement. */
  readonly reordered: number;
  readonly failedButFound: number;
  /** Copies that do not hold the same values in the same order as the one that counts. */
  readonly divergentCopies: number;
  /** Numbers of up to a hundred lost writes. */
  readonly lostExamples: readonly number[];
}

/** Undefined when a unit has no copy that counts: then nothing can be said of losses. */
export function countLedger(ops: Ops, readBacks: readonly ReadBack[]): LedgerCount | undefined {
  const copies = ops.header.units.map((unit) => readBacks.find((copy) => copy.unit === unit && copy.authoritative));
  if (copies.length === 0 || copies.some((copy) => copy === undefined)) return undefined;
  const rowOf = rowsByNumber(ops);
  const seen = new Uint8Array(rowOf.length);
  let [duplicates, reordered] = [0, 0];
  for (const copy of copies) {
    const counted = walkCopy(copy?.values ?? new Uint32Array(), { ops, rowOf, seen });
    duplicates += counted.duplicates;
    reordered += counted.reordered;
  }
  const divergentCopies = readBacks.filter((copy) => !copy.authoritative && !sameValues(copy, copies)).length;
  return { ...compare(ops, seen), duplicates, reordered, divergentCopies };
}

/** Operation number → row + 1; 0 = there is no such operation. */
function rowsByNumber(ops: Ops): Uint32Array {
  let most = -1;
  for (let row = 0; row < ops.count; row++) most = Math.max(most, ops.i[row] ?? 0);
  const rows = new Uint32Array(most + 1);
  for (let row = 0; row < ops.count; row++) rows[ops.i[row] ?? 0] = row + 1;
  return rows;
}

function walkCopy(
  values: Uint32Array,
  { ops, rowOf, seen }: { readonly ops: Ops; readonly rowOf: Uint32Array; readonly seen: Uint8Array },
): { duplicates: number; reordered: number } {
  let [duplicates, reordered] = [0, 0];
  let latestSentMs = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value >= seen.length) continue;
    if (seen[value] === 1) {
      duplicates++;
      continue;
    }
    seen[value] = 1;
    const row = (rowOf[value] ?? 0) - 1;
    if (row < 0) continue;
    if (ops.outcome[row] === OK && (ops.settledMs[row] ?? 0) < latestSentMs) reordered++;
    latestSentMs = Math.max(latestSentMs, ops.sentMs[row] ?? 0);
  }
  return { duplicates, reordered };
}

function compare(ops: Ops, seen: Uint8Array): Omit<LedgerCount, 'duplicates' | 'reordered' | 'divergentCopies'> {
  let [lost, failedButFound] = [0, 0];
  let [firstLostMs, lastLostMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const lostExamples: number[] = [];
  for (let row = 0; row < ops.count; row++) {
    const number = ops.i[row] ?? 0;
    if (ops.outcome[row] === FAILED && seen[number] === 1) failedButFound++;
    if (ops.outcome[row] !== OK || seen[number] === 1) continue;
    lost++;
    if (lostExamples.length < 100) lostExamples.push(number);
    const settledMs = ops.settledMs[row] ?? 0;
    firstLostMs = Math.min(firstLostMs, settledMs);
    lastLostMs = Math.max(lastLostMs, settledMs);
  }
  const none = lost === 0;
  return {
    lost,
    failedButFound,
    lostExamples,
    firstLostMs: none ? undefined : firstLostMs,
    lastLostMs: none ? undefined : lastLostMs,
  };
}

function sameValues(copy: ReadBack, counting: readonly (ReadBack | undefined)[]): boolean {
  const original = counting.find((other) => other?.unit === copy.unit)?.values;
  return (
    original !== undefined &&
    original.length === copy.values.length &&
    original.every((value, at) => value === copy.values[at])
  );
}
