// What the consumers under test, and the reader that we trust, have in common.
import type { AddressBook } from '../core/node.ts';
import type { LogRecord } from './kafka-fetch.ts';
import type { KafkaSubjectProfile } from './kafka-subject.ts';

export interface ConsumedRecord extends LogRecord {
  readonly topic: string;
  readonly partition: number;
}

/** When a group is told how far it has got: before a record was processed, after it, or as the library does by default. */
export type CommitMode = 'beforeProcessing' | 'afterProcessing' | 'auto';

export interface KafkaConsumerOptions {
  readonly addresses: AddressBook;
  /** The service's name in the cluster. */
  readonly service: string;
  /** client.id */
  readonly name: string;
  readonly topics: readonly string[];
  /** Resolves when the record is processed. One at a time. */
  process(record: ConsumedRecord): Promise<void>;
  /** Something of note happened: a word for it, and details for people. */
  tell(mark: ConsumerMark, detail: string): void;
}

export interface KafkaGroupOptions extends KafkaConsumerOptions {
  readonly group: string;
  readonly profile: KafkaSubjectProfile;
  readonly commit: CommitMode;
  /** Undefined = the library's own. */
  readonly sessionTimeoutMs: number | undefined;
  /** `consumer` is KIP-848. */
  readonly protocol: 'classic' | 'consumer';
}

/**
 * `joined`: it is a member (again), and holds what the detail says. `reading`: it reads, and tells nothing of joining: it
 * is in no group, or in one that rebalances without it.
 */
export type ConsumerMark = 'joined' | 'reading' | 'rebalancing' | 'left' | 'commit failed' | 'failed' | 'crashed';

/** Disposing it leaves the group as an application that shuts down does. */
export interface KafkaConsumer extends AsyncDisposable {
  /** Stops taking records, without leaving the group. */
  setPaused(paused: boolean): void;
  /** Goes on from another offset. Missing where the library cannot. */
  seek?(topic: string, partition: number, offset: number): void;
}

export function describeFailure(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
