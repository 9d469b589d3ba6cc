// What the brokers say of topics and partitions, all of them asked at once: the newest that anybody knows is taken.
import { type AddressBook, type NodeName, nodeAt } from '../core/node.ts';
import { kafkaErrorName, metadataV12 } from './kafka-api.ts';
import { checkAllowed, throwDenied } from './kafka-denied.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { onTopic } from './kafka-rights.ts';

/** `orders/0`: a partition, as drills and results write it. */
export function unitOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** One partition. Brokers are named by Kafka's own numbers, as in what its tools print. */
export interface KafkaPartition {
  readonly unit: string;
  readonly topic: string;
  readonly partition: number;
  /** Undefined while nobody leads it. */
  readonly leader: number | undefined;
  readonly epoch: number;
  /** The first one is the preferred leader. */
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** Replicas on brokers that are not there. */
  readonly offline: readonly number[];
}

export interface KafkaMetadata {
  /** Brokers that are unfenced, as more than half of those that answered say, with the nodes that they are. */
  readonly brokers: ReadonlyMap<number, NodeName | undefined>;
  readonly topics: ReadonlyMap<string, { readonly topicId: string; readonly internal: boolean }>;
  /** By unit, sorted by topic and number. */
  readonly partitions: ReadonlyMap<string, KafkaPartition>;
  /** Nodes that answered. */
  readonly answered: readonly NodeName[];
}

export interface MetadataRequest {
  /** How the brokers' announced addresses are known. */
  readonly book: AddressBook;
  /** Only these; without it, all topics. One that no broker knows is an error. */
  readonly topics?: readonly string[] | undefined;
  /** Brokers that have the newest metadata, as far as that is known: if one of them answers, the others say nothing. */
  readonly upToDate?: ReadonlySet<NodeName> | undefined;
}

/**
 * Asks every broker at once, and waits for the last answer or its deadline. Of what they say of a partition the highest
 * leader epoch wins; where that is the same (an ISR has no epoch of its own here), what its leader says, and else what most
 * say. Rejects when no broker answers, and for a topic that none of them knows, or that we may not describe. (Of all
 * topics, Kafka leaves those out without a word.)
 */
export async function readMetadata(nodes: KafkaNodes, request: MetadataRequest): Promise<KafkaMetadata> {
  const { book, topics, upToDate } = request;
  const asked = await nodes.askAll((connection) =>
    connection.ask(metadataV12.api, [topics === undefined ? null : [...topics], false]),
  );
  const said: Said[] = [];
  for (const [node, answer] of asked) if (!(answer instanceof Error)) said.push({ node, answer });
  if (said.length === 0) {
    throwDenied(asked.values());
    const reasons = [...asked].map(([node, error]) => `${node}: ${error instanceof Error ? error.message : 'none'}`);
    throw new Error(`no broker answers: ${reasons.join('; ') || 'there is none'}`);
  }
  const newest = said.filter(({ node }) => upToDate?.has(node));
  const merged = mergeMetadata(newest.length > 0 ? newest : said, book, topics);
  return { ...merged, answered: said.map(({ node }) => node) };
}

type Answer = Awaited<ReturnType<typeof metadataV12.api.async>>;
export interface Said {
  readonly node: NodeName;
  readonly answer: Answer;
}

/** Pure: what the brokers said → what is so. */
export function mergeMetadata(said: readonly Said[], book: AddressBook, topics?: readonly string[]): KafkaMetadata {
  const known = new Map<string, { topicId: string; internal: boolean }>();
  const claims = new Map<string, Claim[]>();
  for (const { node, answer } of said) {
    for (const topic of answer.topics) {
      if (topic.errorCode !== 0 || topic.name == null) continue;
      known.set(topic.name, { topicId: topic.topicId, internal: topic.isInternal });
      for (const partition of topic.partitions) addClaim(claims, { by: node, topic: topic.name, partition });
    }
  }
  const unknown = topics?.find((topic) => !known.has(topic));
  if (unknown !== undefined) throw notThere(unknown, said);
  const nodeOf = namesOfBrokers(said, book);
  const partitions = [...claims.values()].map((each) => newest(each, nodeOf)).sort(byUnit);
  return {
    brokers: new Map(unfencedBrokers(said).map((id) => [id, nodeOf.get(id)])),
    topics: known,
    partitions: new Map(partitions.map((partition) => [partition.unit, partition])),
    answered: said.map(({ node }) => node),
  };
}

interface Claim {
  readonly by: NodeName;
  readonly topic: string;
  readonly partition: Answer['topics'][number]['partitions'][number];
}

function addClaim(claims: Map<string, Claim[]>, claim: Claim): void {
  const unit = unitOf(claim.topic, claim.partition.partitionIndex);
  const known = claims.get(unit);
  if (known === undefined) claims.set(unit, [claim]);
  else known.push(claim);
}

function newest(claims: readonly Claim[], nodeOf: ReadonlyMap<number, NodeName>): KafkaPartition {
  const epoch = Math.max(...claims.map(({ partition }) => partition.leaderEpoch));
  const latest = claims.filter(({ partition }) => partition.leaderEpoch === epoch);
  const ofLeader = latest.find(({ by, partition }) => nodeOf.get(partition.leaderId) === by);
  const { topic, partition } = ofLeader ?? mostSaid(latest);
  return {
    unit: unitOf(topic, partition.partitionIndex),
    topic,
    partition: partition.partitionIndex,
    leader: partition.leaderId < 0 ? undefined : partition.leaderId,
    epoch,
    replicas: partition.replicaNodes,
    isr: partition.isrNodes,
    offline: partition.offlineReplicas,
  };
}

function mostSaid(claims: readonly Claim[]): Claim {
  const counts = new Map<string, number>();
  const keyOf = ({ partition }: Claim): string =>
    [partition.leaderId, ...partition.isrNodes.toSorted((a, b) => a - b)].join(' ');
  for (const claim of claims) counts.set(keyOf(claim), (counts.get(keyOf(claim)) ?? 0) + 1);
  return claims.reduce((a, b) => ((counts.get(keyOf(b)) ?? 0) > (counts.get(keyOf(a)) ?? 0) ? b : a));
}

/** A broker that is cut off goes on believing in itself: more than half of those that answered have to say so. */
function unfencedBrokers(said: readonly Said[]): readonly number[] {
  const votes = new Map<number, number>();
  for (const { answer } of said)
    for (const { nodeId } of answer.brokers) votes.set(nodeId, (votes.get(nodeId) ?? 0) + 1);
  return [...votes].flatMap(([id, count]) => (2 * count > said.length ? [id] : [])).sort((a, b) => a - b);
}

function namesOfBrokers(said: readonly Said[], book: AddressBook): ReadonlyMap<number, NodeName> {
  const names = new Map<number, NodeName>();
  for (const { answer } of said) {
    for (const { nodeId, host, port } of answer.brokers) {
      const node = names.has(nodeId) ? undefined : nodeAt(book, { host, port });
      if (node !== undefined) names.set(nodeId, node);
    }
  }
  return names;
}

function notThere(topic: string, said: readonly Said[]): Error {
  const codes = said.flatMap(({ answer }) => answer.topics.find(({ name }) => name === topic)?.errorCode ?? []);
  for (const code of codes) checkAllowed(code, 'Metadata', onTopic('Describe', topic));
  return new Error(`no topic "${topic}": ${codes[0] === undefined ? 'no broker knows it' : kafkaErrorName(codes[0])}`);
}

function byUnit(a: KafkaPartition, b: KafkaPartition): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1;
}
