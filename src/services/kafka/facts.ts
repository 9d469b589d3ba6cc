// What a view of Kafka holds: written by the service, read by its words and its predictions.
import type { ServiceView } from '../../core/cluster.ts';
import type { NodeName } from '../../core/node.ts';

export type PartitionFacts = {
  /** Null while nobody leads it. */
  readonly leader: NodeName | null;
  readonly epoch: number;
  /** The preferred leader first. */
  readonly replicas: readonly NodeName[];
  readonly isr: readonly NodeName[];
};

export type KafkaFacts = {
  /** Null while no controller says that it is; in a plan, where that is not decided yet. */
  readonly activeController: NodeName | null;
  readonly controllerEpoch: number | null;
  readonly controllers: readonly NodeName[];
  /** Brokers that take part, as the newest metadata says. */
  readonly unfenced: readonly NodeName[];
  readonly fenced: readonly NodeName[];
  readonly partitions: Readonly<Record<string, PartitionFacts>>;
  /** Kafka's own topics → what is in force for them. */
  readonly internal: Readonly<Record<string, { readonly minIsr: number | null; readonly unclean: boolean | null }>>;
  /** Broker → the `min.insync.replicas` in its own file, which is not what counts where leaders are kept eligible (ELR). */
  readonly minIsrInFile: Readonly<Record<NodeName, number>>;
};

export const NO_FACTS: KafkaFacts = {
  activeController: null,
  controllerEpoch: null,
  controllers: [],
  unfenced: [],
  fenced: [],
  partitions: {},
  internal: {},
  minIsrInFile: {},
};

export function factsOf(view: ServiceView): KafkaFacts {
  return { ...NO_FACTS, ...(view.facts as Partial<KafkaFacts> | null) };
}

/** Kafka's own topics: offsets, transactions, metadata. */
export function isInternal(unit: string): boolean {
  return unit.startsWith('__');
}

export function topicOf(unit: string): string {
  return unit.slice(0, unit.lastIndexOf('/'));
}

/** Partitions of the drill's topics, and of whatever else was made by clients. */
export function ownPartitions({ partitions }: KafkaFacts): readonly (readonly [string, PartitionFacts])[] {
  return Object.entries(partitions).filter(([unit]) => !isInternal(unit));
}

/** All partitions, Kafka's own behind the others: nobody looks for those first. */
export function ownFirst({ partitions }: KafkaFacts): readonly (readonly [string, PartitionFacts])[] {
  return Object.entries(partitions).toSorted(([a], [b]) => Number(isInternal(a)) - Number(isInternal(b)));
}

export const OFFSETS_TOPIC = '__consumer_offsets';

/** The partition that a group's coordinator leads: Kafka's own formula, over Java's hash of the group's name. */
export function offsetsUnit(group: string, partitions: number): string {
  let hash = 0;
  for (let at = 0; at < group.length; at++) hash = (Math.imul(31, hash) + group.charCodeAt(at)) | 0;
  return `${OFFSETS_TOPIC}/${(hash & 0x7fffffff) % partitions}`;
}
