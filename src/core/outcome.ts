/** What became of an operation. `unknown`: it may have been applied. `notSent`: held back, counts as no service. */
export type Outcome = 'ok' | 'failed' | 'unknown' | 'notSent';
export const OUTCOMES: readonly Outcome[] = ['ok', 'failed', 'unknown', 'notSent'];

/**
 * Every operation of one workload, in columns (5 million of them fit in 200 MB). Row order is the file's; operation
 * number `i` is also its value id in the ledger, so that lost ones are found with a bitset.
 */
export interface Ops {
  readonly header: OpsHeader;
  readonly count: number;
  readonly i: Uint32Array;
  /** Index into `header.units`. */
  readonly unit: Uint16Array;
  readonly dueMs: Float64Array;
  readonly sentMs: Float64Array;
  readonly settledMs: Float64Array;
  /** Index into OUTCOMES. */
  readonly outcome: Uint8Array;
  /** Index into `errorCodes`; 0 = none. */
  readonly error: Uint16Array;
  readonly errorCodes: readonly string[];
  /** Last line cut off by a crash of the runner: it is left out and counted here. */
  readonly truncatedLines: number;
}

export interface OpsHeader {
  readonly v: 1;
  readonly workload: string;
  readonly kind: string;
  readonly client: string;
  /** The service that it uses, by its name in the cluster; undefined where nobody can say. */
  readonly service?: string;
  readonly units: readonly string[];
  /** 1000 / rate, per unit. */
  readonly spacingMs: number;
  readonly deadlineMs: number;
  /** True if ok promises that the write is kept: the ledger is read back and lost ones are counted. */
  readonly ledger: boolean;
  /**
   * True if operations are records of a log that were processed: i is the record's, sent when it was produced, settled when
   * it was processed for the first time. What is read back is the log, and beside it the order of processing; what is in
   * the log and was not processed failed, `NOT_PROCESSED` when its reader had gone on, or else `NOT_REACHED`.
   */
  readonly records?: boolean;
  /** Free words on what ok means, for findings: `WAIT 1`, `status 200-299`. */
  readonly okMeans: string;
}

/** What was read back of one unit from one place, in the order in which it stood there. */
export interface ReadBack {
  readonly unit: string;
  /** The node that it was read from. */
  readonly from: string;
  /** True for the copy that counts (the primary that all agree on); others are compared with it. */
  readonly authoritative: boolean;
  /** Operation numbers in stored order. */
  readonly values: Uint32Array;
}
