import { unitOf } from '../clients/kafka-metadata.ts';
import { createClock } from '../core/clock.ts';
import { DrillError } from '../core/error.ts';
import type { OpsHeader } from '../core/outcome.ts';
import { openKafkaOracle } from './kafka-ledger-oracle.ts';
import { type KafkaSubjectChoice, openKafkaSubject } from './kafka-ledger-subject.ts';
import type { KafkaLedgerClient, KafkaLedgerClientOptions, KafkaLedgerTerms } from './kafka-ledger-terms.ts';
import { serveOpenLoop } from './open-loop-worker.ts';

serveOpenLoop<KafkaLedgerTerms>(async ({ data: terms, context }) => {
  const clock = createClock(context.originNs);
  const client = await openClient(context.client, { terms, addresses: context.addresses, clock });
  const header: OpsHeader = {
    v: 1,
    workload: context.name,
    kind: 'kafka.ledger',
    client: context.client,
    service: terms.service,
    units: terms.partitions.map((partition) => unitOf(terms.topic, partition)),
    spacingMs: 1000 / terms.ratePerSecond,
    deadlineMs: terms.deadlineMs,
    ledger: true,
    okMeans: terms.acks === 'all' ? 'acknowledged by all replicas in sync' : 'acknowledged by the leader',
  };
  return { ...client, header, inFlight: terms.inFlight };
});

/** Only the library that is asked for is loaded: the oracle needs no subject's. */
async function openClient(name: string, options: KafkaLedgerClientOptions): Promise<KafkaLedgerClient> {
  switch (name) {
    case 'oracle':
      return await openKafkaOracle(options);
    case 'kafkajs':
      return await openKafkaSubject(options, { open: await kafkajs(), profile: 'defaults' });
    case 'kafkajs/hardened':
      return await openKafkaSubject(options, { open: await kafkajs(), profile: 'hardened' });
    case 'platformatic':
      return await openKafkaSubject(options, { open: await platformatic(), profile: 'defaults' });
    case 'platformatic/hardened':
      return await openKafkaSubject(options, { open: await platformatic(), profile: 'hardened' });
    default:
      throw new DrillError('INTERNAL', `kafka.ledger has no client ${name}`);
  }
}

async function kafkajs(): Promise<KafkaSubjectChoice['open']> {
  return (await import('../clients/kafkajs.ts')).openKafkajs;
}

async function platformatic(): Promise<KafkaSubjectChoice['open']> {
  return (await import('../clients/platformatic.ts')).openPlatformatic;
}
