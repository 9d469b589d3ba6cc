// The rights with which a Kafka node is entered, in the words of each of the client libraries. A password is read when a
// connection needs it, and stands in no options before.
import type { SASLOptions } from '@platformatic/kafka';
import type { SASLOptions as KafkajsSaslOptions } from 'kafkajs';
import { type Access, readSecret } from '../core/access.ts';
import { type Address, type AddressBook, type AddressRow, rowAt } from '../core/node.ts';

/** How one node is entered: an address row is one. */
export type KafkaWay = Pick<AddressRow, 'announced' | 'address' | 'access'>;

/**
 * The way to whoever announces itself as `to`, or is reached there. A broker that is not in the book is taken to be where
 * it says, and to have the others' rights.
 */
export function wayTo(to: Address, book: AddressBook, service: string): KafkaWay {
  const rows = book.rows.filter((row) => row.service === service);
  return rowAt({ ...book, rows }, to) ?? { announced: to, address: to, ...accessOf(book, service) };
}

/** The rights of a service's brokers: clients of theirs have one for all. */
export function accessOf(book: AddressBook, service: string): { readonly access?: Access } {
  const row = book.rows.find(({ service: own, role }) => own === service && role === 'broker');
  return row?.access === undefined ? {} : { access: row.access };
}

/** For @platformatic/kafka, its connections and its clients alike. */
export function platformaticSasl(access: Access | undefined): { readonly sasl?: SASLOptions } {
  if (access?.sasl === undefined) return {};
  const { sasl: mechanism, user = '' } = access;
  return { sasl: { mechanism, username: user, password: () => passwordOf(access) } };
}

const KAFKAJS_MECHANISMS = {
  PLAIN: 'plain',
  'SCRAM-SHA-256': 'scram-sha-256',
  'SCRAM-SHA-512': 'scram-sha-512',
} as const;

/** For kafkajs, which asks for the password each time that it is let in. */
export function kafkajsSasl(access: Access | undefined): { readonly sasl?: KafkajsSaslOptions } {
  if (access?.sasl === undefined) return {};
  const who = { mechanism: KAFKAJS_MECHANISMS[access.sasl], username: access.user ?? '' };
  // Not enumerable: whoever prints or copies these options finds no password in them.
  const sasl = Object.defineProperty(who, 'password', { get: () => passwordOf(access) });
  return { sasl: sasl as KafkajsSaslOptions };
}

function passwordOf({ password }: Access): string {
  return password === undefined ? '' : readSecret(password);
}
