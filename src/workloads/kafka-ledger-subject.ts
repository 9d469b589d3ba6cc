// The subject: a client library as an application has it.
import { setTimeout as sleep } from 'node:timers/promises';
import { failureOfSubject } from '../clients/kafka-outcome.ts';
import type { KafkaSubject, KafkaSubjectOptions, KafkaSubjectProfile } from '../clients/kafka-subject.ts';
import {
  type KafkaLedgerClient,
  type KafkaLedgerClientOptions,
  recordOf,
  startWithinMs,
} from './kafka-ledger-terms.ts';
import { OK } from './open-loop-operation.ts';

export interface KafkaSubjectChoice {
  open(options: KafkaSubjectOptions): KafkaSubject;
  readonly profile: KafkaSubjectProfile;
}

export async function openKafkaSubject(
  options: KafkaLedgerClientOptions,
  { open, profile }: KafkaSubjectChoice,
): Promise<KafkaLedgerClient> {
  const subject = open({ ...options.terms, addresses: options.addresses, profile });
  await Promise.race([subject.ready.catch(() => undefined), sleep(startWithinMs, undefined, { ref: false })]);
  return {
    send: async (operation) => {
      try {
        await subject.send(recordOf(operation, options.terms));
        return OK;
      } catch (error) {
        return failureOfSubject(error);
      }
    },
    [Symbol.asyncDispose]: async () => subject[Symbol.dispose](),
  };
}
