// Kafka as it lives: everything here is asked through the probes' own listeners, of each node by itself.
import { describeConfigs, type KafkaConfig, readFeatures } from '../../clients/kafka-configs.ts';
import { isDenied, unlessDenied } from '../../clients/kafka-denied.ts';
import { kafkaIdOf, kafkaNodeNames } from '../../clients/kafka-ids.ts';
import { type KafkaMetadata, readMetadata } from '../../clients/kafka-metadata.ts';
import { type KafkaNodes, openKafkaNodes } from '../../clients/kafka-nodes.ts';
import { readHighWatermarks } from '../../clients/kafka-offsets.ts';
import { inStep, type KafkaQuorum, madeToVote, readQuorum } from '../../clients/kafka-quorum.ts';
import type { ServiceView } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { LiveContext } from '../../core/kinds.ts';
import { type AddressBook, type AddressRow, type NodeName, PROBE } from '../../core/node.ts';
import { readConfigFacts } from './config-facts.ts';
import { isInternal, type KafkaFacts, type PartitionFacts } from './facts.ts';

const ASK_TIMEOUT_MS = 1000;
/** Some three hundred settings a node, from a JVM that has never been asked for them: a node left out would look changed. */
const SETTINGS_TIMEOUT_MS = 5000;
/** Who does not even say what it speaks by then is asked for nothing else. */
const AWAKE_TIMEOUT_MS = 2000;

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

/** Throws CLUSTER_FAILED while neither a broker nor an active controller answers, and PLAN_REFUSED where we may not ask. */
export async function view(name: string, cx: LiveContext): Promise<ServiceView> {
  using ways = openWays(name, cx, cx.patienceMs);
  const quorum = await readQuorum(ways.all);
  const upToDate = quorum && upToDateNodes(ways, quorum);
  const metadata = await readMetadata(ways.brokers, { ...ways, upToDate }).catch((error: Error) => {
    if (isDenied(error)) throw error;
    return error;
  });
  if (metadata instanceof Error && quorum === undefined) {
    throw new DrillError('CLUSTER_FAILED', `no node of ${name} answers through the probes' links: ${metadata.message}`);
  }
  const made = madeToVote(cx.cluster.spec.nodes, name);
  const seen = metadata instanceof Error ? undefined : metadata;
  const facts: KafkaFacts = {
    ...factsFrom(ways, { metadata: seen, quorum, made }),
    ...(seen && (await readConfigFacts(ways, seen))),
  };
  return { kind: 'kafka', roles: rolesOf(ways, facts), facts };
}

/** Brokers that a partition keeps from the controllers go on telling what was: the active one knows who they are. */
export function upToDateNodes({ names }: KafkaWays, quorum: KafkaQuorum): ReadonlySet<NodeName> {
  return new Set([...inStep(quorum)].flatMap((id) => names.get(id) ?? []));
}

interface Read {
  readonly metadata: KafkaMetadata | undefined;
  readonly quorum: KafkaQuorum | undefined;
  /** Nodes of ours that vote; none where the cluster is somebody else's: then the quorum says who does. */
  readonly made: readonly NodeName[];
}

/** Pure: what was read → facts, with names for Kafka's numbers. Exported for its test. */
export function factsFrom(
  { names, brokers }: Pick<KafkaWays, 'names' | 'brokers'>,
  { metadata, quorum, made }: Read,
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
    controllers: made.length > 0 ? made : (quorum?.voters ?? []).map(({ id }) => nameOf(id)),
    unfenced,
    fenced: brokers.nodes.map(({ node }) => node).filter((node) => !unfenced.includes(node)),
    partitions: Object.fromEntries(partitions),
    internal: {},
    minIsrInFile: {},
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

/**
 * What is in force: by each broker and controller of itself, of each topic, and the features that the cluster has finalized.
 * Of controllers that cannot be reached nothing is said. Throws PLAN_REFUSED where we may not ask.
 */
export async function settings(name: string, cx: LiveContext): Promise<Json> {
  using ways = openWays(name, cx, SETTINGS_TIMEOUT_MS);
  using quick = openWays(name, cx, cx.patienceMs ?? AWAKE_TIMEOUT_MS);
  const [own, metadata] = await Promise.all([
    ownSettings(ways, quick),
    readMetadata(quick.brokers, quick).catch(unlessDenied(undefined)),
  ]);
  const of = (role: string): JsonObject =>
    Object.fromEntries(own.filter(([row]) => row.role === role).map(([row, config]) => [row.node, config]));
  const topics = [...(metadata?.topics.keys() ?? [])].filter((topic) => !isInternal(topic)).sort();
  return { broker: of('broker'), controller: of('controller'), ...(await shared(ways, topics)) };
}

/** Of the nodes that answer. One that hangs is not waited for: a fault may be about to be added to it. */
async function ownSettings(
  ways: KafkaWays,
  quick: KafkaWays,
): Promise<readonly (readonly [AddressRow, KafkaConfig])[]> {
  const awake = await quick.all.askAll(readFeatures);
  const asked = ways.all.nodes
    .filter(({ node }) => !(awake.get(node) instanceof Error))
    .map(async (row) => {
      const own = [{ type: 'broker', name: String(kafkaIdOf(row) ?? row.node) }] as const;
      const answer = await ways.all
        .ask(row.node, (connection) => describeConfigs(connection, own))
        .catch(unlessDenied([]));
      return answer.map((config) => [row, config] as const);
    });
  return (await Promise.all(asked)).flat();
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
    .catch(unlessDenied({}));
}

/** High watermarks by partition, of those whose leader answers. */
export async function offsets(name: string, cx: LiveContext): Promise<Json> {
  using ways = openWays(name, cx);
  const metadata = await readMetadata(ways.brokers, ways);
  const watermarks = await readHighWatermarks(ways.brokers, metadata);
  return Object.fromEntries([...watermarks].filter(([unit]) => !isInternal(unit)));
}
