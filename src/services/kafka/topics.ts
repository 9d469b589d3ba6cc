// Topics of a drill: what may be said of them, and where their partitions go.
import type { NewKafkaTopic } from '../../clients/kafka-topics.ts';
import type { TopicSpec } from '../../core/drill.ts';
import { DrillError } from '../../core/error.ts';
import type { ServiceSpec, TopicMistake } from '../../core/kinds.ts';
import { OFFSETS_TOPIC } from './facts.ts';
import { TOPIC_SETTINGS } from './setting-names.ts';
import { nodeCounts, nodeSettings } from './settings.ts';

const USUAL_FACTOR = 3;

/** Pure. Only what surely goes wrong. */
export function checkTopic(topic: TopicSpec, spec: ServiceSpec): readonly TopicMistake[] {
  const { brokers } = nodeCounts(spec);
  const { partitions, replicationFactor, replicas, config } = topic;
  const mistakes: TopicMistake[] = Object.keys(config)
    .filter((name) => !TOPIC_SETTINGS.includes(name))
    .map((name) => ({ path: ['config', name], message: `Kafka has no setting "${name}" for topics` }));
  if (replicationFactor !== undefined && replicationFactor > brokers)
    mistakes.push({
      path: ['replicationFactor'],
      message: `${replicationFactor} replicas need as many brokers, and there are ${brokers}`,
    });
  if (replicas === undefined) return mistakes;
  if (replicas.length !== partitions)
    mistakes.push({
      path: ['replicas'],
      message: `${partitions} partitions, and replicas of ${replicas.length}`,
      hint: 'say the brokers of each partition, or leave replicas out',
    });
  for (const [at, own] of replicas.entries()) mistakes.push(...checkReplicas(own, at, { topic, replicas, brokers }));
  return mistakes;
}

interface Assignment {
  readonly topic: TopicSpec;
  readonly replicas: readonly (readonly number[])[];
  readonly brokers: number;
}

function checkReplicas(own: readonly number[], at: number, { topic, replicas, brokers }: Assignment): TopicMistake[] {
  const mistakes: TopicMistake[] = [];
  for (const [index, broker] of own.entries()) {
    if (broker > brokers)
      mistakes.push({
        path: ['replicas', at, index],
        message: `there is no broker ${broker}`,
        hint: `expected one of ${Array.from({ length: brokers }, (_, i) => i + 1).join(', ')}`,
      });
    else if (own.indexOf(broker) < index)
      mistakes.push({ path: ['replicas', at, index], message: `broker ${broker} is there twice` });
  }
  const wanted = topic.replicationFactor ?? replicas[0]?.length;
  if (own.length !== wanted)
    mistakes.push({
      path: ['replicas', at],
      message: `${own.length} replicas, and ${wanted} of ${topic.replicationFactor === undefined ? 'partition 0' : 'each'}`,
    });
  return mistakes;
}

/**
 * Of a cluster of ours. Kafka's own topic of offsets is among them: made by Kafka, it goes to brokers by chance, and with it
 * who coordinates which group.
 */
export function newTopics(spec: ServiceSpec): readonly NewKafkaTopic[] {
  const brokers = Array.from({ length: nodeCounts(spec).brokers }, (_, at) => at + 1);
  return placedTopics({ ...offsetsTopic(spec), ...spec.topics }, brokers);
}

/**
 * Every partition's brokers are said, so that it is known who leads: without a wish, they take turns. A drill counts brokers
 * from 1; `brokers` are their numbers in Kafka, in order. Throws DRILL_INVALID for a broker that there is not.
 */
export function placedTopics(
  topics: Readonly<Record<string, TopicSpec>>,
  brokers: readonly number[],
): readonly NewKafkaTopic[] {
  const brokerAt = (ordinal: number): number => {
    const broker = brokers[ordinal - 1];
    if (broker !== undefined) return broker;
    throw new DrillError('DRILL_INVALID', `a topic wants broker ${ordinal}, and there are ${brokers.length}`, {
      hint: 'Look at replicas and replicationFactor under cluster.topics.',
    });
  };
  return Object.entries(topics).map(([name, { partitions, replicationFactor, replicas, config }]) => {
    const factor = replicationFactor ?? Math.min(USUAL_FACTOR, brokers.length);
    const turns = (partition: number): readonly number[] =>
      Array.from({ length: factor }, (_, replica) =>
        replica < brokers.length ? ((partition + replica) % brokers.length) + 1 : replica + 1,
      );
    const placed = replicas ?? Array.from({ length: partitions }, (_, partition) => turns(partition));
    return {
      name,
      replicas: placed.map((own) => own.map(brokerAt)),
      config: name === OFFSETS_TOPIC ? { ...OFFSETS_CONFIG, ...config } : config,
    };
  });
}

/** As Kafka makes it: `GroupCoordinatorConfig`, and `groupMetadataTopicConfigs` of its coordinator. */
const OFFSETS_CONFIG = { 'cleanup.policy': 'compact', 'compression.type': 'producer', 'segment.bytes': '104857600' };

function offsetsTopic(spec: ServiceSpec): Readonly<Record<string, TopicSpec>> {
  const settings = nodeSettings('broker', spec);
  const topic: TopicSpec = {
    partitions: Number(settings['offsets.topic.num.partitions']),
    replicationFactor: Number(settings['offsets.topic.replication.factor']),
    replicas: undefined,
    config: {},
  };
  return { [OFFSETS_TOPIC]: topic };
}
