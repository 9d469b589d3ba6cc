import { z } from 'zod';
import { kafkaIdOf } from '../clients/kafka-ids.ts';
import type { KafkaPartition } from '../clients/kafka-metadata.ts';
import { readMetadata } from '../clients/kafka-metadata.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { electFirst, type Leadership, orderReplicas, unitOfPlace, unitsOf } from '../clients/kafka-preferred.ts';
import { onCluster, onTopics } from '../clients/kafka-rights.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { Fault, FaultInput, LiveContext, UndoRecord } from '../core/kinds.ts';
import { type NodeName, PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';
import { duration } from '../core/units.ts';
import { ledBy, type Order } from './kafka-move-leaders-view.ts';

const params = z
  .strictObject({
    topics: z.array(z.string()).min(1).optional().describe("only of these topics; without it, of all but Kafka's own"),
    partitions: z
      .array(z.string().regex(/^.+\/\d+$/, 'expected a partition, such as orders/0'))
      .min(1)
      .optional()
      .describe('only these partitions: orders/0'),
    within: duration().default(10_000).describe('how long until the brokers must show the new leaders'),
    service: z.string().optional().describe('name of the Kafka service, where the cluster has several'),
  })
  .transform(({ within, ...rest }) => ({ ...rest, withinMs: within }));
type Params = z.output<typeof params>;

/** What another process needs: in which order the replicas were, by number. */
export type Prior = {
  readonly service: string | null;
  readonly back: readonly Order[];
};

/**
 * Leaders moved by hand, as before an upgrade of a broker: another replica that is in sync comes first, and is elected. No data
 * moves, and no reassignment is left under way.
 */
export const kafkaMoveLeaders: Fault<Params, Prior> = {
  kind: 'kafka.move-leaders',
  summary: 'Moves the leaders away from brokers, by the order of the replicas and an election',
  params,
  needsTargets: true,
  undoneBy: 'the old order of the replicas and another election: leaders move a second time',
  warns: () => [
    'it changes which replica is preferred; whoever elects preferred leaders meanwhile elects the new ones',
  ],
  needs: () => [],
  rights: ({ topics, service }) =>
    inService(service, [onCluster('Alter'), onCluster('Describe'), ...onTopics('Describe', topics)]),
  touches: (input) => input.targets,
  undo: (input) => priorOf(input),
  inject: (input, cx) => move(input, cx),
  still: async (record, cx) => {
    using leadership = openLeadership(record.prior.service, 5000, cx);
    const led = await ledByTargets(record, leadership);
    if (led.length > 0)
      throw notProved(`${led.join(', ')} is led by a target again`, 'Does something elect leaders by itself?');
  },
  revert: (record, cx) => moveBack(record, cx),
};

function priorOf({ params, targets, view, cluster }: FaultInput<Params>): Prior {
  const ids = new Map(cluster.spec.nodes.map((node) => [node.name, kafkaIdOf({ ...node, node: node.name })]));
  const { service, topics, partitions } = params;
  return { service: service ?? null, back: ledBy(targets, { view, ids, service, topics, partitions }) };
}

interface OpenLeadership extends Leadership, Disposable {}

function openLeadership(service: string | null, withinMs: number, cx: LiveContext): OpenLeadership {
  const book = cx.cluster.addresses(PROBE);
  const nodes = openKafkaNodes(book, { timeoutMs: 1000, service: service ?? undefined, role: 'broker' });
  return { nodes, book, withinMs, signal: cx.signal, [Symbol.dispose]: () => nodes[Symbol.dispose]() };
}

async function move(input: FaultInput<Params>, cx: LiveContext): Promise<Evidence> {
  const { back } = priorOf(input);
  if (back.length === 0) throw notProved(`${input.targets.join(', ')} leads none of the partitions that are meant`);
  using leadership = openLeadership(input.params.service ?? null, input.params.withinMs, cx);
  const { partitions } = await readMetadata(leadership.nodes, leadership);
  const away = new Set(idsOf(input.targets, leadership));
  const wanted = back.map((order) => reordered(order, partitions.get(unitOfPlace(order)), away));
  const notBeforeMs = cx.clock.nowMs();
  await orderReplicas(wanted, leadership);
  const now = await electFirst(wanted, leadership);
  const byMs = cx.clock.nowMs();
  const moves = wanted.map((order) => moveOf(unitOfPlace(order), partitions, now));
  const old = moves.find(({ epoch, epochBefore }) => epoch <= epochBefore);
  if (old !== undefined) throw notProved(`${old.unit} has no newer leader epoch than ${old.epochBefore}`);
  const told = moves
    .slice(0, MOST_TOLD)
    .map(({ unit, from, to, epoch }) => `${unit} from ${from} to ${to} (epoch ${epoch})`);
  const more = moves.length > MOST_TOLD ? `, and ${moves.length - MOST_TOLD} more` : '';
  return { summary: `led by others now: ${told.join(', ')}${more}`, facts: { moves }, notBeforeMs, byMs };
}

const MOST_TOLD = 10;

/** The first that is in sync and no target comes first; the others stay as they are. */
function reordered(order: Order, partition: KafkaPartition | undefined, away: ReadonlySet<number>): Order {
  const unit = unitOfPlace(order);
  if (partition?.replicas.join() !== order.replicas.join())
    throw notProved(`the replicas of ${unit} have just been changed`);
  const next = partition.replicas.find((id) => !away.has(id) && partition.isr.includes(id));
  if (next === undefined) throw notProved(`${unit} has no replica in sync elsewhere`, 'Nothing was done.');
  return { ...order, replicas: [next, ...order.replicas.filter((id) => id !== next)] };
}

type Move = {
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  readonly epochBefore: number;
  readonly epoch: number;
};

function moveOf(
  unit: string,
  before: ReadonlyMap<string, KafkaPartition>,
  now: ReadonlyMap<string, KafkaPartition>,
): Move {
  const [was, is] = [before.get(unit), now.get(unit)];
  return { unit, from: was?.leader ?? -1, to: is?.leader ?? -1, epochBefore: was?.epoch ?? -1, epoch: is?.epoch ?? -1 };
}

function idsOf(targets: readonly NodeName[], { nodes }: Leadership): readonly number[] {
  return nodes.nodes.filter(({ node }) => targets.includes(node)).flatMap((row) => kafkaIdOf(row) ?? []);
}

async function ledByTargets({ prior, targets }: UndoRecord<Prior>, leadership: Leadership): Promise<readonly string[]> {
  const away = new Set(
    idsOf(
      targets.map(({ node }) => node),
      leadership,
    ),
  );
  const { partitions } = await readMetadata(leadership.nodes, leadership);
  return prior.back.map(unitOfPlace).filter((unit) => away.has(partitions.get(unit)?.leader ?? -1));
}

/** What somebody has deleted, or put onto other brokers, meanwhile is left as it is. */
async function moveBack({ prior, deadlineMs }: UndoRecord<Prior>, cx: LiveContext): Promise<Evidence> {
  using leadership = openLeadership(prior.service, deadlineMs, cx);
  const { partitions } = await readMetadata(leadership.nodes, leadership);
  const ours = prior.back.filter((order) =>
    sameSet(order.replicas, partitions.get(unitOfPlace(order))?.replicas ?? []),
  );
  const left = prior.back.filter((order) => !ours.includes(order)).map(unitOfPlace);
  if (ours.length > 0) {
    await orderReplicas(ours, leadership);
    await electFirst(ours, leadership);
  }
  const also = left.length === 0 ? '' : `; left as somebody else has made them: ${left.join(', ')}`;
  return {
    summary: `led by their first replicas again: ${unitsOf(ours)}${also}`,
    facts: { partitions: ours.length, left },
  };
}

function sameSet(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

function notProved(message: string, hint?: string): DrillError {
  return new DrillError('FAULT_NOT_PROVED', message, { hint });
}
