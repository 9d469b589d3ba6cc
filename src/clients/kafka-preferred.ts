// Who leads a partition by preference: the first of its replicas. Their order is changed without moving anything, and then the
// first ones are elected.
import type { ClusterView } from '../core/cluster.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { AddressBook } from '../core/node.ts';
import { waitFor } from '../core/wait.ts';
import {
  electPreferredLeaders,
  listReassignments,
  type Reassignment,
  reassignPartitions,
  throughOneBroker,
} from './kafka-admin.ts';
import { type KafkaPartition, readMetadata, unitOf } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { refused } from './kafka-refused.ts';

export interface Leadership {
  readonly nodes: KafkaNodes;
  readonly book: AddressBook;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

const ASK_MS = 5000;

/**
 * Resolves when the controller and the brokers have the replicas in this order, and nothing of it is under way. The replicas
 * must be those that each has already: then nothing is copied, and it is done at once.
 */
export async function orderReplicas(wanted: readonly Reassignment[], leadership: Leadership): Promise<void> {
  const { nodes, book, withinMs, signal } = leadership;
  const { partitions, brokers } = await readMetadata(nodes, { book });
  const astray = wanted.filter((each) => partitions.get(unitOfPlace(each))?.replicas.join() !== each.replicas.join());
  if (astray.length === 0) return;
  const refusals = await throughOneBroker(nodes, (broker) => reassignPartitions(broker, astray, ASK_MS), { brokers });
  if (refusals.length > 0) throw refused('not put into another order', refusals, 'Are all of these brokers there?');
  const done = async (): Promise<true | undefined> => {
    const underWay = await nodes.askAny((broker) => listReassignments(broker, 1000));
    if (astray.some((each) => underWay.has(unitOfPlace(each)))) return undefined;
    const now = (await readMetadata(nodes, { book })).partitions;
    return astray.every((each) => now.get(unitOfPlace(each))?.replicas.join() === each.replicas.join())
      ? true
      : undefined;
  };
  await waitFor(done, {
    withinMs,
    everyMs: 20,
    signal,
    what: `the replicas of ${unitsOf(astray)} to be in that order`,
  });
}

/** Resolves with each as it is then, once the brokers show its first replica as its leader. Rejects while that is not in sync. */
export async function electFirst(
  wanted: readonly Reassignment[],
  leadership: Leadership,
): Promise<ReadonlyMap<string, KafkaPartition>> {
  const { nodes, book, withinMs, signal } = leadership;
  const { brokers } = await readMetadata(nodes, { book });
  const refusals = await throughOneBroker(nodes, (broker) => electPreferredLeaders(broker, wanted, ASK_MS), {
    brokers,
  });
  if (refusals.length > 0)
    throw refused('not elected', refusals, 'A leader has to be in sync: wait until the ISR is whole.');
  const led = async (): Promise<ReadonlyMap<string, KafkaPartition> | undefined> => {
    const { partitions } = await readMetadata(nodes, { book });
    return wanted.every((each) => partitions.get(unitOfPlace(each))?.leader === each.replicas[0])
      ? partitions
      : undefined;
  };
  return await waitFor(led, {
    withinMs,
    everyMs: 20,
    signal,
    what: `${unitsOf(wanted)} to be led by their first replicas`,
  });
}

/** Unit → what a view of Kafka says of the partition; of all services, or of the one that is named. Pure. */
export function partitionsIn(view: ClusterView, service: string | undefined): readonly (readonly [string, Json])[] {
  return Object.entries(view.services)
    .filter(([name]) => service === undefined || name === service)
    .flatMap(([, { facts }]) => {
      const partitions = isJsonObject(facts) ? facts['partitions'] : undefined;
      return isJsonObject(partitions ?? null) ? Object.entries(partitions as Readonly<Record<string, Json>>) : [];
    });
}

/** `orders/0` → its topic and number. */
export function placeOf(unit: string): { readonly topic: string; readonly partition: number } {
  const at = unit.lastIndexOf('/');
  return { topic: unit.slice(0, at), partition: Number(unit.slice(at + 1)) };
}

export function unitOfPlace({ topic, partition }: Pick<Reassignment, 'topic' | 'partition'>): string {
  return unitOf(topic, partition);
}

/** `orders/0, orders/1 and 7 more`. */
export function unitsOf(all: readonly Pick<Reassignment, 'topic' | 'partition'>[]): string {
  return unitWords(all.map(unitOfPlace));
}

export function unitWords(all: readonly string[]): string {
  const told = all.slice(0, MOST_TOLD).join(', ');
  return all.length > MOST_TOLD ? `${told} and ${all.length - MOST_TOLD} more` : told;
}

const MOST_TOLD = 5;
