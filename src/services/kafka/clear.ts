// Kafka as it was before anybody's first record: without any topic, its own ones among them, and so without any group.
import { throughOneBroker } from '../../clients/kafka-admin.ts';
import { groupsOf } from '../../clients/kafka-groups.ts';
import { readMetadata } from '../../clients/kafka-metadata.ts';
import { deleteTopics } from '../../clients/kafka-topics.ts';
import type { LiveContext, ServiceSpec } from '../../core/kinds.ts';
import { type KafkaWays, openWays } from './live.ts';
import { untilNothingIsMissing } from './prepare.ts';

const ADMIN_TIMEOUT_MS = 5000;

/**
 * Deletes all topics, and resolves when no broker knows any. With its topic of offsets a coordinator forgets its groups
 * (`BrokerMetadataPublisher` resigns it), a moment later: then a group of the same name begins anew.
 */
export async function clear(spec: ServiceSpec, cx: LiveContext): Promise<void> {
  using ways = openWays(spec.name, cx);
  await untilNothingIsMissing(() => deleteAll(ways), cx);
  await untilNothingIsMissing(() => groupsLeft(ways), cx);
}

async function deleteAll({ book, brokers }: KafkaWays): Promise<string | undefined> {
  const { topics, answered } = await readMetadata(brokers, { book });
  const silent = brokers.nodes.filter(({ node }) => !answered.includes(node)).map(({ node }) => node);
  if (silent.length > 0) return `${silent.join(', ')} did not answer`;
  const names = [...topics.keys()];
  if (names.length === 0) return undefined;
  const answers = await throughOneBroker(brokers, (broker) => deleteTopics(broker, names, ADMIN_TIMEOUT_MS));
  const refused = answers.filter(({ error }) => error !== undefined && error !== 'UNKNOWN_TOPIC_OR_PARTITION');
  return refused.map(({ name, error }) => `topic ${name}: ${error}`).join('; ') || `${names.join(', ')} still known`;
}

async function groupsLeft({ brokers }: KafkaWays): Promise<string | undefined> {
  const answers = await brokers.askAll(groupsOf);
  const left = [...answers].flatMap(([node, groups]) =>
    groups instanceof Error ? [`${node}: ${groups.message}`] : groups,
  );
  return left.length === 0 ? undefined : `groups still known: ${left.join(', ')}`;
}
