import { extname } from 'node:path';
import { z } from 'zod';
import { type KafkaMetadata, readMetadata } from '../clients/kafka-metadata.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { onTopic } from '../clients/kafka-rights.ts';
import type { Workload, WorkloadContext } from '../core/kinds.ts';
import { inService } from '../core/right.ts';
import { duration, rate } from '../core/units.ts';
import { readKafkaLedgerBack } from './kafka-ledger-read-back.ts';
import type { KafkaLedgerTerms } from './kafka-ledger-terms.ts';
import { LEAST_RECORD_BYTES, ledgerOf } from './kafka-record.ts';
import { hintFor, onlyKafka, refusalOf } from './kafka-refusal.ts';
import { startWorker } from './open-loop-thread.ts';

/** Its extension is that of this file: `.js` in a package. */
const worker = new URL(`./kafka-ledger-worker${extname(import.meta.url)}`, import.meta.url);

const askWithinMs = 2000;

const refusal = refusalOf('kafka.ledger');

const params = z
  .strictObject({
    topic: z.string().min(1).describe('where to write; declared under cluster.topics'),
    partitions: z.array(z.int().min(0)).min(1).optional().describe('only these; without it, all of the topic'),
    rate: rate()
      .default(100)
      .describe('records a second to each partition, each due by the clock whatever became of those before'),
    deadline: duration().default(500).describe('a record that is not settled by then may have been written: unknown'),
    acks: z
      .union([z.literal('all'), z.literal(1)])
      .default('all')
      .describe('who must have it before it counts as ok: all replicas in sync, or 1, the leader alone'),
    idempotence: z
      .boolean()
      .default(false)
      .describe('an idempotent producer, for clients that send again by themselves; the oracle never does'),
    inFlight: z
      .int()
      .min(1)
      .optional()
      .describe('records that may wait at once, per partition; by default rate × deadline, at most 64'),
    recordBytes: z
      .int()
      .min(LEAST_RECORD_BYTES)
      .max(1_000_000)
      .default(100)
      .describe('the value of each record is padded to this length'),
    service: z.string().optional().describe('name of the Kafka service, where the cluster has several'),
  })
  .transform(({ rate: ratePerSecond, deadline: deadlineMs, ...rest }) => ({ ...rest, ratePerSecond, deadlineMs }));
type Params = z.output<typeof params>;

/** Every record is an element of its own: `workloads/kafka-record.ts` says what stands in it. */
export const kafkaLedger: Workload<Params> = {
  kind: 'kafka.ledger',
  summary: 'Writes numbered records to every partition of a topic, and reads all of them back when the drill is over',
  params,
  example: { with: { topic: 'orders', rate: '100/s' } },
  clients: ['oracle', 'kafkajs', 'kafkajs/hardened', 'platformatic', 'platformatic/hardened'],
  topics: ({ topic }) => [topic],
  rights: ({ topic, service }) => inService(service, [onTopic('Write', topic), onTopic('Read', topic)]),
  start: async (asked, cx) => {
    const terms = await termsOf(asked, cx);
    return await startWorker({
      module: worker,
      data: terms,
      context: cx,
      readBack: (probes, withinMs) =>
        readKafkaLedgerBack({ terms, probes, withinMs, file: cx.readBackFile, signal: cx.signal }),
    });
  },
};

async function termsOf(asked: Params, cx: WorkloadContext): Promise<KafkaLedgerTerms> {
  const { service = onlyKafka(cx, refusal, 'cannot tell where to write'), partitions: only, ...rest } = asked;
  if (asked.idempotence && asked.acks !== 'all') {
    throw refusal(cx, 'idempotence needs acks: all', 'leave one of them out');
  }
  const there = [...(await metadataOf(asked.topic, service, cx)).partitions.values()].map(({ partition }) => partition);
  const missing = only?.find((partition) => !there.includes(partition));
  if (missing !== undefined) {
    throw refusal(cx, `${asked.topic} has no partition ${missing}`, `it has ${there.join(', ')}`);
  }
  const ledger = ledgerOf(cx.runId, cx.name);
  return { ...rest, name: cx.name, service, ledger, partitions: [...new Set(only ?? there)] };
}

async function metadataOf(
  topic: string,
  service: string,
  { addresses, name }: WorkloadContext,
): Promise<KafkaMetadata> {
  using nodes = openKafkaNodes(addresses, { timeoutMs: askWithinMs, service, role: 'broker' });
  try {
    return await readMetadata(nodes, { book: addresses, topics: [topic] });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refusal({ name }, `cannot tell where to write: ${why}`, hintFor(why), cause);
  }
}
