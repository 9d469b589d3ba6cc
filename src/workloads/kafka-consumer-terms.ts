// What the runner and the processes of a Kafka consumer say to each other. Everything in it survives as JSON.
import type { CommitMode, ConsumerMark } from '../clients/kafka-consumer.ts';
import type { AddressBook } from '../core/node.ts';

/** What a member is told at its start, as the first message of its runner. */
export interface MemberSetup {
  readonly member: string;
  /** `oracle`, `kafkajs`, … */
  readonly client: string;
  readonly addresses: AddressBook;
  /** A bigint, as text. */
  readonly originNs: string;
  readonly terms: ConsumerTerms;
  /** Of a reader without a group: what this member reads. */
  readonly assigned: readonly AssignedUnit[];
}

export interface ConsumerTerms {
  /** The Kafka service's name in the cluster. */
  readonly service: string;
  readonly topics: readonly string[];
  readonly group: string;
  readonly commit: CommitMode;
  readonly sessionTimeoutMs: number | undefined;
  readonly protocol: 'classic' | 'consumer';
  /** Of each record. */
  readonly processingMs: number;
  /** Only records of this ledger are recorded; undefined = every record. */
  readonly ledger: string | undefined;
}

export interface AssignedUnit {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}

/** What a member is told later. The end of the channel means that its runner is gone: it is to exit at once. */
export type MemberOrder =
  | { readonly type: 'setup'; readonly setup: MemberSetup }
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'seek'; readonly topic: string; readonly partition: number; readonly offset: number };

/**
 * A line of what a member says, one JSON array each, written before anything else happens (and before the commit, where
 * that comes after): what it has done is known whatever ends it.
 */
export type MemberLine =
  /** Topic, partition, offset; operation number; when it was sent and processed, in ms of the run. */
  readonly ['processed', string, number, number, number, number, number] | readonly ['mark', ConsumerMark, string];
