import { z } from 'zod';
import { throughOneBroker } from '../clients/kafka-admin.ts';
import { checkAllowed } from '../clients/kafka-denied.ts';
import { deleteMadeTopics, type MadeTopic } from '../clients/kafka-made-topics.ts';
import { type KafkaPartition, readMetadata } from '../clients/kafka-metadata.ts';
import { type KafkaNodes, openKafkaNodes } from '../clients/kafka-nodes.ts';
import { outOfIsr } from '../clients/kafka-replication.ts';
import { onTopic } from '../clients/kafka-rights.ts';
import { createTopics, type TopicAnswer } from '../clients/kafka-topics.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { Action, ActionContext } from '../core/kinds.ts';
import { type AddressBook, PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';
import { duration } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';

const params = z
  .strictObject({
    topic: z.string().min(1).describe('its name; one that exists is an error'),
    partitions: z.int().min(1).default(1).describe('how many partitions it gets'),
    replicationFactor: z.int().min(1).default(3).describe('replicas of each, on the brokers that are unfenced'),
    config: z.record(z.string(), z.string()).default({}).describe('settings of the topic: `min.insync.replicas: "2"`'),
    within: duration().default(10_000).describe('how long until every partition must have a leader and a whole ISR'),
    service: z.string().optional().describe('name of the service, when the cluster has several'),
  })
  .transform(({ within, ...rest }) => ({ ...rest, withinMs: within }));
type Params = z.output<typeof params>;

/** Undone at the end of the run: the topic is deleted, unless another one of that name has taken its place. */
export const kafkaCreateTopic: Action<Params> = {
  kind: 'kafka.create-topic',
  summary: 'Creates a topic, and waits until all of its replicas are in step; it is deleted at the end of the run',
  params,
  example: { with: { topic: 'drill-orders', partitions: 3 } },
  needsTargets: false,
  undoneBy: 'deleting the topic when the workloads have stopped',
  needs: () => [],
  rights: ({ topic, service }) => inService(service, [onTopic('Create', topic), onTopic('Delete', topic)]),
  run: (input, cx) => create(input.params, cx),
  revert: async (record, cx) => {
    const book = cx.cluster.addresses(PROBE);
    const { service, ...made } = record.prior as unknown as Prior;
    using nodes = openKafkaNodes(book, { timeoutMs: 1000, service: service ?? undefined, role: 'broker' });
    const deleting = { book, withinMs: record.deadlineMs, signal: cx.signal };
    const [summary = ''] = await deleteMadeTopics(nodes, [made], deleting);
    return { summary, facts: { ...made } };
  },
};

interface Prior extends MadeTopic {
  readonly service: string | null;
}
interface Admin {
  readonly nodes: KafkaNodes;
  readonly book: AddressBook;
}

async function create(wanted: Params, cx: ActionContext): Promise<Evidence> {
  const { topic, withinMs } = wanted;
  const book = cx.cluster.addresses(PROBE);
  using nodes = openKafkaNodes(book, { timeoutMs: 1000, service: wanted.service, role: 'broker' });
  const metadata = await readMetadata(nodes, { book });
  if (metadata.topics.has(topic))
    throw new DrillError('FAULT_NOT_PROVED', `topic "${topic}" exists already, and is none of ours`);
  const replicas = spread([...metadata.brokers.keys()], wanted);
  const prior = { topic, topicId: null, service: wanted.service ?? null };
  await cx.undoWith(prior);
  const calledMs = cx.clock.nowMs();
  const asked = { name: topic, replicas, config: wanted.config };
  const [answer] = await throughOneBroker(nodes, (broker) => createTopics(broker, [asked], withinMs), metadata);
  if (answer?.error !== undefined) {
    // Somebody was faster: it is theirs.
    if (answer.error === 'TOPIC_ALREADY_EXISTS') await cx.undoWith(null);
    throw notCreated(answer);
  }
  const { topicId, partitions } = await untilWhole(wanted, { nodes, book }, cx.signal);
  await cx.undoWith({ ...prior, topicId });
  const tookMs = Math.round(cx.clock.nowMs() - calledMs);
  const leaders = Object.fromEntries(partitions.map(({ unit, leader }) => [unit, leader ?? null]));
  return {
    summary: `topic ${topic} with ${partitions.length} partitions, all replicas in step after ${tookMs} ms`,
    facts: { topic, topicId, leaders, tookMs },
  };
}

async function untilWhole(
  { topic, partitions: count, withinMs }: Params,
  { nodes, book }: Admin,
  signal: AbortSignal,
): Promise<{ readonly topicId: string; readonly partitions: readonly KafkaPartition[] }> {
  const ask = async () => {
    const { topics, partitions } = await readMetadata(nodes, { book });
    const own = [...partitions.values()].filter((each) => each.topic === topic);
    const whole = own.every((each) => each.leader !== undefined && outOfIsr(each).length === 0);
    const topicId = topics.get(topic)?.topicId;
    return own.length === count && whole && topicId !== undefined ? { topicId, partitions: own } : undefined;
  };
  return waitFor(ask, {
    withinMs,
    everyMs: 50,
    signal,
    what: `topic ${topic} to have leaders and all replicas in step`,
  });
}

function notCreated({ name, errorCode, error, message }: TopicAnswer): DrillError {
  checkAllowed(errorCode, 'CreateTopics', onTopic('Create', name));
  return new DrillError('FAULT_NOT_PROVED', `topic "${name}" was not created: ${error} ${message}`.trimEnd());
}

/** Each partition begins at another broker, so that the leaders are spread. */
function spread(
  brokers: readonly number[],
  { topic, partitions, replicationFactor }: Params,
): readonly (readonly number[])[] {
  if (replicationFactor > brokers.length) {
    throw new DrillError(
      'FAULT_NOT_PROVED',
      `topic "${topic}" cannot have ${replicationFactor} replicas: ${brokers.length} brokers are there`,
      { hint: 'Lower `replicationFactor`.' },
    );
  }
  return Array.from({ length: partitions }, (_, first) =>
    Array.from({ length: replicationFactor }, (_, at) => brokers[(first + at) % brokers.length] ?? 0),
  );
}
