// Topics of a drill: what may be said of them, and where their partitions go.
import type { NewKafkaTopic } from '../../clients/kafka-topics.ts';
import type { TopicSpec } from '../../core/drill.ts';
import type { ServiceSpec, TopicMistake } from '../../core/kinds.ts';
import { nodeCounts } from './settings.ts';

const USUAL_FACTOR = 3;

/** Pure. Only what surely goes wrong. */
export function checkTopic(topic: TopicSpec, spec: ServiceSpec): readonly TopicMistake[] {
  const { brokers } = nodeCounts(spec);
  const { partitions, replicationFactor, replicas } = topic;
  const mistakes: TopicMistake[] = [];
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

/** Every partition's brokers are said, so that it is known who leads: without a wish, they take turns. */
export function newTopics(spec: ServiceSpec): readonly NewKafkaTopic[] {
  const { brokers } = nodeCounts(spec);
  return Object.entries(spec.topics ?? {}).map(([name, topic]) => {
    const factor = topic.replicationFactor ?? Math.min(USUAL_FACTOR, brokers);
    const turns = (partition: number): readonly number[] =>
      Array.from({ length: factor }, (_, replica) => ((partition + replica) % brokers) + 1);
    return {
      name,
      replicas: topic.replicas ?? Array.from({ length: topic.partitions }, (_, partition) => turns(partition)),
      config: topic.config,
    };
  });
}
