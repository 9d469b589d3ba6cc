// Reading a partition by raw fetches: what stands in the log, whatever any client makes of it.
import { fetchV13, kafkaErrorName } from './kafka-api.ts';
import type { KafkaConnection } from './kafka-connection.ts';

/** One record of a log. */
export interface LogRecord {
  readonly offset: number;
  readonly value: Buffer | null;
  /** What its producer (or the broker, by the topic's settings) wrote down: wall clock. */
  readonly timestampMs: number;
}

export interface FetchQuestion {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  /** How long the broker may wait for a record where there is none yet. */
  readonly maxWaitMs: number;
  readonly maxBytes?: number;
  /** How long the answer may take beyond that wait. */
  readonly timeoutMs: number;
}

export interface Fetched {
  /** `NOT_LEADER_OR_FOLLOWER`, `OFFSET_OUT_OF_RANGE`, …; undefined = none. */
  readonly error: string | undefined;
  readonly highWatermark: number;
  readonly logStart: number;
  /** From the offset that was asked for. Control records are left out. */
  readonly records: readonly LogRecord[];
  /** Where to go on. */
  readonly next: number;
}

type Answer = Awaited<ReturnType<typeof fetchV13.api.async>>;
type Partition = Answer['responses'][number]['partitions'][number];

/** Asks the partition's leader, without a fetch session. Rejects when there is no answer by the deadline. */
export async function fetchRecords(connection: KafkaConnection, question: FetchQuestion): Promise<Fetched> {
  const { topicId, partition, offset, maxWaitMs, maxBytes = DEFAULT_BYTES, timeoutMs } = question;
  const asked = {
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: BigInt(offset),
    lastFetchedEpoch: -1,
    partitionMaxBytes: maxBytes,
  };
  const topics = [{ topicId, partitions: [asked] }];
  const answer = await connection.ask(
    fetchV13.api,
    [maxWaitMs, 1, maxBytes, READ_UNCOMMITTED, 0, NO_SESSION, topics, [], ''],
    maxWaitMs + timeoutMs,
  );
  const found = answer.responses[0]?.partitions[0];
  if (found === undefined) return { ...nothing(offset), error: kafkaErrorName(answer.errorCode) };
  return fetchedOf(found, offset);
}

const DEFAULT_BYTES = 1024 * 1024;
const READ_UNCOMMITTED = 0;
const NO_SESSION = -1;
const CONTROL = 0x20;

function fetchedOf(partition: Partition, offset: number): Fetched {
  const error = partition.errorCode === 0 ? undefined : kafkaErrorName(partition.errorCode);
  let next = offset;
  const records: LogRecord[] = [];
  for (const batch of partition.records ?? []) {
    const first = Number(batch.firstOffset);
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
    if ((batch.attributes & CONTROL) !== 0) continue;
    for (const record of batch.records) {
      const at = first + record.offsetDelta;
      // A batch is answered whole, also when it begins before what was asked for.
      if (at < offset) continue;
      const timestampMs = Number(batch.firstTimestamp + record.timestampDelta);
      records.push({ offset: at, value: record.value, timestampMs });
    }
  }
  const { highWatermark, logStartOffset } = partition;
  return { error, highWatermark: Number(highWatermark), logStart: Number(logStartOffset), records, next };
}

function nothing(offset: number): Omit<Fetched, 'error'> {
  return { highWatermark: -1, logStart: -1, records: [], next: offset };
}
