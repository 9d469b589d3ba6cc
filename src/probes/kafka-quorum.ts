import { z } from 'zod';
import { kafkaNodeNames } from '../clients/kafka-ids.ts';
import { type KafkaNodes, openKafkaNodes } from '../clients/kafka-nodes.ts';
import { askQuorum, type KafkaQuorum, newestQuorum, type QuorumReplica } from '../clients/kafka-quorum.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { type AddressBook, type NodeName, PROBE } from '../core/node.ts';

const params = z.strictObject({
  service: z.string().optional().describe('name of the service, when the cluster has several'),
});

/** Voters fetch from the leader all the time, and give it up when it is silent for this long (Kafka's default). */
const IN_STEP_WITHIN_MS = 2000;

export const kafkaQuorum: Probe<z.output<typeof params>> = {
  kind: 'kafka.quorum',
  summary: 'The metadata quorum, asked of every controller: who is active, and how far the others are behind',
  params,
  example: { tolerance: { activeControllers: 1, votersInStep: 3 } },
  fields: {
    leader: 'the active controller, or null while there is none',
    epoch: 'its epoch, or null',
    activeControllers: 'controllers that say that they are active; one that was deposed may say so for some seconds',
    controllersAnswering: 'controllers that answer',
    voters: 'controllers that have a vote, or null while none is active',
    votersInStep: `voters that had all of the metadata log within the last ${IN_STEP_WITHIN_MS} ms, the active one among them`,
    maxLagRecords: 'records that the voter farthest behind has not fetched yet, or null',
    maxLagMs: 'how long the voter farthest behind has not had all of the log, or null when one never had it',
    observers: 'brokers that follow the metadata log, or null',
    lag: 'voter → records behind',
  },
  open: async ({ service }, cx) => {
    const book = cx.cluster.addresses(PROBE);
    const nodes = openKafkaNodes(book, { timeoutMs: 250, service, role: roleToAsk(book) });
    const names = kafkaNodeNames(nodes.nodes);
    return {
      read: async () => summarize(await answersOf(nodes), names),
      [Symbol.asyncDispose]: async () => nodes[Symbol.dispose](),
    };
  },
};

/** Brokers pass the question on: where no controller can be reached, they are asked. */
function roleToAsk(book: AddressBook): 'controller' | 'broker' {
  return book.rows.some(({ role }) => role === 'controller') ? 'controller' : 'broker';
}

/** Undefined in it = a controller that is not active. Rejects when nobody answers. */
async function answersOf(nodes: KafkaNodes): Promise<readonly (KafkaQuorum | undefined)[]> {
  const asked = [...(await nodes.askAll(askQuorum))];
  const answers = asked.flatMap(([, answer]) => (answer instanceof Error ? [] : [answer]));
  if (answers.length > 0) return answers;
  const reasons = asked.map(([node, error]) => `${node}: ${error instanceof Error ? error.message : 'none'}`);
  throw new Error(`no controller answers: ${reasons.join('; ') || 'there is none'}`);
}

/** Pure: what the controllers said → the probe's value. */
export function summarize(answers: readonly (KafkaQuorum | undefined)[], names: ReadonlyMap<number, NodeName>): Json {
  const quorum = newestQuorum(answers);
  const nameOf = (id: number): string => names.get(id) ?? String(id);
  const counts = {
    activeControllers: new Set(answers.flatMap((answer) => answer?.leader ?? [])).size,
    controllersAnswering: answers.length,
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

function lagOf({ logEndOffset }: QuorumReplica, { leader, voters }: KafkaQuorum): number {
  const ends = voters.find(({ id }) => id === leader)?.logEndOffset ?? logEndOffset;
  return Math.max(0, ends - logEndOffset);
}
