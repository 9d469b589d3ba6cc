// Topics of a cluster that a test has started.
import { createTopicsV7, kafkaErrorName } from '../src/clients/kafka-api.ts';
import { readMetadata } from '../src/clients/kafka-metadata.ts';
import { openKafkaNodes } from '../src/clients/kafka-nodes.ts';
import type { AddressBook } from '../src/core/node.ts';
import { waitFor } from '../src/core/wait.ts';

export interface TopicToCreate {
  readonly name: string;
  /** The replicas of each partition, the preferred leader first. */
  readonly replicas: readonly (readonly number[])[];
  readonly config?: Readonly<Record<string, string | number>>;
}

/** Resolves when every broker knows it with all its replicas in sync. `book`: with one row a broker. */
export async function createTopic(book: AddressBook, { name, replicas, config = {} }: TopicToCreate): Promise<void> {
  using nodes = openKafkaNodes(book, { timeoutMs: 5000, role: 'broker' });
  const topic = {
    name,
    numPartitions: -1,
    replicationFactor: -1,
    assignments: replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds: [...brokerIds] })),
    configs: Object.entries(config).map(([key, value]) => ({ name: key, value: String(value) })),
  };
  const [answer] = await nodes.askAny(
    async (connection) => {
      const { topics } = await connection.ask(createTopicsV7.api, [[topic], 5000, false]);
      return topics;
    },
    ([made]) => ['NONE', 'TOPIC_ALREADY_EXISTS'].includes(kafkaErrorName(made?.errorCode ?? -1)),
  );
  if (answer === undefined) throw new Error(`${name} was not created`);
  const whole = async (): Promise<true | undefined> => {
    const { partitions } = await readMetadata(nodes, { book, topics: [name] });
    const inSync = [...partitions.values()].filter(({ isr, replicas: all }) => isr.length === all.length);
    return inSync.length === replicas.length ? true : undefined;
  };
  await waitFor(() => whole().catch(() => undefined), { withinMs: 20_000, everyMs: 50, what: `${name} to be whole` });
}
