import { z } from 'zod';
import { readMetadata, unitOf } from '../clients/kafka-metadata.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { readLogStarts } from '../clients/kafka-offsets.ts';
import { onGroup, onTopics } from '../clients/kafka-rights.ts';
import type { Right, Workload, WorkloadContext } from '../core/kinds.ts';
import type { OpsHeader } from '../core/outcome.ts';
import { inService } from '../core/right.ts';
import { duration, rate } from '../core/units.ts';
import { type LeftGroup, removeGroup } from './kafka-consumer-remove.ts';
import { type ConsumerPlan, ConsumerSession } from './kafka-consumer-session.ts';
import type { AssignedUnit } from './kafka-consumer-terms.ts';
import { ledgerOf } from './kafka-record.ts';
import { hintFor, onlyKafka, refusalOf } from './kafka-refusal.ts';

const askWithinMs = 2000;
const name = z.string().min(1);

const refusal = refusalOf('kafka.consumer');

const params = z
  .strictObject({
    topics: z
      .union([name, z.array(name).min(1)])
      .transform((topics) => [topics].flat())
      .describe('what to read; declared under cluster.topics'),
    partitions: z
      .array(name)
      .min(1)
      .optional()
      .describe('of the oracle, which is in no group: only these, as in orders/0; without it, all of the topics'),
    group: name.optional().describe('of the others: the group to join; by default the name of the workload'),
    members: z.int().min(1).max(32).default(1).describe('how many processes read together: <name>#1, <name>#2, …'),
    commit: z
      .enum(['afterProcessing', 'beforeProcessing', 'auto'])
      .default('afterProcessing')
      .describe('when the group is told how far it got; auto: as the library does by itself'),
    processing: duration().default(0).describe('how long each record takes to process, one after another'),
    sessionTimeout: duration()
      .optional()
      .describe('how long a silent member stays in the group; without it, the library’s own'),
    protocol: z
      .enum(['classic', 'consumer'])
      .default('classic')
      .describe('of the group: classic, or consumer (KIP-848; platformatic only)'),
    ledger: name
      .optional()
      .describe('only records of this workload count; without it, all (say it where several write to one topic)'),
    rate: rate().default(100).describe('how often a partition gets a record: that of the ledger that is read'),
    service: z.string().optional().describe('name of the Kafka service, where the cluster has several'),
  })
  .transform(({ processing, sessionTimeout, rate: ratePerSecond, ...rest }) => ({
    ...rest,
    processingMs: processing,
    sessionTimeoutMs: sessionTimeout,
    ratePerSecond,
  }));
type Params = z.output<typeof params>;

/** An operation is a record: sent when it was produced, settled when it was processed. Its latency is end to end. */
export const kafkaConsumer: Workload<Params> = {
  kind: 'kafka.consumer',
  summary: 'Reads topics, alone (the oracle) or as a group of processes that faults may hurt one by one',
  params,
  example: { client: 'kafkajs', with: { topics: 'orders', members: 3 } },
  clients: ['oracle', 'kafkajs', 'kafkajs/hardened', 'platformatic', 'platformatic/hardened'],
  members: ({ members }) => members,
  topics: ({ topics }) => topics,
  workloadNames: ['ledger'],
  groups: ({ group }, name) => [group ?? name],
  rights: ({ topics, group, service }, { name: own, client }) =>
    inService(service, [...onTopics('Read', topics), ...(client === 'oracle' ? [] : ofGroup(group ?? own))]),
  leaves: ({ group, service = null }, { name: own, client }): LeftGroup | null =>
    client === 'oracle' ? null : { service, group: group ?? own },
  revert: removeGroup,
  start: async (asked, cx) => {
    const session = new ConsumerSession(await planOf(asked, cx), cx);
    try {
      await session.start();
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  },
};

/** To be in it, and to delete it where it is ours. */
function ofGroup(group: string): readonly Right[] {
  return [onGroup('Read', group), onGroup('Delete', group)];
}

async function planOf(asked: Params, cx: WorkloadContext): Promise<ConsumerPlan> {
  const {
    service = onlyKafka(cx, refusal, 'cannot tell what to read'),
    group = cx.name,
    ledger,
    members,
    topics,
  } = asked;
  const assigned = cx.client === 'oracle';
  if (!assigned && asked.partitions !== undefined)
    throw refusal(cx, `${cx.client} reads what its group gives it`, 'leave out with.partitions, or use client: oracle');
  if (asked.protocol === 'consumer' && !cx.client.startsWith('platformatic'))
    throw refusal(cx, `${cx.client} does not speak the consumer protocol`, 'use client: platformatic');
  const units = await unitsOf(asked, service, cx);
  const { commit, sessionTimeoutMs, protocol, processingMs } = asked;
  const own = ledger === undefined ? undefined : ledgerOf(cx.runId, ledger);
  const terms = { service, topics, group, commit, sessionTimeoutMs, protocol, processingMs, ledger: own };
  return { terms, members, units, assigned, header: headerOf({ ...asked, service }, units, cx) };
}

async function unitsOf(
  { topics, partitions: only }: Params,
  service: string,
  cx: WorkloadContext,
): Promise<AssignedUnit[]> {
  using nodes = openKafkaNodes(cx.addresses, { timeoutMs: askWithinMs, service, role: 'broker' });
  const metadata = await readMetadata(nodes, { book: cx.addresses, topics }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refusal(cx, `cannot tell what to read: ${why}`, hintFor(why), cause);
  });
  const missing = only?.find((unit) => !metadata.partitions.has(unit));
  if (missing !== undefined)
    throw refusal(cx, `there is no partition ${missing}`, `there is ${[...metadata.partitions.keys()].join(', ')}`);
  const starts = await readLogStarts(nodes, metadata);
  return [...metadata.partitions.values()]
    .filter(({ unit }) => only === undefined || only.includes(unit))
    .map(({ topic, partition }) => ({
      topic,
      topicId: metadata.topics.get(topic)?.topicId ?? '',
      partition,
      offset: starts.get(unitOf(topic, partition)) ?? 0,
    }));
}

function headerOf(
  { ratePerSecond, service }: Pick<Params, 'ratePerSecond'> & { readonly service: string },
  units: readonly AssignedUnit[],
  cx: WorkloadContext,
): OpsHeader {
  return {
    v: 1,
    workload: cx.name,
    kind: 'kafka.consumer',
    client: cx.client,
    service,
    units: units.map(({ topic, partition }) => unitOf(topic, partition)),
    spacingMs: 1000 / ratePerSecond,
    deadlineMs: 1000,
    ledger: false,
    records: true,
    okMeans: 'processed',
  };
}
