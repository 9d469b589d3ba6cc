// THE table of what a record became that Kafka did not simply acknowledge: surely not appended, or it may have been. A
// record that was called failed here and is found when everything is read back is a finding about this table.
// Read in apache/kafka (trunk, 2026): ReplicaManager.appendRecords, Partition.appendRecordsToLeader, DelayedProduce.
import { kafkaErrorName } from './kafka-api.ts';

export interface KafkaFailure {
  readonly outcome: 'failed' | 'unknown';
  readonly errorCode: string;
}

/** What the broker answered about one record. */
export interface ProduceAnswer {
  readonly errorCode: number;
  /** Where it was appended; -1: it was not. */
  readonly baseOffset: bigint;
}

/**
 * What stops an append before it begins. Two of them (UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER) are also said
 * of records that were appended, when the broker loses the partition while they wait for acknowledgements (DelayedProduce,
 * cases A and B): such an answer keeps the offset at which they were appended.
 */
const refusals: ReadonlySet<string> = new Set([
  'NOT_ENOUGH_REPLICAS', // ISR below min.insync.replicas, acks=all: Partition.appendRecordsToLeader throws before it appends
  'NOT_LEADER_OR_FOLLOWER', // getPartitionOrException, or no leader log in appendRecordsToLeader
  'UNKNOWN_TOPIC_OR_PARTITION', // ReplicaManager.getPartitionOrException
  'UNKNOWN_TOPIC_ID',
  'INVALID_TOPIC_EXCEPTION', // an internal topic: ReplicaManager.appendToLocalLog
  'INVALID_REQUIRED_ACKS', // ReplicaManager.appendRecords
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'MESSAGE_TOO_LARGE', // UnifiedLog.append validates the whole batch first
  'RECORD_LIST_TOO_LARGE',
  'CORRUPT_MESSAGE',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'UNSUPPORTED_VERSION', // KafkaApis, before the request is read
  'TOPIC_AUTHORIZATION_FAILED', // KafkaApis.handleProduceRequest
  'CLUSTER_AUTHORIZATION_FAILED',
  'OUT_OF_ORDER_SEQUENCE_NUMBER', // ProducerAppendInfo: the batch is refused as a whole
  'INVALID_PRODUCER_EPOCH',
  'UNKNOWN_PRODUCER_ID',
]);

/** Undefined = acknowledged. */
export function failureOf({ errorCode, baseOffset }: ProduceAnswer): KafkaFailure | undefined {
  if (errorCode === 0) return undefined;
  const name = kafkaErrorName(errorCode);
  // Everything else may have been appended: REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND, KAFKA_STORAGE_ERROR, …
  return { outcome: refusals.has(name) && baseOffset < 0n ? 'failed' : 'unknown', errorCode: name };
}

/** Nobody leads the partition: there is no broker to connect to. */
export class NobodyLeads extends Error {
  readonly code = 'LEADER_NOT_AVAILABLE';
  override readonly name = 'NobodyLeads';
}

/** There was no connection to write to. */
export function unsent(error: unknown): KafkaFailure {
  const telling = codesOf(error).find((code) => code === 'ECONNREFUSED' || code === 'LEADER_NOT_AVAILABLE');
  return { outcome: 'failed', errorCode: telling ?? 'NOT_CONNECTED' };
}

/** It was written, and its answer did not come: it may have been applied. */
export function unanswered(error: unknown): KafkaFailure {
  return { outcome: 'unknown', errorCode: codesOf(error).find((code) => code.startsWith('E')) ?? 'EOF' };
}

/**
 * What a subject says. It has sent again by itself, nobody knows how often: what refused the last attempt says nothing of
 * those before, so that it is never `failed`. The name is that of Kafka's error where there is one.
 */
export function failureOfSubject(error: unknown): KafkaFailure {
  const chain = chainOf(error);
  const kafka = chain.map(kafkaNameOf).find((name) => name !== undefined);
  const system = codesOf(error).find((code) => /^E[A-Z]+$/.test(code));
  return { outcome: 'unknown', errorCode: kafka ?? system ?? ownNameOf(chain.at(-1)) };
}

/** kafkajs calls it `type`, @platformatic/kafka `apiId`. */
function kafkaNameOf(error: object): string | undefined {
  const { type, apiId } = error as { readonly type?: unknown; readonly apiId?: unknown };
  return [apiId, type].find((name): name is string => typeof name === 'string' && /^[A-Z_]+$/.test(name));
}

/** kafkajs has a name for each of its errors, @platformatic/kafka a code. */
function ownNameOf(error: object | undefined): string {
  if (!(error instanceof Error)) return 'ERROR';
  return error.name === 'Error' ? (codesOf(error)[0] ?? 'ERROR') : error.name;
}

function codesOf(error: unknown): readonly string[] {
  return chainOf(error).flatMap((each) => ('code' in each && typeof each.code === 'string' ? [each.code] : []));
}

/** An error, what caused it, and what it is made of, from the outside in. */
export function chainOf(error: unknown, depth = 0): readonly object[] {
  if (typeof error !== 'object' || error === null || depth > 8) return [];
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  const inner: readonly unknown[] = [cause, ...(Array.isArray(errors) ? errors : [])];
  return [error, ...inner.flatMap((each) => chainOf(each, depth + 1))];
}
