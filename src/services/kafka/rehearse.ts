// What `prepare` would come to in somebody else's Kafka: the controller is asked whether it would make the topics.
import { throughOneBroker } from '../../clients/kafka-admin.ts';
import type { KafkaConfig } from '../../clients/kafka-configs.ts';
import { type KafkaMetadata, readMetadata, unitOf } from '../../clients/kafka-metadata.ts';
import { createTopics, type NewKafkaTopic } from '../../clients/kafka-topics.ts';
import type { ServiceView } from '../../core/cluster.ts';
import type { TopicSpec } from '../../core/drill.ts';
import { DrillError } from '../../core/error.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { LiveContext, Rehearsal, Seen, ServiceSpec } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { checkShapes } from './attached.ts';
import { factsOf, type PartitionFacts } from './facts.ts';
import { type KafkaWays, openWays } from './live.ts';
import { placedTopics } from './topics.ts';

const ASK_TIMEOUT_MS = 5000;

/** Every partition of a topic that is absent is led by its first replica, as it will be when it is made. */
export async function rehearse(spec: ServiceSpec, { view, settings }: Seen, cx: LiveContext): Promise<Rehearsal> {
  using ways = openWays(spec.name, cx, ASK_TIMEOUT_MS);
  const metadata = await readMetadata(ways.brokers, { book: ways.book });
  const topics: Rehearsal['topics'][number][] = [];
  const made: Made[] = [];
  for (const declared of Object.entries(spec.topics ?? {})) {
    const [name] = declared;
    try {
      if (metadata.topics.has(name)) {
        await checkShapes(ways, metadata, [declared]);
        topics.push({ name, state: 'there' });
      } else {
        made.push(await validated(declared, ways, metadata));
        topics.push({ name, state: 'absent' });
      }
    } catch (error) {
      if (!(error instanceof DrillError)) throw error;
      topics.push({ name, state: 'refused', because: error.message });
    }
  }
  return {
    topics,
    view: { ...view, facts: { ...factsOf(view), partitions: withPartitions(view, made, ways) } },
    settings: withTopics(settings, made),
  };
}

/** A topic as it would be, with its settings in force. */
interface Made extends NewKafkaTopic {
  readonly inForce: KafkaConfig;
}

async function validated(
  [name, topic]: readonly [string, TopicSpec],
  { brokers }: KafkaWays,
  metadata: KafkaMetadata,
): Promise<Made> {
  const [wanted] = placedTopics({ [name]: topic }, [...metadata.brokers.keys()]);
  if (wanted === undefined) throw new DrillError('INTERNAL', `no place for topic ${name}`);
  const [answer] = await throughOneBroker(
    brokers,
    (broker) => createTopics(broker, [wanted], ASK_TIMEOUT_MS, true),
    metadata,
  );
  if (answer?.error === undefined) return { ...wanted, inForce: { ...wanted.config, ...answer?.config } };
  throw new DrillError('PLAN_REFUSED', `it cannot be made: ${answer.message || answer.error}`);
}

function withPartitions(
  view: ServiceView,
  made: readonly Made[],
  { names }: KafkaWays,
): Readonly<Record<string, PartitionFacts>> {
  const nameOf = (id: number): NodeName => names.get(id) ?? `kafka node ${id}`;
  const entries = made.flatMap(({ name, replicas }) =>
    replicas.map((ids, partition): [string, PartitionFacts] => {
      const own = ids.map(nameOf);
      return [unitOf(name, partition), { leader: own[0] ?? null, epoch: 0, replicas: own, isr: own }];
    }),
  );
  return { ...factsOf(view).partitions, ...Object.fromEntries(entries) };
}

function withTopics(settings: Json, made: readonly Made[]): Json {
  const own = isJsonObject(settings) ? settings : {};
  const topics = isJsonObject(own['topics']) ? own['topics'] : {};
  return { ...own, topics: { ...topics, ...Object.fromEntries(made.map(({ name, inForce }) => [name, inForce])) } };
}
