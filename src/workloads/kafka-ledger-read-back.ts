// Reads a ledger back after the heal: each partition from its leader, once every replica is in sync, and then from each
// other replica. Through the probes' links, which no fault touches.
import { open, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { boundsOf, type PartitionLog, readChunk } from '../clients/kafka-log.ts';
import { type KafkaMetadata, type KafkaPartition, readMetadata, unitOf } from '../clients/kafka-metadata.ts';
import { type KafkaNodes, openKafkaNodes } from '../clients/kafka-nodes.ts';
import { DrillError } from '../core/error.ts';
import type { AddressBook, NodeName } from '../core/node.ts';
import { formatMs } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';
import type { ReadBackHeader } from '../journal/ops-format.ts';
import type { KafkaLedgerTerms } from './kafka-ledger-terms.ts';
import { decodeRecord } from './kafka-record.ts';

const askWithinMs = 5000;
/** A follower's fetch waits this long at most (replica.fetch.wait.max.ms): after it, what the leader had is committed. */
const followersFetchWithinMs = 500;

export interface KafkaReadBackOptions {
  readonly terms: KafkaLedgerTerms;
  readonly probes: AddressBook;
  /** For the whole of it, waiting included. */
  readonly withinMs: number;
  readonly file: string;
  readonly signal: AbortSignal;
}

/**
 * Rejects when some replica is not in sync in time, or when one cannot be read: then nothing is known of lost writes, and
 * there is no file.
 */
export async function readKafkaLedgerBack(options: KafkaReadBackOptions): Promise<void> {
  const { probes, terms, file, withinMs } = options;
  using nodes = openKafkaNodes(probes, {
    timeoutMs: Math.min(askWithinMs, withinMs),
    service: terms.service,
    role: 'broker',
  });
  const within = AbortSignal.any([options.signal, AbortSignal.timeout(withinMs)]);
  const metadata = await untilInSync(nodes, options);
  // Half a copy would look like lost writes: the file is there when it is whole.
  const unfinished = `${file}.unfinished`;
  try {
    await sleep(followersFetchWithinMs, undefined, { signal: within });
    await using out = await open(unfinished, 'w');
    for (const number of terms.partitions) {
      const partition = metadata.partitions.get(unitOf(terms.topic, number));
      if (partition === undefined) throw new Error(`there is no ${unitOf(terms.topic, number)}`);
      await writePartition((text) => out.write(text), { ...options, nodes, metadata, partition, within });
    }
    await rename(unfinished, file);
  } catch (cause) {
    options.signal.throwIfAborted();
    throw within.aborted
      ? cannot(options, 'it was not read to its end', cause)
      : cannot(options, reasonOf(cause), cause);
  } finally {
    await rm(unfinished, { force: true });
  }
}

interface PartitionReading extends KafkaReadBackOptions {
  readonly nodes: KafkaNodes;
  readonly metadata: KafkaMetadata;
  readonly partition: KafkaPartition;
  readonly within: AbortSignal;
}

async function writePartition(write: (text: string) => Promise<unknown>, reading: PartitionReading): Promise<void> {
  const { nodes, metadata, partition } = reading;
  const { unit, leader, epoch, topic, replicas } = partition;
  const topicId = metadata.topics.get(topic)?.topicId ?? '';
  const log: PartitionLog = { topic, topicId, partition: partition.partition, epoch };
  const nodeOf = (broker: number | undefined): NodeName => {
    const node = metadata.brokers.get(broker ?? -1);
    if (node === undefined) throw new Error(`${unit} is on broker ${broker}, which is no node of the cluster`);
    return node;
  };
  const bounds = await nodes.ask(nodeOf(leader), (connection) => boundsOf(connection, log));
  for (const broker of [leader, ...replicas.filter((each) => each !== leader)]) {
    const from = nodeOf(broker);
    const header: ReadBackHeader = { unit, from, authoritative: broker === leader };
    await write(`${JSON.stringify(header)}\n`);
    for (let at = bounds.from; at < bounds.to; ) {
      reading.within.throwIfAborted();
      const chunk = await nodes.ask(from, (connection) => readChunk(connection, log, { at, before: bounds.to }));
      at = chunk.next;
      const numbers = numbersOf(chunk.values, reading.terms.ledger);
      if (numbers.length > 0) await write(`${JSON.stringify(numbers)}\n`);
    }
  }
}

/** Other ledgers' and other people's records are none of ours. */
function numbersOf(values: readonly (Buffer | null)[], ledger: string): readonly number[] {
  return values.flatMap((value) => {
    const record = decodeRecord(value);
    return record?.ledger === ledger ? [record.i] : [];
  });
}

async function untilInSync(nodes: KafkaNodes, options: KafkaReadBackOptions): Promise<KafkaMetadata> {
  const { terms, probes, withinMs, signal } = options;
  let last = 'nobody was asked';
  const ask = async (): Promise<KafkaMetadata | undefined> => {
    const metadata = await readMetadata(nodes, { book: probes, topics: [terms.topic] }).catch(reasonOf);
    const wrong = typeof metadata === 'string' ? metadata : notInSync(metadata);
    if (typeof metadata !== 'string' && wrong === undefined) return metadata;
    last = wrong ?? last;
    return undefined;
  };
  return await waitFor(ask, { withinMs, everyMs: 100, signal, what: 'all replicas to be in sync' }).catch(
    (cause: unknown) => {
      throw signal.aborted ? cause : cannot(options, last, cause);
    },
  );
}

function notInSync({ partitions }: KafkaMetadata): string | undefined {
  for (const { unit, leader, isr, replicas } of partitions.values()) {
    if (leader === undefined) return `nobody leads ${unit}`;
    const missing = replicas.filter((replica) => !isr.includes(replica));
    if (missing.length > 0) return `broker ${missing.join(' and ')} is not in sync for ${unit}`;
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function cannot({ terms, withinMs }: KafkaReadBackOptions, why: string, cause?: unknown): DrillError {
  const message = `${terms.topic} could not be read back within ${formatMs(withinMs)}: ${why}`;
  return new DrillError('WORKLOAD_FAILED', message, {
    hint: 'lost writes cannot be counted; give timing.drainWithin more time if the cluster was still recovering',
    cause,
  });
}
