// From lines of a program that reads to what became of each record: processed, set aside, or passed over.
import type { Outcome } from '../core/outcome.ts';
import { type ClockOffset, toRunMs } from './command-clock.ts';
import type { CommittedLine, ConsumedLine, DeadLetteredLine, ProcessedLine } from './command-protocol.ts';
import { unitIndex } from './command-protocol.ts';
import type { OpsRecorder } from './open-loop-recorder.ts';

/** A time that lies ahead by more than this was not read from the clock of the handshake. */
const aheadMs = 10;

export type ConsumerLine = ConsumedLine | ProcessedLine | CommittedLine | DeadLetteredLine;

export interface ConsumptionOptions {
  readonly units: readonly string[];
  readonly offset: ClockOffset;
  readonly recorder: Pick<OpsRecorder, 'record'>;
  /** On the run's clock. */
  nowMs(): number;
}

interface Consumed {
  readonly i: number;
  readonly sentMs: number;
  settled: boolean;
  committed: boolean;
}

interface Unit {
  readonly records: Map<number, Consumed>;
  /** In the order in which they were consumed, up to what was committed: the rest is still to be. */
  uncommitted: Consumed[];
  /** Numbers in the order of processing; what was processed again is there again. */
  readonly order: number[];
}

/**
 * Each record is an operation of its own, sent when it was produced and settled when it was processed for the first time.
 * What is consumed or processed again is counted, and makes no other operation.
 */
export class Consumption {
  readonly #options: ConsumptionOptions;
  readonly #errorMs: number;
  readonly #units: readonly Unit[];

  constructor(options: ConsumptionOptions) {
    this.#options = options;
    this.#errorMs = Math.ceil(options.offset.errorNs / 1000) / 1000;
    this.#units = options.units.map(() => ({ records: new Map(), uncommitted: [], order: [] }));
  }

  /** Throws an Error that says what is wrong. */
  take(line: ConsumerLine): void {
    const index = unitIndex(this.#options.units, line.unit);
    const unit = this.#units[index];
    if (unit === undefined) return;
    const atMs = this.#time(line.at);
    if ('consumed' in line) this.#consumed(unit, line, atMs);
    else if ('processed' in line) this.#settle({ unit, index, i: line.processed }, atMs);
    else if ('committed' in line) this.#commit(unit, line.committed);
    else this.#settle({ unit, index, i: line.deadLettered }, atMs, line.code ?? 'DEAD_LETTERED');
  }

  /** No line comes any more: what was consumed and not settled was passed over if it was committed. */
  finish(): void {
    const nowMs = this.#options.nowMs();
    for (const [index, { records }] of this.#units.entries()) {
      for (const record of records.values()) {
        if (record.settled) continue;
        const errorCode = record.committed ? 'NOT_PROCESSED' : 'NOT_REACHED';
        this.#record(record, { index, settledMs: Math.max(nowMs, record.sentMs), outcome: 'failed', errorCode });
      }
    }
  }

  /** Of a unit, by its number. */
  order(index: number): readonly number[] {
    return this.#units[index]?.order ?? [];
  }

  #consumed(unit: Unit, { consumed: i, produced }: ConsumedLine, atMs: number): void {
    // Of the run already: that is how it stands in a ledger's record.
    const sentMs = produced === undefined ? atMs : Math.min(produced / 1e6, atMs);
    const record = unit.records.get(i) ?? { i, sentMs, settled: false, committed: false };
    unit.records.set(i, record);
    unit.uncommitted.push(record);
  }

  #settle(
    { unit, index, i }: { readonly unit: Unit; readonly index: number; readonly i: number },
    atMs: number,
    errorCode?: string,
  ): void {
    const record = unit.records.get(i);
    if (record === undefined) throw new Error(`record ${i} was processed and never consumed`);
    if (errorCode === undefined) unit.order.push(i);
    if (record.settled) return;
    record.settled = true;
    const settledMs = Math.max(atMs + this.#errorMs, record.sentMs);
    this.#record(record, { index, settledMs, outcome: errorCode === undefined ? 'ok' : 'failed', errorCode });
  }

  #commit(unit: Unit, i: number): void {
    const last = unit.uncommitted.findLastIndex((record) => record.i === i);
    if (last < 0 && !unit.records.has(i)) throw new Error(`record ${i} was committed and never consumed`);
    for (const record of unit.uncommitted.slice(0, last + 1)) record.committed = true;
    unit.uncommitted = unit.uncommitted.slice(last + 1);
  }

  #record(
    { i, sentMs }: Consumed,
    how: { index: number; settledMs: number; outcome: Outcome; errorCode: string | undefined },
  ): void {
    const { index: unit, settledMs, outcome, errorCode } = how;
    this.#options.recorder.record({ i, unit, dueMs: sentMs, sentMs, settledMs, outcome, errorCode });
  }

  #time(atNs: number): number {
    const ms = toRunMs(atNs, this.#options.offset);
    const ahead = ms - this.#options.nowMs() - this.#errorMs;
    if (ahead > aheadMs)
      throw new Error(`"at" is ${Math.round(ahead)} ms ahead of the clock that answered the handshake`);
    return ms;
  }
}
