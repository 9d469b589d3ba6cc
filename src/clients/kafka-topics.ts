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
  /** Of a topic that was created or deleted; null where it was not. */
  readonly topicId: string | null;
  readonly errorCode: number;
  /** `TOPIC_ALREADY_EXISTS`, …; undefined = done. */
  readonly error: string | undefined;
  readonly message: string;
  /** Its settings as they are in force. Empty where they are not told. */
  readonly config: Readonly<Record<string, string | null>>;
}

/**
 * Through any broker: it asks the active controller. What was refused stands in the answers; nothing is retried. With
 * `onlyValidated` nothing is created: the controller says what it would have answered.
 */
export async function createTopics(
  connection: KafkaConnection,
  topics: readonly NewKafkaTopic[],
  timeoutMs: number,
  onlyValidated = false,
): Promise<readonly TopicAnswer[]> {
  const requests = topics.map(({ name, replicas, config }) => ({
    name,
    // Given by the assignments.
    numPartitions: -1,
    replicationFactor: -1,
    assignments: replicas.map((brokers, partitionIndex) => ({ partitionIndex, brokerIds: [...brokers] })),
    configs: Object.entries(config).map(([setting, value]) => ({ name: setting, value })),
  }));
  const answer = await connection.ask(
    createTopicsV7.api,
    [requests, timeoutMs, onlyValidated],
    timeoutMs + DECIDING_MS,
  );
  return answer.topics.map(({ name, topicId, errorCode, errorMessage, configs }) =>
    topicAnswer({ name, topicId, errorCode, errorMessage, configs }),
  );
}

export async function deleteTopics(
  connection: KafkaConnection,
  names: readonly string[],
  timeoutMs: number,
): Promise<readonly TopicAnswer[]> {
  const topics = names.map((name) => ({ name, topicId: undefined }));
  const answer = await connection.ask(deleteTopicsV6.api, [topics, timeoutMs], timeoutMs + DECIDING_MS);
  return answer.responses.map(({ name, topicId, errorCode, errorMessage }) =>
    topicAnswer({ name: name ?? '', topicId, errorCode, errorMessage }),
  );
}

/** The broker says by itself that it took too long: it is given the time to say so. */
const DECIDING_MS = 500;

interface Told {
  readonly name: string;
  readonly topicId?: string | null | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly configs?:
    | readonly { readonly name: string; readonly value?: string | null | undefined }[]
    | null
    | undefined;
}

function topicAnswer({ name, topicId = null, errorCode, errorMessage, configs }: Told): TopicAnswer {
  const done = errorCode === 0;
  const error = done ? undefined : kafkaErrorName(errorCode);
  const config = Object.fromEntries((configs ?? []).map((each) => [each.name, each.value ?? null]));
  return { name, topicId: done ? topicId : null, errorCode, error, message: errorMessage ?? '', config };
}
