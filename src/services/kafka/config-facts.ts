// Of settings, what a view has to hold: it is asked for along with who leads, and is no drill's to change.
import { describeConfigs, describeFileConfig } from '../../clients/kafka-configs.ts';
import { kafkaIdOf } from '../../clients/kafka-ids.ts';
import type { KafkaMetadata } from '../../clients/kafka-metadata.ts';
import { isInternal, type KafkaFacts } from './facts.ts';
import type { KafkaWays } from './live.ts';

const MIN_ISR = 'min.insync.replicas';
const UNCLEAN = 'unclean.leader.election.enable';

type ConfigFacts = Pick<KafkaFacts, 'internal' | 'minIsrInFile'>;

/** What nobody tells, or who asks may not know, is left out. */
export async function readConfigFacts(ways: KafkaWays, metadata: KafkaMetadata): Promise<ConfigFacts> {
  const topics = [...metadata.topics.keys()].filter(isInternal).sort();
  const [internal, minIsrInFile] = await Promise.all([ofTopics(ways, topics).catch(() => ({})), inFiles(ways)]);
  return { internal, minIsrInFile };
}

async function ofTopics({ brokers }: KafkaWays, topics: readonly string[]): Promise<ConfigFacts['internal']> {
  if (topics.length === 0) return {};
  const resources = topics.map((name) => ({ type: 'topic', name }) as const);
  const configs = await brokers.askAny((connection) => describeConfigs(connection, resources, [MIN_ISR, UNCLEAN]));
  const entries = topics.map((topic, at) => {
    const minIsr = configs[at]?.[MIN_ISR];
    const unclean = configs[at]?.[UNCLEAN];
    return [
      topic,
      { minIsr: minIsr == null ? null : Number(minIsr), unclean: unclean == null ? null : unclean === 'true' },
    ];
  });
  return Object.fromEntries(entries);
}

async function inFiles({ brokers }: KafkaWays): Promise<ConfigFacts['minIsrInFile']> {
  const told = await brokers.askAll((connection, row) =>
    describeFileConfig(connection, String(kafkaIdOf(row) ?? row.node), [MIN_ISR]),
  );
  const entries = [...told].flatMap(([node, config]) => {
    const value = config instanceof Error ? undefined : config[MIN_ISR];
    return value === undefined ? [] : [[node, Number(value)] as const];
  });
  return Object.fromEntries(entries);
}
