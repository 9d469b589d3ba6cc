import { z } from 'zod';
import { electPreferredLeaders, throughOneBroker } from '../clients/kafka-admin.ts';
import { type KafkaPartition, readMetadata } from '../clients/kafka-metadata.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { refused } from '../clients/kafka-refused.ts';
import { onCluster, onTopics } from '../clients/kafka-rights.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { Action, ActionContext } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';
import { duration, formatMs } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';

const params = z
  .strictObject({
    topics: z.array(z.string()).min(1).optional().describe('only these topics; without it, all, the internal ones too'),
    within: duration().default(10_000).describe('how long until the brokers must show the new leaders'),
    service: z.string().optional().describe('name of the service, when the cluster has several'),
  })
  .transform(({ topics, within, service }) => ({ topics, withinMs: within, service }));
type Params = z.output<typeof params>;

/**
 * Makes the first replica of every partition its leader again. One that is not in the ISR is refused, and so the step
 * fails: wait for `kafka.replication` to be whole first.
 */
export const kafkaElectPreferredLeaders: Action<Params> = {
  kind: 'kafka.elect-preferred-leaders',
  summary: 'Gives the partitions back to their preferred leaders, and says which have moved',
  params,
  example: { with: { within: '10s' } },
  needsTargets: false,
  needs: () => [],
  rights: ({ topics, service }) => inService(service, [onCluster('Alter'), ...onTopics('Describe', topics)]),
  run: (input, cx) => elect(input.params, cx),
};

async function elect({ topics, withinMs, service }: Params, cx: ActionContext): Promise<Evidence> {
  const book = cx.cluster.addresses(PROBE);
  using nodes = openKafkaNodes(book, { timeoutMs: 1000, service, role: 'broker' });
  const metadata = await readMetadata(nodes, { book, topics });
  const before = [...metadata.partitions.values()];
  const astray = before.filter(({ leader, replicas }) => leader !== replicas[0]);
  if (astray.length === 0) return evidenceOf([], before.length);
  const refusals = await throughOneBroker(nodes, (broker) => electPreferredLeaders(broker, astray, withinMs), metadata);
  if (refusals.length > 0) throw refused('not elected', refusals, 'Wait until their ISR is whole first.');
  const units = new Set(astray.map(({ unit }) => unit));
  await waitFor(
    async () => {
      const { partitions } = await readMetadata(nodes, { book, topics });
      const isLed = ({ unit, leader, replicas }: KafkaPartition): boolean => !units.has(unit) || leader === replicas[0];
      return [...partitions.values()].every(isLed) ? true : undefined;
    },
    { withinMs, everyMs: 50, signal: cx.signal, what: `${units.size} partitions to be led by their first replica` },
  ).catch((error: unknown) => {
    throw new DrillError('FAULT_NOT_PROVED', `the brokers do not show the new leaders after ${formatMs(withinMs)}`, {
      cause: error,
    });
  });
  return evidenceOf(astray, before.length);
}

function evidenceOf(moved: readonly KafkaPartition[], looked: number): Evidence {
  const moves = moved.map(({ unit, leader, replicas }) => ({
    unit,
    from: leader ?? null,
    to: replicas[0] ?? null,
  }));
  const told = moves.slice(0, MOST_TOLD).map(({ unit, from, to }) => `${unit} from ${from ?? 'nobody'} to ${to}`);
  const more = moves.length > MOST_TOLD ? `, and ${moves.length - MOST_TOLD} more` : '';
  const summary =
    moves.length === 0
      ? `all ${looked} partitions were led by their preferred leaders already`
      : `${moves.length} of ${looked} partitions moved: ${told.join(', ')}${more}`;
  return { summary, facts: { moved: moves, looked } };
}

const MOST_TOLD = 10;
