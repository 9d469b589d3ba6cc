// The end of a consumer: it is given the time to catch up, and then what it has processed is held against the log itself,
// read by raw fetches through the probes' links.
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchRecords, type LogRecord } from '../clients/kafka-fetch.ts';
import { readCommitted } from '../clients/kafka-groups.ts';
import { type KafkaMetadata, readMetadata } from '../clients/kafka-metadata.ts';
import { type KafkaNodes, openKafkaNodes } from '../clients/kafka-nodes.ts';
import { readHighWatermarks } from '../clients/kafka-offsets.ts';
import { DrillError } from '../core/error.ts';
import type { AddressBook } from '../core/node.ts';
import type { ReadBackHeader } from '../journal/ops-format.ts';

const askWithinMs = 2000;
const maxWaitMs = 100;
const pollMs = 100;

export interface ConsumedLog {
  readonly service: string;
  readonly topics: readonly string[];
  /** Undefined: a reader without a group, whose position is what it has processed. */
  readonly group: string | undefined;
}

/** How far the log goes, and the group says that it has got, by unit. */
export interface LogEnds {
  readonly metadata: KafkaMetadata;
  readonly ends: ReadonlyMap<string, number>;
  readonly committed: ReadonlyMap<string, number>;
}

export function openLogNodes(book: AddressBook, { service }: ConsumedLog): KafkaNodes {
  return openKafkaNodes(book, { timeoutMs: askWithinMs, service, role: 'broker' });
}

/** Rejects when a partition has no leader that answers, or the group no coordinator. */
export async function readLogEnds(nodes: KafkaNodes, book: AddressBook, log: ConsumedLog): Promise<LogEnds> {
  const metadata = await readMetadata(nodes, { book, topics: log.topics });
  const ends = await readHighWatermarks(nodes, metadata);
  const silent = [...metadata.partitions.keys()].find((unit) => !ends.has(unit));
  if (silent !== undefined) throw new Error(`the leader of ${silent} does not answer`);
  const committed = log.group === undefined ? new Map<string, number>() : await readCommitted(nodes, log.group);
  return { metadata, ends, committed };
}

/** Polls until it is so, or time is up: then the last ends that were read. Rejects when none could be read. */
export async function waitUntilRead(
  read: () => Promise<LogEnds>,
  isRead: (ends: LogEnds) => boolean,
  withinMs: number,
): Promise<LogEnds> {
  const until = performance.now() + withinMs;
  let last: LogEnds | undefined;
  let why = 'nobody was asked';
  do {
    const ends = await read().catch((error: unknown) => {
      why = error instanceof Error ? error.message : String(error);
    });
    last = ends ?? last;
    if (ends !== undefined && isRead(ends)) return ends;
    await sleep(pollMs);
  } while (performance.now() < until);
  if (last !== undefined) return last;
  throw new DrillError('WORKLOAD_FAILED', `how far the log goes could not be read: ${why}`, {
    hint: 'give timing.drainWithin more time if the cluster was still recovering',
  });
}

/** Every record of a partition from one offset up to another, in pieces, from its leader. */
export async function* readLog(
  nodes: KafkaNodes,
  metadata: KafkaMetadata,
  { unit, from, to }: { readonly unit: string; readonly from: number; readonly to: number },
): AsyncGenerator<readonly LogRecord[]> {
  const partition = metadata.partitions.get(unit);
  const node = metadata.brokers.get(partition?.leader ?? -1);
  const topicId = metadata.topics.get(partition?.topic ?? '')?.topicId;
  if (partition === undefined || node === undefined || topicId === undefined) throw new Error(`nobody leads ${unit}`);
  for (let offset = from; offset < to; ) {
    const question = { topicId, partition: partition.partition, offset, maxWaitMs, timeoutMs: askWithinMs };
    const fetched = await nodes.ask(node, (connection) => fetchRecords(connection, question));
    if (fetched.error !== undefined) throw new Error(`${unit} at ${offset}: ${fetched.error}`);
    if (fetched.next === offset) throw new Error(`${unit} cannot be read beyond ${offset}`);
    yield fetched.records.filter((record) => record.offset < to);
    offset = fetched.next;
  }
}

export interface Copy extends ReadBackHeader {
  readonly values: readonly number[];
}

export async function writeCopies(file: string, copies: readonly Copy[]): Promise<void> {
  await using out = await open(file, 'w');
  for (const { values, ...header } of copies) {
    await out.write(`${JSON.stringify(header)}\n`);
    for (let at = 0; at < values.length; at += CHUNK) {
      await out.write(`${JSON.stringify(values.slice(at, at + CHUNK))}\n`);
    }
  }
}

const CHUNK = 10_000;
