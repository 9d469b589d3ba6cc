// What a drill wants in somebody else's Kafka: the topics that it declares, made only where they are absent. What we have made
// is deleted in the end; what was there is left as it is.
import { throughOneBroker } from '../../clients/kafka-admin.ts';
import { describeConfigs, type KafkaConfig } from '../../clients/kafka-configs.ts';
import { checkAllowed } from '../../clients/kafka-denied.ts';
import { deleteMadeTopics, type MadeTopic } from '../../clients/kafka-made-topics.ts';
import { type KafkaMetadata, readMetadata } from '../../clients/kafka-metadata.ts';
import { onTopic } from '../../clients/kafka-rights.ts';
import { createTopics, type NewKafkaTopic, type TopicAnswer } from '../../clients/kafka-topics.ts';
import type { TopicSpec } from '../../core/drill.ts';
import { DrillError } from '../../core/error.ts';
import type { Evidence } from '../../core/journal.ts';
import type { LiveContext, PrepareContext, ServiceSpec, UndoRecord } from '../../core/kinds.ts';
import { type KafkaWays, openWays } from './live.ts';
import { placedTopics } from './topics.ts';

const ADMIN_TIMEOUT_MS = 5000;

type Prior = { readonly service: string; readonly topics: readonly MadeTopic[] };

/** Topics that were absent, and are made now. Throws PLAN_REFUSED where one is there and is another than declared. */
export async function makeAbsentTopics(
  ways: KafkaWays,
  { name: service, topics = {} }: ServiceSpec,
  cx: PrepareContext,
): Promise<readonly NewKafkaTopic[]> {
  const metadata = await readMetadata(ways.brokers, { book: ways.book });
  const there = Object.entries(topics).filter(([name]) => metadata.topics.has(name));
  await checkShapes(ways, metadata, there);
  const absent = Object.entries(topics).filter(([name]) => !metadata.topics.has(name));
  if (absent.length === 0) return [];
  const wanted = placedTopics(Object.fromEntries(absent), [...metadata.brokers.keys()]);
  const leave = async (made: readonly MadeTopic[]): Promise<void> => {
    const prior: Prior = { service, topics: made };
    await cx.undoWith?.(made.length === 0 ? null : JSON.parse(JSON.stringify(prior)));
  };
  await leave(wanted.map(({ name }) => ({ topic: name, topicId: null })));
  // Asked once: what is there at a second try might be somebody else's.
  const ask = throughOneBroker(ways.brokers, (broker) => createTopics(broker, wanted, ADMIN_TIMEOUT_MS), metadata);
  const answers = await ask;
  const made = answers.filter(({ error }) => error === undefined);
  await leave(made.map(({ name, topicId }) => ({ topic: name, topicId })));
  const refused = answers.find(({ error }) => error !== undefined);
  if (refused !== undefined) throw notMade(refused);
  return wanted;
}

/** Undoes `prepare`. */
export async function revert(record: UndoRecord, cx: LiveContext): Promise<Evidence> {
  const { service, topics } = record.prior as unknown as Prior;
  using ways = openWays(service, cx);
  const deleting = { book: ways.book, withinMs: record.deadlineMs, signal: cx.signal };
  const done = await deleteMadeTopics(ways.brokers, topics, deleting);
  return { summary: done.join(', '), facts: { topics: topics.map(({ topic }) => topic) } };
}

function notMade({ name, errorCode, error, message }: TopicAnswer): DrillError {
  checkAllowed(errorCode, 'CreateTopics', onTopic('Create', name));
  return new DrillError('PLAN_REFUSED', `the topic "${name}" cannot be made: ${message || error}`, {
    hint: 'Look at cluster.topics of the drill: each gets as many replicas as it says, or three, or one on each broker.',
  });
}

type Declared = readonly [name: string, topic: TopicSpec];

/** Throws PLAN_REFUSED for the first that is another than declared. */
export async function checkShapes(ways: KafkaWays, metadata: KafkaMetadata, there: readonly Declared[]): Promise<void> {
  if (there.length === 0) return;
  const resources = there.map(([name]) => ({ type: 'topic', name }) as const);
  const configs = await ways.brokers.askAny((broker) => describeConfigs(broker, resources));
  for (const [at, [name, topic]] of there.entries()) {
    const differences = differencesOf(name, topic, { metadata, config: configs[at] ?? {} });
    if (differences.length === 0) continue;
    throw new DrillError(
      'PLAN_REFUSED',
      `the topic "${name}" is there already, and is another: ${differences.join('; ')}`,
      {
        hint: 'It is left as it is. Declare it as it is, or give it another name, or the target another prefix.',
      },
    );
  }
}

/** Pure: what the drill declares and the topic has not. Exported for its test. */
export function differencesOf(
  name: string,
  { partitions, replicationFactor, replicas, config }: TopicSpec,
  {
    metadata,
    config: live,
  }: { readonly metadata: Pick<KafkaMetadata, 'brokers' | 'partitions'>; readonly config: KafkaConfig },
): readonly string[] {
  const own = [...metadata.partitions.values()].filter(({ topic }) => topic === name);
  const [factor = 0] = own.map((partition) => partition.replicas.length);
  const brokers = [...metadata.brokers.keys()];
  const placed = replicas?.map((wanted) => wanted.map((ordinal) => brokers[ordinal - 1]));
  const elsewhere = own.find((each, at) => placed !== undefined && each.replicas.join() !== placed[at]?.join());
  return [
    ...(own.length === partitions ? [] : [`${own.length} partitions and not ${partitions}`]),
    ...(replicationFactor === undefined || factor === replicationFactor
      ? []
      : [`${factor} replicas and not ${replicationFactor}`]),
    ...(elsewhere === undefined ? [] : [`${elsewhere.unit} is on brokers ${elsewhere.replicas.join(', ')}`]),
    ...Object.entries(config).flatMap(([setting, value]) =>
      live[setting] === value ? [] : [`${setting} is ${live[setting] ?? 'not set'} and not ${value}`],
    ),
  ];
}
