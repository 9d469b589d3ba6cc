import { z } from 'zod';
import { throwDenied } from '../clients/kafka-denied.ts';
import { kafkaNodeNames } from '../clients/kafka-ids.ts';
import { type KafkaNodes, openKafkaNodes } from '../clients/kafka-nodes.ts';
import { askQuorum, type KafkaQuorum, madeToVote, newestQuorum, type QuorumReplica } from '../clients/kafka-quorum.ts';
import { onCluster } from '../clients/kafka-rights.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { type AddressBook, type NodeName, PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

const params = z.strictObject({
  service: z.string().optional().describe('name of the service, when the cluster has several'),
});

/** Voters fetch from the leader all the time, and give it up when it is silent for this long (Kafka's default). */
const IN_STEP_WITHIN_MS = 2000;

export const kafkaQuorum: Probe<z.output<typeof params>> = {
  kind: 'kafka.quorum',
  summary: 'The metadata quorum: who is the active controller, and how far the others are behind',
  params,
  example: { tolerance: { activeControllers: 1, votersInStep: 3 } },
  fields: {
    leader: 'the active controller, or null while there is none',
    epoch: 'its epoch, or null',
    activeControllers:
      'controllers that say that they are active (where none can be reached: that brokers name); one that was deposed may say so for some seconds',
    controllersAnswering: 'controllers that answer; null where they cannot be reached',
    voters: 'controllers that have a vote, or null while none is active',
    votersInStep: `voters that had all of the metadata log within the last ${IN_STEP_WITHIN_MS} ms, the active one among them`,
    maxLagRecords: 'records that the voter farthest behind has not fetched yet, or null',
    maxLagMs: 'how long the voter farthest behind has not had all of the log, or null when one never had it',
    observers: 'brokers that follow the metadata log, or null',
    lag: 'voter → records behind',
  },
  rights: ({ service }) => inService(service, [onCluster('Describe', 'controller'), onCluster('Describe')]),
  open: async ({ service }, cx) => {
    const book = cx.cluster.addresses(PROBE);
    const nodes = openKafkaNodes(book, { timeoutMs: 250, service, role: roleToAsk(book, service) });
    const asked = { names: kafkaNodeNames(nodes.nodes), made: madeToVote(cx.cluster.spec.nodes, service) };
    return {
      read: async () => summarize(await answersOf(nodes), asked),
      [Symbol.asyncDispose]: async () => nodes[Symbol.dispose](),
    };
  },
};

/** Brokers pass the question on: where no controller can be reached, they are asked. */
function roleToAsk({ rows }: AddressBook, service: string | undefined): 'controller' | 'broker' {
  const own = rows.filter((row) => service === undefined || row.service === service);
  return own.some(({ role }) => role === 'controller') ? 'controller' : 'broker';
}

/** Undefined in it = a controller that is not active. */
type Answers = ReadonlyMap<NodeName, KafkaQuorum | undefined>;

/** Rejects when nobody answers, and where we may not ask. */
async function answersOf(nodes: KafkaNodes): Promise<Answers> {
  const asked = [...(await nodes.askAll(askQuorum))];
  const answers = new Map(
    asked.flatMap(([node, answer]) => (answer instanceof Error ? [] : [[node, answer] as const])),
  );
  if (answers.size > 0) return answers;
  throwDenied(asked.map(([, answer]) => answer));
  const reasons = asked.map(([node, error]) => `${node}: ${error instanceof Error ? error.message : 'none'}`);
  throw new Error(`no controller answers: ${reasons.join('; ') || 'there is none'}`);
}

interface Asked {
  /** Of the nodes that are asked, by Kafka's own numbers. */
  readonly names: ReadonlyMap<number, NodeName>;
  /** Nodes that vote, where we have made them; else the quorum says who does. */
  readonly made: readonly NodeName[];
}

/** Pure: what the controllers said, or brokers of them → the probe's value. */
export function summarize(answers: Answers, asked: Asked): Json {
  const { names } = asked;
  const quorum = newestQuorum([...answers.values()]);
  const nameOf = (id: number): string => names.get(id) ?? String(id);
  const counts = {
    activeControllers: new Set([...answers.values()].flatMap((answer) => answer?.leader ?? [])).size,
    controllersAnswering: controllersAmong(answers, quorum, asked),
  };
  if (quorum === undefined) {
    const nothing = { leader: null, epoch: null, voters: null, maxLagRecords: null, maxLagMs: null, observers: null };
    return { ...counts, ...nothing, votersInStep: 0, lag: {} };
  }
  const { leader, epoch, voters, observers } = quorum;
  const lag = voters.map((voter) => [nameOf(voter.id), lagOf(voter, quorum)] as const);
  const behindMs = voters.map((voter) => voter.behindMs ?? Number.POSITIVE_INFINITY);
  const maxLagMs = Math.max(...behindMs);
  return {
    ...counts,
    leader: nameOf(leader),
    epoch,
    voters: voters.length,
    votersInStep: behindMs.filter((ms) => ms <= IN_STEP_WITHIN_MS).length,
    maxLagRecords: Math.max(...lag.map(([, records]) => records)),
    maxLagMs: Number.isFinite(maxLagMs) ? maxLagMs : null,
    observers: observers.length,
    lag: Object.fromEntries(lag),
  };
}

/** Brokers that answer are no controllers, unless they vote. */
function controllersAmong(answers: Answers, quorum: KafkaQuorum | undefined, { names, made }: Asked): number | null {
  const voting = made.length > 0 ? made : (quorum?.voters ?? []).flatMap(({ id }) => names.get(id) ?? []);
  return voting.length === 0 ? null : voting.filter((node) => answers.has(node)).length;
}

function lagOf({ logEndOffset }: QuorumReplica, { leader, voters }: KafkaQuorum): number {
  const ends = voters.find(({ id }) => id === leader)?.logEndOffset ?? logEndOffset;
  return Math.max(0, ends - logEndOffset);
}
