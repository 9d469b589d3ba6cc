// Kafka as it lives: everything here is asked through the probes' own listeners, of each node by itself.
import { describeConfigs, type KafkaConfig, readFeatures } from '../../clients/kafka-configs.ts';
import { kafkaIdOf, kafkaNodeNames } from '../../clients/kafka-ids.ts';
import { type KafkaMetadata, readMetadata } from '../../clients/kafka-metadata.ts';
import { type KafkaNodes, openKafkaNodes } from '../../clients/kafka-nodes.ts';
import { readHighWatermarks } from '../../clients/kafka-offsets.ts';
import { inStep, type KafkaQuorum, readQuorum } from '../../clients/kafka-quorum.ts';
import type { ServiceView } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { LiveContext } from '../../core/kinds.ts';
import { type AddressBook, type NodeName, PROBE } from '../../core/node.ts';
import { isInternal, type KafkaFacts, type PartitionFacts } from './facts.ts';

const ASK_TIMEOUT_MS = 1000;
/** Some three hundred settings a node, from a JVM that has never been asked for them: a node left out would look changed. */
const SETTINGS_TIMEOUT_MS = 5000;

/** The ways of the probes into one Kafka. Dispose it. */
export interface KafkaWays extends Disposable {
  readonly book: AddressBook;
  readonly all: KafkaNodes;
  readonly brokers: KafkaNodes;
  /** Kafka's own number → node. */
  readonly names: ReadonlyMap<number, NodeName>;
}

export function openWays(service: string, cx: Pick<LiveContext, 'cluster'>, timeoutMs = ASK_TIMEOUT_MS): KafkaWays {
  const book = cx.cluster.addresses(PROBE);
  const all = openKafkaNodes(book, { timeoutMs, service });
  const brokers = openKafkaNodes(book, { timeoutMs, service, role: 'broker' });
  return {
    book,
    all,
    brokers,
    names: kafkaNodeNames(all.nodes),
    [Symbol.dispose]: () => {
      all[Symbol.dispose]();
      brokers[Symbol.dispose]();
    },
  };
}

/** Throws CLUSTER_FAILED while neither a broker nor an active controller answers. */
export async function view(name: string, cx: LiveContext): Promise<ServiceView> {
  using ways = openWays(name, cx);
  const quorum = await readQuorum(ways.all);
  const upToDate = quorum && upToDateNodes(ways, quorum);
  const metadata = await readMetadata(ways.brokers, { ...ways, upToDate }).catch((error: Error) => error);
  if (metadata instanceof Error && quorum === undefined) {
    throw new DrillError('CLUSTER_FAILED', `no node of ${name} answers through the probes' links: ${metadata.message}`);
  }
  const controllers = cx.cluster.spec.nodes
    .filter((node) => node.service === name && node.ports['controller'] !== undefined)
    .map((node) => node.name);
  const facts = factsFrom(ways, { metadata: metadata instanceof Error ? undefined : metadata, quorum, controllers });
  return { kind: 'kafka', roles: rolesOf(ways, facts), facts };
}

/** Brokers that a partition keeps from the controllers go on telling what was: the active one knows who they are. */
export function upToDateNodes({ names }: KafkaWays, quorum: KafkaQuorum): ReadonlySet<NodeName> {
  return new Set([...inStep(quorum)].flatMap((id) => names.get(id) ?? []));
}

interface Read {
  readonly metadata: KafkaMetadata | undefined;
  readonly quorum: KafkaQuorum | undefined;
  readonly controllers: readonly NodeName[];
}

/** Pure: what was read → facts, with names for Kafka's numbers. Exported for its test. */
export function factsFrom(
  { names, brokers }: Pick<KafkaWays, 'names' | 'brokers'>,
  { metadata, quorum, controllers }: Read,
): KafkaFacts {
  const nameOf = (id: number): NodeName => names.get(id) ?? `kafka node ${id}`;
  const unfenced = [...(metadata?.brokers.keys() ?? [])].map(nameOf);
  const partitions = [...(metadata?.partitions.values() ?? [])].map(
    ({ unit, leader, epoch, replicas, isr }): [string, PartitionFacts] => [
      unit,
      {
        leader: leader === undefined ? null : nameOf(leader),
        epoch,
        replicas: replicas.map(nameOf),
        isr: isr.map(nameOf),
      },
    ],
  );
  return {
    activeController: quorum === undefined ? null : nameOf(quorum.leader),
    controllerEpoch: quorum?.epoch ?? null,
    controllers,
    unfenced,
    fenced: brokers.nodes.map(({ node }) => node).filter((node) => !unfenced.includes(node)),
    partitions: Object.fromEntries(partitions),
  };
}

function rolesOf({ all }: KafkaWays, facts: KafkaFacts): Record<NodeName, readonly string[]> {
  const roles = all.nodes.map(({ node, role }): [NodeName, readonly string[]] => [
    node,
    [
      ...(role === 'broker' ? ['broker'] : []),
      ...(facts.controllers.includes(node) ? ['controller'] : []),
      ...(facts.activeController === node ? ['kafka-active-controller'] : []),
    ],
  ]);
  return Object.fromEntries(roles);
}

/** What is in force: by each broker and controller of itself, of each topic, and the features that the cluster has finalized. */
export async function settings(name: string, cx: LiveContext): Promise<Json> {
  using ways = openWays(name, cx, SETTINGS_TIMEOUT_MS);
  const answers = await ways.all.askAll(async (connection, { node, role }) => {
    const [config = {}] = await describeConfigs(connection, [
      { type: 'broker', name: String(kafkaIdOf(node, role) ?? node) },
    ]);
    return config;
  });
  const of = (role: string): JsonObject =>
    Object.fromEntries(
      ways.all.nodes
        .filter((row) => row.role === role)
        .map((row) => [row.node, answers.get(row.node)] as const)
        .filter(
          (entry): entry is readonly [string, KafkaConfig] => entry[1] !== undefined && !(entry[1] instanceof Error),
        ),
    );
  const metadata = await readMetadata(ways.brokers, ways).catch(() => undefined);
  const topics = [...(metadata?.topics.keys() ?? [])].filter((topic) => !isInternal(topic)).sort();
  return { broker: of('broker'), controller: of('controller'), ...(await shared(ways, topics)) };
}

/** What is not any node's own: one that answers is enough. */
async function shared({ brokers }: KafkaWays, topics: readonly string[]): Promise<JsonObject> {
  const resources = topics.map((topic) => ({ type: 'topic', name: topic }) as const);
  return brokers
    .askAny(async (connection): Promise<JsonObject> => {
      const features = await readFeatures(connection);
      const configs = resources.length === 0 ? [] : await describeConfigs(connection, resources);
      return { features, topics: Object.fromEntries(topics.map((topic, at) => [topic, configs[at] ?? null])) };
    })
    .catch((): JsonObject => ({}));
}

/** High watermarks by partition, of those whose leader answers. */
export async function offsets(name: string, cx: LiveContext): Promise<Json> {
  using ways = openWays(name, cx);
  const metadata = await readMetadata(ways.brokers, ways);
  const watermarks = await readHighWatermarks(ways.brokers, metadata);
  return Object.fromEntries([...watermarks].filter(([unit]) => !isInternal(unit)));
}
