// The files of operations. `ops/<name>.ndjson`: a header, then one array an operation. `ops/<name>.read.ndjson`: a
// header for each copy that was read back, then its values in stored order, in chunks.
import { type OpsHeader, OUTCOMES, type Outcome } from '../core/outcome.ts';

/** One settled operation; times in milliseconds on the run's clock. */
export interface OpRecord {
  readonly i: number;
  /** Index into the header's units. */
  readonly unit: number;
  readonly dueMs: number;
  readonly sentMs: number;
  readonly settledMs: number;
  readonly outcome: Outcome;
  readonly errorCode?: string | undefined;
}

const outcomeIndex = Object.fromEntries(OUTCOMES.map((outcome, index) => [outcome, index])) as Record<Outcome, number>;

export function encodeHeader(header: OpsHeader): string {
  return `${JSON.stringify(header)}\n`;
}

/** `[i, unit, due, sent, settled, outcome, errorCode]`; the code is left out when there is none. */
export function encodeOp(op: OpRecord): string {
  const code = op.errorCode === undefined ? '' : `,${JSON.stringify(op.errorCode)}`;
  const times = `${micros(op.dueMs)},${micros(op.sentMs)},${micros(op.settledMs)}`;
  return `[${op.i},${op.unit},${times},${outcomeIndex[op.outcome]}${code}]\n`;
}

function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

export interface ReadBackHeader {
  readonly unit: string;
  readonly from: string;
  readonly authoritative: boolean;
}
