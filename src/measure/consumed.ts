// What was processed against what is in the log: never, more than once, out of order, and not in the log any more.
import type { Ops, ReadBack } from '../core/outcome.ts';
import { FAILED } from './operations.ts';

export interface ConsumedCount {
  /** In the log, and never processed although its reader has gone on. */
  readonly lost: number;
  /** The lost ones were sent between these two. */
  readonly firstLostMs: number | undefined;
  readonly lastLostMs: number | undefined;
  /** Never processed, because its reader never got so far. */
  readonly notReached: number;
  /** Processed again after the first time, each time counted. */
  readonly duplicates: number;
  /** Processed for the first time behind one that stands later in the log; undefined where the log was not read. */
  readonly reordered: number | undefined;
  /** Processed, and not in the log (any more). */
  readonly foreign: number;
  /** Numbers of up to a hundred lost ones. */
  readonly lostExamples: readonly number[];
}

const EXAMPLES = 100;

/** Undefined when a unit's order of processing is not there: then nothing was compared. */
export function countConsumed(ops: Ops, copies: readonly ReadBack[]): ConsumedCount | undefined {
  const units = ops.header.units.map((unit) => {
    const own = copies.filter((copy) => copy.unit === unit);
    return { processed: own.find((copy) => !copy.authoritative), log: own.find((copy) => copy.authoritative) };
  });
  if (units.length === 0 || units.some(({ processed }) => processed === undefined)) return undefined;
  const orders = units.map(({ processed, log }) => orderOf(processed?.values ?? new Uint32Array(), log?.values));
  const sum = (of: (order: Order) => number): number => orders.reduce((total, one) => total + of(one), 0);
  const isRead = units.every(({ log }) => log !== undefined);
  return {
    ...unprocessed(ops),
    duplicates: sum((one) => one.duplicates),
    reordered: isRead ? sum((one) => one.reordered) : undefined,
    foreign: sum((one) => one.foreign),
  };
}

function unprocessed(ops: Ops): Omit<ConsumedCount, 'duplicates' | 'reordered' | 'foreign'> {
  const lost: number[] = [];
  let notReached = 0;
  for (let row = 0; row < ops.count; row++) {
    if (ops.outcome[row] !== FAILED) continue;
    const code = ops.errorCodes[ops.error[row] ?? 0];
    if (code === 'NOT_PROCESSED') lost.push(row);
    else if (code === 'NOT_REACHED') notReached++;
  }
  const sentMs = lost.map((row) => ops.sentMs[row] ?? 0).sort((a, b) => a - b);
  return {
    lost: lost.length,
    firstLostMs: sentMs[0],
    lastLostMs: sentMs.at(-1),
    notReached,
    lostExamples: lost.slice(0, EXAMPLES).map((row) => ops.i[row] ?? 0),
  };
}

interface Order {
  duplicates: number;
  reordered: number;
  foreign: number;
}

function orderOf(processed: Uint32Array, log: Uint32Array | undefined): Order {
  const most = processed.reduce((a, b) => Math.max(a, b), log?.reduce((a, b) => Math.max(a, b), 0) ?? 0);
  const placeOf = new Uint32Array(most + 1);
  log?.forEach((i, at) => {
    placeOf[i] = at + 1;
  });
  const seen = new Uint8Array(most + 1);
  const order: Order = { duplicates: 0, reordered: 0, foreign: 0 };
  let farthest = 0;
  for (const i of processed) {
    if (seen[i] === 1) {
      order.duplicates++;
      continue;
    }
    seen[i] = 1;
    if (log === undefined) continue;
    const place = placeOf[i] ?? 0;
    if (place === 0) order.foreign++;
    else if (place < farthest) order.reordered++;
    farthest = Math.max(farthest, place);
  }
  return order;
}
