import type { Json, JsonObject } from '../../core/json.ts';
import type { ServiceSpec } from '../../core/kinds.ts';
import { OFFSETS_TOPIC } from './facts.ts';

/**
 * Runbook 000, section 1, where it speaks (three replicas, two of them in sync, three dedicated controllers); else Kafka's
 * own defaults, written out where a prediction rests on them, but for these:
 * - nothing is lost by a choice of ours: no unclean election, and no topic that is made by a typo of a client;
 * - `min.insync.replicas` stands on the controllers too: with eligible leader replicas it is theirs that counts, and on the
 *   brokers alone the effective value is 1;
 * - leaders move back when they are told to (the runbook's step 3), and not by themselves in the middle of a measurement;
 * - few partitions for offsets and transactions: each broker coordinates some, and two cores need not load fifty;
 * - the log cleaner takes 2 MB at start and not 128 MB, which is half of our small heap and 160 MB of each broker's memory;
 * - the log cleaner has 2 MB: its usual 128 are allocated at start, and make a broker twice as large;
 * - an empty group waits half a second for its first members, and not three: only a drill's start is shorter for it.
 */
export const DEFAULTS = {
  kafka: {
    'min.insync.replicas': 2,
    'unclean.leader.election.enable': false,
    'auto.create.topics.enable': false,
    'auto.leader.rebalance.enable': false,
    'offsets.topic.replication.factor': 3,
    'offsets.topic.num.partitions': 6,
    'transaction.state.log.replication.factor': 3,
    'transaction.state.log.min.isr': 2,
    'transaction.state.log.num.partitions': 6,
    'share.coordinator.state.topic.replication.factor': 3,
    'share.coordinator.state.topic.min.isr': 2,
    'group.initial.rebalance.delay.ms': 500,
  },
  broker: {
    'broker.heartbeat.interval.ms': 2000,
    'replica.lag.time.max.ms': 30000,
    'log.cleaner.dedupe.buffer.size': 2_097_152,
  },
  controller: {
    'default.replication.factor': 3,
    'broker.session.timeout.ms': 9000,
    'controller.quorum.fetch.timeout.ms': 2000,
    'controller.quorum.election.timeout.ms': 1000,
    'controller.quorum.election.backoff.max.ms': 1000,
  },
  'kafka-nodes': { brokers: 3, controllers: 3, combined: false },
} as const satisfies Record<string, JsonObject>;

export interface NodeCounts {
  readonly brokers: number;
  /** None where brokers are controllers too. */
  readonly controllers: number;
  readonly combined: boolean;
}

/** Throws where there would be no cluster. */
export function nodeCounts({ settings }: Pick<ServiceSpec, 'settings'>): NodeCounts {
  const wanted: JsonObject = { ...DEFAULTS['kafka-nodes'], ...settings['kafka-nodes'] };
  const { brokers, controllers, combined } = wanted as Record<string, Json>;
  for (const count of [brokers, controllers]) {
    if (!Number.isInteger(count) || Number(count) < 1)
      throw new Error(`${JSON.stringify(count)} is no number of nodes`);
  }
  return {
    brokers: Number(brokers),
    controllers: combined === true ? 0 : Number(controllers),
    combined: combined === true,
  };
}

/** A factor that is larger than the number of brokers would keep a small cluster from making any topic. */
const FACTORS = /(replication\.factor|min\.isr|min\.insync\.replicas)$/;

/** Settings of a node: the defaults, with what the drill says over them. Of a node that is both, those of both. */
export function nodeSettings(
  role: 'broker' | 'controller',
  { settings, topics }: Pick<ServiceSpec, 'settings' | 'topics'>,
): JsonObject {
  const { brokers, combined } = nodeCounts({ settings });
  const roles = combined ? (['controller', 'broker'] as const) : [role];
  const usual: JsonObject = Object.assign({}, DEFAULTS.kafka, ...roles.map((each) => DEFAULTS[each]));
  const fitting = Object.entries(usual).map(([name, value]) => [
    name,
    FACTORS.test(name) ? Math.min(Number(value), brokers) : value,
  ]);
  // Who declares that topic says how many partitions it has: a coordinator has to know it from the start.
  const offsets = topics?.[OFFSETS_TOPIC];
  const declared = offsets === undefined ? {} : { 'offsets.topic.num.partitions': offsets.partitions };
  return Object.assign(
    Object.fromEntries(fitting),
    declared,
    settings['kafka'],
    ...roles.map((each) => settings[each]),
  );
}
