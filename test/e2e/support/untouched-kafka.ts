// What a command that only looks must leave as it was, of a Kafka whose controllers write nothing while nothing happens.
import { describeAclsV3, describeConfigsV4 } from '@platformatic/kafka';
import { connectKafka, type KafkaConnection } from '../../../src/clients/kafka-connection.ts';
import { groupsOf } from '../../../src/clients/kafka-groups.ts';
import { readLogDirs } from '../../../src/clients/kafka-log-dirs.ts';
import { readMetadata } from '../../../src/clients/kafka-metadata.ts';
import { openKafkaNodes } from '../../../src/clients/kafka-nodes.ts';
import { readHighWatermarks } from '../../../src/clients/kafka-offsets.ts';
import { readQuorum } from '../../../src/clients/kafka-quorum.ts';
import type { SecuredKafka } from '../../support/secured-kafka.ts';

/** Else a record comes by itself, twice a second. */
export const SILENT = { 'metadata.max.idle.interval.ms': 0 };

const ANY = 1;
const RESOURCE = { topic: 2, broker: 4 } as const;

/** Asked with all rights. Whatever is written to a cluster moves one of these: records, topics, settings, rights, groups. */
export async function kafkaState(kafka: SecuredKafka): Promise<Readonly<Record<string, unknown>>> {
  const book = kafka.book(kafka.access('admin'));
  using nodes = openKafkaNodes(book, { timeoutMs: 5000, role: 'broker' });
  const metadata = await readMetadata(nodes, { book });
  const quorum = await readQuorum(nodes);
  const groups = [...(await nodes.askAll(groupsOf)).values()].flat();
  const [row] = book.rows;
  if (row === undefined) throw new Error('no broker');
  using broker = await connectKafka(row, { timeoutMs: 5000, clientId: 'test' });
  return {
    topics: [...metadata.topics],
    partitions: [...metadata.partitions.values()],
    ends: [...(await readHighWatermarks(nodes, metadata))],
    logs: [...(await readLogDirs(nodes))].map(([node, dirs]) => [
      node,
      dirs instanceof Error ? dirs.message : dirs.flatMap(({ logs }) => logs),
    ]),
    groups,
    metadataLog: { epoch: quorum?.epoch, leader: quorum?.leader, end: quorum?.highWatermark },
    acls: await aclsOf(broker),
    settings: await settingsOf(broker, [...metadata.topics.keys()]),
  };
}

/** What is different, by name. */
export function differencesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(after).flatMap((name) => {
    const [was, is] = [JSON.stringify(before[name]), JSON.stringify(after[name])];
    return was === is ? [] : [`${name}: was ${was} and is ${is}`];
  });
}

async function aclsOf(broker: KafkaConnection): Promise<unknown> {
  const filter = {
    resourceType: ANY,
    resourceName: null,
    resourcePatternType: ANY,
    principal: null,
    host: null,
  } as const;
  const { resources } = await broker.ask(describeAclsV3.api, [{ ...filter, operation: ANY, permissionType: ANY }]);
  return resources.map((resource) => JSON.stringify(resource)).sort((a, b) => a.localeCompare(b));
}

/** Of all topics, and what was set for all brokers while they ran. */
async function settingsOf(broker: KafkaConnection, topics: readonly string[]): Promise<unknown> {
  const resources = [
    ...topics.map((resourceName) => ({ resourceType: RESOURCE.topic, resourceName })),
    { resourceType: RESOURCE.broker, resourceName: '' },
  ];
  const { results } = await broker.ask(describeConfigsV4.api, [resources, false, false]);
  return results.map(({ resourceName, configs }) => [resourceName, configs.map(({ name, value }) => [name, value])]);
}
