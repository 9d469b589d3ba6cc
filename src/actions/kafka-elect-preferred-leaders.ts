import { z } from 'zod';
import { electPreferredLeaders, throughOneBroker } from '../clients/kafka-admin.ts';
import { type KafkaPartition, readMetadata } from '../clients/kafka-metadata.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { partitionsIn, placeOf, unitWords } from '../clients/kafka-preferred.ts';
import { refused } from '../clients/kafka-refused.ts';
import { onCluster, onTopics } from '../clients/kafka-rights.ts';
import type { ClusterView } from '../core/cluster.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import { isJsonObject } from '../core/json.ts';
import type { Action, ActionContext } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';
import { duration, formatMs } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';

const params = z
  .strictObject({
    topics: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('only of these topics; without it, of all, the internal ones too'),
    all: z
      .boolean()
      .default(false)
      .describe('those too that were not led by their first replica when the run began: somebody may have wanted that'),
    within: duration().default(10_000).describe('how long until the brokers must show the new leaders'),
    service: z.string().optional().describe('name of the service, when the cluster has several'),
  })
  .transform(({ within, ...rest }) => ({ ...rest, withinMs: within }));
type Params = z.output<typeof params>;

/**
 * Makes the first replica of partitions their leader again: of those that the run has moved. What was led by another when it
 * began stays as it is, unless `all` is said. One that is not in the ISR is refused, and so the step fails: wait for
 * `kafka.replication` to be whole first.
 */
export const kafkaElectPreferredLeaders: Action<Params> = {
  kind: 'kafka.elect-preferred-leaders',
  summary: 'Gives the partitions that the run has moved back to their preferred leaders, and says which have moved',
  params,
  example: { with: { within: '10s' } },
  needsTargets: false,
  warns,
  needs: () => [],
  rights: ({ topics, service }) => inService(service, [onCluster('Alter'), ...onTopics('Describe', topics)]),
  run: (input, cx) => elect(input.params, cx),
};

async function elect({ topics, all, withinMs, service }: Params, cx: ActionContext): Promise<Evidence> {
  const book = cx.cluster.addresses(PROBE);
  using nodes = openKafkaNodes(book, { timeoutMs: 1000, service, role: 'broker' });
  const metadata = await readMetadata(nodes, { book, topics });
  const partitions = [...metadata.partitions.values()];
  const astray = partitions.filter(({ leader, replicas }) => leader !== replicas[0]);
  const before = new Set(all ? [] : astrayIn(cx.before, { topics, service }));
  const [left, ours] = [astray.filter(({ unit }) => before.has(unit)), astray.filter(({ unit }) => !before.has(unit))];
  const evidence = evidenceOf({ moved: ours, left: left.map(({ unit }) => unit), looked: partitions.length });
  if (ours.length === 0) return evidence;
  const refusals = await throughOneBroker(nodes, (broker) => electPreferredLeaders(broker, ours, withinMs), metadata);
  if (refusals.length > 0) throw refused('not elected', refusals, 'Wait until their ISR is whole first.');
  const units = new Set(ours.map(({ unit }) => unit));
  await waitFor(
    async () => {
      const { partitions: now } = await readMetadata(nodes, { book, topics });
      const isLed = ({ unit, leader, replicas }: KafkaPartition): boolean => !units.has(unit) || leader === replicas[0];
      return [...now.values()].every(isLed) ? true : undefined;
    },
    { withinMs, everyMs: 50, signal: cx.signal, what: `${units.size} partitions to be led by their first replica` },
  ).catch((error: unknown) => {
    throw new DrillError('FAULT_NOT_PROVED', `the brokers do not show the new leaders after ${formatMs(withinMs)}`, {
      cause: error,
    });
  });
  return evidence;
}

/** Units that are led by another than their first replica, or by nobody. */
function astrayIn(view: ClusterView, { topics, service }: Pick<Params, 'topics' | 'service'>): readonly string[] {
  return partitionsIn(view, service).flatMap(([unit, partition]) => {
    if (topics?.includes(placeOf(unit).topic) === false || !isJsonObject(partition)) return [];
    const { leader, replicas } = partition;
    return Array.isArray(replicas) && leader !== replicas[0] ? [unit] : [];
  });
}

function warns(input: Params, view?: ClusterView): readonly string[] {
  const astray = view === undefined ? [] : astrayIn(view, input);
  const now = (words: string): readonly string[] => (astray.length === 0 ? [] : [`${words}: ${unitWords(astray)}`]);
  return input.all
    ? [
        'partitions that somebody has moved on purpose are moved too',
        ...now('led by their first replicas from then on, and not now'),
      ]
    : [
        'only partitions that the run has moved; those that were not led by their first replica when it began stay as they are',
        ...now('left as they are, not led by their first replicas now'),
      ];
}

interface Looked {
  readonly moved: readonly KafkaPartition[];
  readonly left: readonly string[];
  /** How many partitions there are in all. */
  readonly looked: number;
}

function evidenceOf({ moved, left, looked }: Looked): Evidence {
  const moves = moved.map(({ unit, leader, replicas }) => ({
    unit,
    from: leader ?? null,
    to: replicas[0] ?? null,
  }));
  const told = moves.slice(0, MOST_TOLD).map(({ unit, from, to }) => `${unit} from ${from ?? 'nobody'} to ${to}`);
  const more = moves.length > MOST_TOLD ? `, and ${moves.length - MOST_TOLD} more` : '';
  const parts = [
    moves.length === 0
      ? `none of ${looked} partitions had to be moved`
      : `${moves.length} of ${looked} partitions moved: ${told.join(', ')}${more}`,
    ...(left.length === 0
      ? []
      : [`left as they were before the run, not led by their first replicas: ${unitWords(left)}`]),
  ];
  return { summary: parts.join('; '), facts: { moved: moves, left: [...left], looked } };
}

const MOST_TOLD = 10;
