// What was processed of each unit: what first, what again, and how far.
import type { OpRecord } from '../journal/ops-format.ts';

/** One record that a member has processed. */
export interface ProcessedRecord {
  readonly unit: number;
  readonly offset: number;
  readonly i: number;
  readonly sentMs: number;
  readonly processedMs: number;
}

/** By the moment at which the runner heard of it, which is the order of processing within a partition. */
export class Processed {
  readonly #units: readonly UnitProcessed[];

  constructor(units: number) {
    this.#units = Array.from({ length: units }, () => new UnitProcessed());
  }

  /** The operation that it makes; undefined when the record had been processed before. */
  add({ unit, offset, i, sentMs, processedMs }: ProcessedRecord): OpRecord | undefined {
    const own = this.#units[unit];
    if (own === undefined || !own.add(offset, i)) return undefined;
    return { i, unit, dueMs: sentMs, sentMs, settledMs: processedMs, outcome: 'ok' };
  }

  has(unit: number, offset: number): boolean {
    return this.#units[unit]?.has(offset) ?? false;
  }

  /** The offset behind the last one that was processed; undefined when none was. */
  next(unit: number): number | undefined {
    return this.#units[unit]?.next;
  }

  /** Operation numbers in the order of processing; what was processed again is there again. */
  order(unit: number): readonly number[] {
    return this.#units[unit]?.order ?? [];
  }
}

class UnitProcessed {
  readonly order: number[] = [];
  next: number | undefined;
  readonly #seen = new Set<number>();

  has(offset: number): boolean {
    return this.#seen.has(offset);
  }

  /** False: it was there before. */
  add(offset: number, i: number): boolean {
    this.order.push(i);
    if (this.#seen.has(offset)) return false;
    this.#seen.add(offset);
    this.next = Math.max(this.next ?? 0, offset + 1);
    return true;
  }
}
