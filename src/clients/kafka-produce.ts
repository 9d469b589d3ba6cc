import { produceV9 } from './kafka-api.ts';
import type { ProduceAnswer } from './kafka-outcome.ts';
import type { KafkaLease } from './kafka-pool.ts';

export interface RecordToSend {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer;
  readonly value: Buffer;
}

export interface ProduceTerms {
  readonly acks: 'all' | 1;
  /** How long the broker may wait for acknowledgements before it answers REQUEST_TIMED_OUT. */
  readonly timeoutMs: number;
}

/** Sends one record, once, without idempotence. Rejects when no answer comes. */
export async function produce(lease: KafkaLease, record: RecordToSend, terms: ProduceTerms): Promise<ProduceAnswer> {
  const acks = terms.acks === 'all' ? -1 : 1;
  const answer = await lease.ask(produceV9.api, [acks, Math.max(1, Math.floor(terms.timeoutMs)), [{ ...record }], {}]);
  const partition = typeof answer === 'boolean' ? undefined : answer.responses[0]?.partitionResponses[0];
  if (partition === undefined) throw new Error('an answer without the partition that was asked for');
  return partition;
}
