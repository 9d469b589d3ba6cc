// What the clients under test have in common.
import type { AddressBook } from '../core/node.ts';
import type { RecordToSend } from './kafka-produce.ts';

/** `defaults` are the library's own; `hardened` is what its issue threads recommend for failovers. */
export type KafkaSubjectProfile = 'defaults' | 'hardened';

export interface KafkaSubjectOptions {
  readonly addresses: AddressBook;
  /** The service's name in the cluster. */
  readonly service: string;
  /** client.id */
  readonly name: string;
  readonly profile: KafkaSubjectProfile;
  readonly acks: 'all' | 1;
  readonly idempotence: boolean;
}

/** A producer as an application has it: one client for everything, with its own queue and its own retries. */
export interface KafkaSubject extends Disposable {
  /** Resolves when the library says that the record was acknowledged, whenever that is. */
  send(record: RecordToSend): Promise<void>;
  /** Resolves when it could connect. */
  readonly ready: Promise<void>;
}

/** Addresses to start from, as they are reached from here. */
export function bootstrapOf({
  addresses,
  service,
}: Pick<KafkaSubjectOptions, 'addresses' | 'service'>): readonly string[] {
  return addresses.rows
    .filter((row) => row.service === service && row.role === 'broker')
    .map(({ address }) => `${address.host}:${address.port}`);
}
