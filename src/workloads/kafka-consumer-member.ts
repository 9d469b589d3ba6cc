// One member of a consumer: a process of its own, so that it can be killed, suspended and stopped like any application.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumedRecord, KafkaConsumer, KafkaConsumerOptions } from '../clients/kafka-consumer.ts';
import { describeFailure } from '../clients/kafka-consumer.ts';
import type { KafkaSubjectProfile } from '../clients/kafka-subject.ts';
import { type Clock, createClock } from '../core/clock.ts';
import type { MemberLine, MemberOrder, MemberSetup } from './kafka-consumer-terms.ts';
import { decodeRecord } from './kafka-record.ts';

/** Where lines go: a pipe that is written at once and whole, so that nothing said is lost with the process. */
const LINES = 3;

let consumer: KafkaConsumer | undefined;

process.on('message', (order: MemberOrder) => {
  switch (order.type) {
    case 'setup':
      void start(order.setup);
      break;
    case 'pause':
      consumer?.setPaused(order.paused);
      break;
    case 'seek':
      consumer?.seek?.(order.topic, order.partition, order.offset);
      break;
  }
});
process.once('disconnect', () => process.exit(1));
process.once('SIGTERM', () => void stop());

async function start(setup: MemberSetup): Promise<void> {
  try {
    consumer = await open(setup);
  } catch (error) {
    say(['mark', 'crashed', describeFailure(error)]);
    process.exit(1);
  }
}

async function stop(): Promise<void> {
  try {
    await consumer?.[Symbol.asyncDispose]();
  } catch (error) {
    say(['mark', 'failed', describeFailure(error)]);
  }
  process.exit(0);
}

async function open(setup: MemberSetup): Promise<KafkaConsumer> {
  const { client, addresses, member, terms, assigned } = setup;
  const clock = createClock(BigInt(setup.originNs));
  const options: KafkaConsumerOptions = {
    addresses,
    service: terms.service,
    name: member,
    topics: terms.topics,
    process: (record) => take(record, setup, clock),
    tell: (mark, detail) => say(['mark', mark, detail]),
  };
  if (client === 'oracle')
    return (await import('../clients/kafka-reader.ts')).openKafkaReader({ ...options, assigned });
  const [library, hardened] = client.split('/');
  const profile: KafkaSubjectProfile = hardened === 'hardened' ? 'hardened' : 'defaults';
  const { group, commit, sessionTimeoutMs, protocol } = terms;
  const grouped = { ...options, group, commit, sessionTimeoutMs, protocol, profile };
  // A member is up as soon as an application would be: it loads its own library and no other.
  if (library === 'kafkajs') return (await import('../clients/kafkajs-consumer.ts')).openKafkajsConsumer(grouped);
  return (await import('../clients/platformatic-consumer.ts')).openPlatformaticConsumer(grouped);
}

async function take(record: ConsumedRecord, { terms }: MemberSetup, clock: Clock): Promise<void> {
  if (terms.processingMs > 0) await sleep(terms.processingMs);
  const { topic, partition, offset, value, timestampMs } = record;
  const ours = decodeRecord(value);
  if (terms.ledger !== undefined && ours?.ledger !== terms.ledger) return;
  const nowMs = clock.nowMs();
  // Other people's records have a wall clock's time.
  const sentMs = ours === undefined ? nowMs - Math.max(0, Date.now() - timestampMs) : ours.sentNs / 1e6;
  say(['processed', topic, partition, offset, ours?.i ?? offset, Math.min(sentMs, nowMs), nowMs]);
}

function say(line: MemberLine): void {
  try {
    writeSync(LINES, `${JSON.stringify(line)}\n`);
  } catch {
    // Its runner is gone, and with it whoever wanted to know.
    process.exit(1);
  }
}
