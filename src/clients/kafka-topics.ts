// Topics that a drill has made for it.
import { createTopicsV7, deleteTopicsV6, kafkaErrorName } from './kafka-api.ts';
import type { KafkaConnection } from './kafka-connection.ts';

export interface NewKafkaTopic {
  readonly name: string;
  /** Partition → brokers by number, the preferred leader first. */
  readonly replicas: readonly (readonly number[])[];
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicAnswer {
  readonly name: string;
  /** `TOPIC_ALREADY_EXISTS`, …; undefined = done. */
  readonly error: string | undefined;
  readonly message: string;
}

/** Through any broker: it asks the active controller. What was refused stands in the answers; nothing is retried. */
export async function createTopics(
  connection: KafkaConnection,
  topics: readonly NewKafkaTopic[],
  timeoutMs: number,
): Promise<readonly TopicAnswer[]> {
  const requests = topics.map(({ name, replicas, config }) => ({
    name,
    // Given by the assignments.
    numPartitions: -1,
    replicationFactor: -1,
    assignments: replicas.map((brokers, partitionIndex) => ({ partitionIndex, brokerIds: [...brokers] })),
    configs: Object.entries(config).map(([setting, value]) => ({ name: setting, value })),
  }));
  const answer = await connection.ask(createTopicsV7.api, [requests, timeoutMs, false], timeoutMs + DECIDING_MS);
  return answer.topics.map(({ name, errorCode, errorMessage }) => topicAnswer(name, errorCode, errorMessage));
}

export async function deleteTopics(
  connection: KafkaConnection,
  names: readonly string[],
  timeoutMs: number,
): Promise<readonly TopicAnswer[]> {
  const topics = names.map((name) => ({ name, topicId: undefined }));
  const answer = await connection.ask(deleteTopicsV6.api, [topics, timeoutMs], timeoutMs + DECIDING_MS);
  return answer.responses.map(({ name, errorCode, errorMessage }) =>
    topicAnswer(name ?? '', errorCode, errorMessage ?? null),
  );
}

/** The broker says by itself that it took too long: it is given the time to say so. */
const DECIDING_MS = 500;

function topicAnswer(name: string, code: number, message: string | null | undefined): TopicAnswer {
  return { name, error: code === 0 ? undefined : kafkaErrorName(code), message: message ?? '' };
}
