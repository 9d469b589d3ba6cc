// What the runner, the worker and the clients of a Kafka ledger have in common.
import type { RecordToSend } from '../clients/kafka-produce.ts';
import type { Clock } from '../core/clock.ts';
import type { AddressBook } from '../core/node.ts';
import { encodeRecord, keyOf } from './kafka-record.ts';
import type { Operation, Settlement } from './open-loop-operation.ts';

/** Cloned into the worker as it is. */
export interface KafkaLedgerTerms {
  /** The workload's name in the drill; client.id of its connections. */
  readonly name: string;
  /** The Kafka service's name in the cluster. */
  readonly service: string;
  readonly topic: string;
  /** In the order of the units. */
  readonly partitions: readonly number[];
  /** Marks the records of this ledger. */
  readonly ledger: string;
  /** Per partition. */
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
  readonly inFlight?: number | undefined;
  readonly acks: 'all' | 1;
  /** Of subjects. */
  readonly idempotence: boolean;
  readonly recordBytes: number;
}

export interface KafkaLedgerClient extends AsyncDisposable {
  send(operation: Operation): Promise<Settlement>;
}
export interface KafkaLedgerClientOptions {
  readonly terms: KafkaLedgerTerms;
  readonly addresses: AddressBook;
  readonly clock: Clock;
}

/** A healthy start is no outage: clients have this long to get ready. What never does shows in its operations. */
export const startWithinMs = 2000;

export function recordOf({ unit, i, expiresMs }: Operation, terms: KafkaLedgerTerms): RecordToSend {
  const partition = terms.partitions[unit] ?? 0;
  const sentNs = Math.round((expiresMs - terms.deadlineMs) * 1e6);
  const value = encodeRecord({ ledger: terms.ledger, i, sentNs }, terms.recordBytes);
  return { topic: terms.topic, partition, key: keyOf(partition, i), value };
}
