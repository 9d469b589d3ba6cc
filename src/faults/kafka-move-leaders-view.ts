// Which partitions are meant, and how their replicas are ordered: out of what Kafka's view holds. Pure.
import { partitionsIn, placeOf } from '../clients/kafka-preferred.ts';
import type { ClusterView } from '../core/cluster.ts';
import { isJsonObject } from '../core/json.ts';
import type { NodeName } from '../core/node.ts';

/** A partition, and its replicas by number: the preferred leader first. */
export type Order = {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
};

export interface Meant {
  readonly view: ClusterView;
  readonly ids: ReadonlyMap<NodeName, number | undefined>;
  readonly service: string | undefined;
  readonly topics: readonly string[] | undefined;
  readonly partitions: readonly string[] | undefined;
}

/** Those that a target leads now. Replicas on brokers without a known number are no reason to leave one out: it throws later. */
export function ledBy(targets: readonly NodeName[], meant: Meant): readonly Order[] {
  return partitionsIn(meant.view, meant.service).flatMap(([unit, partition]) => {
    if (!isMeant(unit, meant) || !isJsonObject(partition)) return [];
    const { leader, replicas } = partition;
    if (typeof leader !== 'string' || !targets.includes(leader) || !Array.isArray(replicas)) return [];
    return [{ ...placeOf(unit), replicas: replicas.map((node) => meant.ids.get(String(node)) ?? UNKNOWN) }];
  });
}

const UNKNOWN = -1;

/** Kafka's own topics only where they are named. */
function isMeant(unit: string, { topics, partitions }: Meant): boolean {
  if (partitions !== undefined) return partitions.includes(unit);
  const { topic } = placeOf(unit);
  return topics === undefined ? !topic.startsWith('__') : topics.includes(topic);
}
