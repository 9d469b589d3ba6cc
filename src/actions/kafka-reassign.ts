import { z } from 'zod';
import { listReassignments, type Reassignment, reassignPartitions, throughOneBroker } from '../clients/kafka-admin.ts';
import { type KafkaMetadata, type KafkaPartition, readMetadata, unitOf } from '../clients/kafka-metadata.ts';
import { type KafkaNodes, openKafkaNodes } from '../clients/kafka-nodes.ts';
import { refused } from '../clients/kafka-refused.ts';
import { outOfIsr } from '../clients/kafka-replication.ts';
import { onCluster, onTopics } from '../clients/kafka-rights.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { Action, ActionContext, LiveContext } from '../core/kinds.ts';
import { type AddressBook, PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';
import { duration } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';

const brokers = z
  .array(z.int())
  .min(1)
  .refine((ids) => new Set(ids).size === ids.length, 'a broker cannot hold two replicas of a partition');
const params = z
  .strictObject({
    partitions: z
      .record(z.string().regex(/^.+\/\d+$/, 'expected a partition, such as orders/0'), brokers)
      .describe('partition → its brokers by number, the preferred leader first: `orders/0: [2, 3, 1]`'),
    within: duration().default(60_000).describe('how long until all replicas must be in step on their new brokers'),
    service: z.string().optional().describe('name of the service, when the cluster has several'),
  })
  .transform(({ partitions, within, service }) => ({ partitions, withinMs: within, service }));
type Params = z.output<typeof params>;

/** Undone at the end of the run: the partitions go back to the brokers that they were on. */
export const kafkaReassign: Action<Params> = {
  kind: 'kafka.reassign',
  summary: 'Moves partitions to other brokers, and waits until their replicas are in step there',
  params,
  example: { with: { partitions: { 'orders/0': [2, 3, 1] } } },
  needsTargets: false,
  undoneBy: 'moving them back when the workloads have stopped',
  needs: () => [],
  rights: ({ partitions, service }) => {
    const topics = Object.keys(partitions).map((unit) => placeOf(unit).topic);
    return inService(service, [onCluster('Alter'), ...onTopics('Describe', [...new Set(topics)])]);
  },
  run: (input, cx) => reassign(input.params, cx),
  revert: async (record, cx) => {
    const { back, service } = record.prior as unknown as Prior;
    using admin = openAdmin(cx, service ?? undefined);
    const moved = await move(back, admin, { withinMs: record.deadlineMs, signal: cx.signal });
    return { summary: `${describe(back)} again (${moved.length} had moved)`, facts: { partitions: back.length } };
  },
};

interface Prior {
  readonly back: readonly Reassignment[];
  readonly service: string | null;
}

interface Admin extends Disposable {
  readonly nodes: KafkaNodes;
  readonly book: AddressBook;
}

function openAdmin(cx: LiveContext, service: string | undefined): Admin {
  const book = cx.cluster.addresses(PROBE);
  const nodes = openKafkaNodes(book, { timeoutMs: 1000, service, role: 'broker' });
  return { nodes, book, [Symbol.dispose]: () => nodes[Symbol.dispose]() };
}

async function reassign({ partitions, withinMs, service }: Params, cx: ActionContext): Promise<Evidence> {
  using admin = openAdmin(cx, service);
  const wanted = Object.entries(partitions).map(([unit, replicas]) => ({ ...placeOf(unit), replicas }));
  const before = (await lookUp(wanted, admin)).partitions;
  const back = before.map(({ topic, partition, replicas }) => ({ topic, partition, replicas: [...replicas] }));
  await cx.undoWith({ back, service: service ?? null });
  const moved = await move(wanted, admin, { withinMs, signal: cx.signal });
  return {
    summary: `${describe(wanted)}, all in step`,
    facts: { moved: moved.length, before: assignments(back), after: assignments(wanted) },
  };
}

/** Resolves with those that were not there already, once every replica is where it should be and in step. */
async function move(
  wanted: readonly Reassignment[],
  admin: Admin,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<readonly Reassignment[]> {
  const before = await lookUp(wanted, admin);
  const now = new Map(before.partitions.map((each) => [each.unit, each.replicas.join()]));
  const astray = wanted.filter((each) => now.get(unitOfPlace(each)) !== each.replicas.join());
  if (astray.length === 0) return [];
  const refusals = await throughOneBroker(admin.nodes, (broker) => reassignPartitions(broker, astray, 5000), before);
  if (refusals.length > 0) throw refused('not moved', refusals, 'Are all of these brokers there?');
  const done = async (): Promise<true | undefined> => {
    const underWay = await admin.nodes.askAny((broker) => listReassignments(broker, 1000));
    if (astray.some((each) => underWay.has(unitOfPlace(each)))) return undefined;
    const partitions = new Map((await lookUp(astray, admin)).partitions.map((each) => [each.unit, each]));
    const settled = astray.every((each) => isThere(each, partitions.get(unitOfPlace(each))));
    return settled ? true : undefined;
  };
  await waitFor(done, { withinMs, everyMs: 100, signal, what: `${describe(astray)} and in step` });
  return astray;
}

function isThere({ replicas }: Reassignment, partition: KafkaPartition | undefined): boolean {
  return partition !== undefined && partition.replicas.join() === replicas.join() && outOfIsr(partition).length === 0;
}

async function lookUp(
  wanted: readonly Pick<Reassignment, 'topic' | 'partition'>[],
  { nodes, book }: Admin,
): Promise<Pick<KafkaMetadata, 'brokers'> & { readonly partitions: readonly KafkaPartition[] }> {
  const topics = [...new Set(wanted.map(({ topic }) => topic))];
  const { partitions, brokers } = await readMetadata(nodes, { book, topics });
  const found = wanted.map((place) => {
    const partition = partitions.get(unitOfPlace(place));
    if (partition !== undefined) return partition;
    throw new DrillError('FAULT_NOT_PROVED', `there is no partition ${unitOfPlace(place)}`);
  });
  return { partitions: found, brokers };
}

function placeOf(unit: string): Pick<Reassignment, 'topic' | 'partition'> {
  const at = unit.lastIndexOf('/');
  return { topic: unit.slice(0, at), partition: Number(unit.slice(at + 1)) };
}

function unitOfPlace({ topic, partition }: Pick<Reassignment, 'topic' | 'partition'>): string {
  return unitOf(topic, partition);
}

function assignments(all: readonly Reassignment[]): JsonObject {
  return Object.fromEntries(all.map((each) => [unitOfPlace(each), each.replicas]));
}

/** `orders/0 on 2, 3, 1 and 4 more partitions moved`. */
function describe(all: readonly Reassignment[]): string {
  const [first] = all;
  if (first === undefined) return 'nothing';
  const more = all.length === 1 ? '' : ` and ${all.length - 1} more`;
  return `${unitOfPlace(first)} on ${first.replicas.join(', ')}${more}`;
}
