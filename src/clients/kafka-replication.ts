// Who leads, who is in step, and how far each partition is from refusing writes: metadata of all brokers, with what it
// leaves out (min.insync.replicas, eligible leaders) asked only when it is needed.
import { DrillError } from '../core/error.ts';
import type { AddressBook } from '../core/node.ts';
import { describeTopicPartitionsV0, kafkaErrorName } from './kafka-api.ts';
import { describeConfigs } from './kafka-configs.ts';
import { checkAllowed } from './kafka-denied.ts';
import { type KafkaMetadata, type KafkaPartition, readMetadata, unitOf } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { onTopic } from './kafka-rights.ts';

export interface ReplicatedPartition extends KafkaPartition {
  /** Effective min.insync.replicas of its topic. */
  readonly minIsr: number;
  /** Eligible leaders that are out of the ISR: Kafka keeps them only while the ISR is under its minimum. */
  readonly elr: readonly number[];
}

export interface ReplicationFacts extends Pick<KafkaMetadata, 'brokers' | 'answered'> {
  readonly partitions: readonly ReplicatedPartition[];
}

export interface ReplicationOptions {
  readonly book: AddressBook;
  /** Only these; without it, all that are not internal. */
  readonly topics?: readonly string[] | undefined;
  /** Internal topics too, where no topics are named. */
  readonly internal?: boolean | undefined;
}

export interface ReplicationReader {
  /** Rejects when no broker answers, for an unknown topic, and when there is no partition at all. */
  read(): Promise<ReplicationFacts>;
}

/** The minimum of a topic can be changed while a run lasts. */
const MIN_ISR_FRESH_FOR_NS = 5_000_000_000n;

/** Reads through `nodes`, whose deadline it keeps. Its memory is a number per topic. */
export function createReplicationReader(nodes: KafkaNodes, options: ReplicationOptions): ReplicationReader {
  const minimums = new MinIsrs(nodes);
  return {
    read: async () => {
      const refreshing = minimums.refresh();
      const metadata = await readMetadata(nodes, options);
      await refreshing;
      const partitions = watched(metadata, options);
      await minimums.learn(new Set(partitions.map(({ topic }) => topic)));
      const replicated = partitions.map((each) => ({ ...each, minIsr: minimums.of(each.topic), elr: [] }));
      return {
        brokers: metadata.brokers,
        answered: metadata.answered,
        partitions: await withEligibleLeaders(replicated, nodes),
      };
    },
  };
}

function watched(metadata: KafkaMetadata, { topics, internal = false }: ReplicationOptions): readonly KafkaPartition[] {
  const wanted = (topic: string): boolean =>
    topics?.includes(topic) ?? (internal || metadata.topics.get(topic)?.internal === false);
  const partitions = [...metadata.partitions.values()].filter(({ topic }) => wanted(topic));
  if (partitions.length === 0) throw new Error('there is no topic to look at');
  return partitions;
}

/** Effective min.insync.replicas by topic, as any broker tells it. */
class MinIsrs {
  readonly #nodes: KafkaNodes;
  readonly #known = new Map<string, number>();
  #freshNs = process.hrtime.bigint();

  constructor(nodes: KafkaNodes) {
    this.#nodes = nodes;
  }

  of(topic: string): number {
    const known = this.#known.get(topic);
    if (known === undefined) throw new DrillError('INTERNAL', `min.insync.replicas of ${topic} was not asked for`);
    return known;
  }

  /** Asks for the topics that are not known yet, and forgets those that are gone. */
  async learn(topics: ReadonlySet<string>): Promise<void> {
    for (const topic of this.#known.keys()) if (!topics.has(topic)) this.#known.delete(topic);
    const unknown = [...topics].filter((topic) => !this.#known.has(topic));
    if (unknown.length > 0) await this.#ask(unknown);
  }

  /** What cannot be read again stays as it was. */
  async refresh(): Promise<void> {
    if (this.#known.size === 0 || process.hrtime.bigint() - this.#freshNs < MIN_ISR_FRESH_FOR_NS) return;
    this.#freshNs = process.hrtime.bigint();
    await this.#ask([...this.#known.keys()]).catch(() => undefined);
  }

  async #ask(topics: readonly string[]): Promise<void> {
    const resources = topics.map((name) => ({ type: 'topic', name }) as const);
    const configs = await this.#nodes.askAny((connection) => describeConfigs(connection, resources, [MIN_ISR]));
    for (const [at, topic] of topics.entries()) {
      const value = Number(configs[at]?.[MIN_ISR] ?? Number.NaN);
      if (!Number.isInteger(value)) throw new Error(`no ${MIN_ISR} of topic "${topic}" is told`);
      this.#known.set(topic, value);
    }
  }
}

const MIN_ISR = 'min.insync.replicas';

/** Kafka forgets eligible leaders once an ISR is at its minimum again: above it there is nothing to ask. */
async function withEligibleLeaders(
  partitions: readonly ReplicatedPartition[],
  nodes: KafkaNodes,
): Promise<readonly ReplicatedPartition[]> {
  const low = partitions.filter(({ isr, minIsr }) => isr.length < minIsr);
  if (low.length === 0) return partitions;
  const topics = [...new Set(low.map(({ topic }) => topic))].sort();
  const eligible = await readEligibleLeaders(topics, nodes);
  return partitions.map((each) => ({ ...each, elr: eligible.get(each.unit) ?? [] }));
}

/** In pages: a broker answers for 2,000 partitions at once, at most. */
async function readEligibleLeaders(
  topics: readonly string[],
  nodes: KafkaNodes,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const eligible = new Map<string, readonly number[]>();
  let cursor: { topicName: string; partitionIndex: number } | undefined;
  do {
    const from = cursor;
    const left = topics.filter((name) => from === undefined || name >= from.topicName).map((name) => ({ name }));
    const answer = await nodes.askAny((connection) =>
      connection.ask(describeTopicPartitionsV0.api, [left, 2000, from]),
    );
    for (const { name, errorCode, partitions } of answer.topics) {
      checkAllowed(errorCode, 'DescribeTopicPartitions', onTopic('Describe', name ?? ''));
      if (errorCode !== 0) throw new Error(`eligible leaders of "${name}": ${kafkaErrorName(errorCode)}`);
      for (const { partitionIndex, eligibleLeaderReplicas } of partitions) {
        eligible.set(unitOf(name ?? '', partitionIndex), eligibleLeaderReplicas ?? []);
      }
    }
    cursor = answer.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return eligible;
}

/** Replicas that are not in the ISR. */
export function outOfIsr({ replicas, isr }: Pick<KafkaPartition, 'replicas' | 'isr'>): readonly number[] {
  return replicas.filter((broker) => !isr.includes(broker));
}
