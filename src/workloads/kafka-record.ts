// The value of a ledger's record: `fd1 <ledger> <i> <sent>`, padded with blanks. Text, so that whoever looks at the topic
// with Kafka's own tools sees what it is. A consumer tells by it which operation it has read, and how long ago it was sent.
import { crc32 } from 'node:zlib';

const VERSION = 'fd1';

export interface LedgerRecord {
  /** Which ledger it belongs to: several may share a topic. */
  readonly ledger: string;
  /** The operation's number within its unit. */
  readonly i: number;
  /** When it was handed to its client, in ns since the run's origin (CLOCK_MONOTONIC). */
  readonly sentNs: number;
}

/** The longest one: eight digits of ledger, ten of i, sixteen of nanoseconds. */
export const LEAST_RECORD_BYTES = VERSION.length + 1 + 8 + 1 + 10 + 1 + 16;

/** Eight hexadecimal digits for one workload of one run. */
export function ledgerOf(runId: string, workload: string): string {
  return crc32(`${runId}/${workload}`).toString(16).padStart(8, '0');
}

export function encodeRecord({ ledger, i, sentNs }: LedgerRecord, recordBytes: number): Buffer {
  return Buffer.from(`${VERSION} ${ledger} ${i} ${sentNs}`.padEnd(recordBytes), 'latin1');
}

/** Undefined when it is nobody's ledger record, or one of another version. */
export function decodeRecord(value: Buffer | null | undefined): LedgerRecord | undefined {
  if (value == null) return undefined;
  const match = pattern.exec(value.toString('latin1', 0, LEAST_RECORD_BYTES + 1));
  if (match === null) return undefined;
  return { ledger: match[1] ?? '', i: Number(match[2]), sentNs: Number(match[3]) };
}

const pattern = /^fd1 ([0-9a-f]{8}) (\d{1,10}) (\d{1,16})(?: |$)/;

/** Of its own for each record, so that compaction keeps all of them. */
export function keyOf(partition: number, i: number): Buffer {
  return Buffer.from(`${partition}/${i}`, 'latin1');
}
