// What Kafka must let us do for what the clients here ask of it: operation, type of resource, and name, as in its ACLs.
import type { Right } from '../core/right.ts';

export type KafkaOperation = 'Read' | 'Write' | 'Create' | 'Delete' | 'Alter' | 'Describe' | 'DescribeConfigs';
type Role = 'broker' | 'controller';

/** `*` = all topics. */
export function onTopic(operation: KafkaOperation, topic: string): Right {
  return { role: 'broker', act: [operation, 'Topic', topic] };
}

export function onGroup(operation: KafkaOperation, group: string): Right {
  return { role: 'broker', act: [operation, 'Group', group] };
}

/** The cluster as a whole: Kafka's only resource of its type has this name. */
export function onCluster(operation: KafkaOperation, role: Role = 'broker'): Right {
  return { role, act: [operation, 'Cluster', 'kafka-cluster'] };
}

/** Whoever names no topics means all: what he may not describe is not told, and missing would look like not there. */
export function onTopics(operation: KafkaOperation, topics: readonly string[] | undefined): readonly Right[] {
  return (topics ?? ['*']).map((topic) => onTopic(operation, topic));
}
