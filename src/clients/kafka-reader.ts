// The oracle of reading: partitions that are its own, read by raw fetches from whoever leads them by the highest epoch. It
// is in no group, waits for nobody's rebalance and never for a dead broker.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaWay } from './kafka-access.ts';
import { connectKafka, type KafkaConnection } from './kafka-connection.ts';
import { describeFailure, type KafkaConsumer, type KafkaConsumerOptions } from './kafka-consumer.ts';
import { fetchRecords } from './kafka-fetch.ts';
import { followLeaders, type KafkaLeaders } from './kafka-leaders.ts';
import { unitOf } from './kafka-metadata.ts';

export interface AssignedPartition {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** Where to begin. */
  readonly offset: number;
}

export interface KafkaReaderOptions extends KafkaConsumerOptions {
  readonly assigned: readonly AssignedPartition[];
}

/** A broker that has nothing new answers after this; one that does not answer shortly after it is given up. */
const maxWaitMs = 250;
const timeoutMs = 500;
const retryMs = 20;

/** Resolves at once. Each partition has a connection and a loop of its own: none waits for another's broker. */
export function openKafkaReader(options: KafkaReaderOptions): KafkaConsumer {
  const state = { ended: false, paused: false };
  const readers = new Map(
    options.assigned.map((own) => [unitOf(own.topic, own.partition), new PartitionReader(own, options, state)]),
  );
  const byTopic = Map.groupBy(options.assigned, ({ topic }) => topic);
  const leaders = [...byTopic].map(([topic, own]) => {
    const follower = followLeaders({
      addresses: options.addresses,
      service: options.service,
      topic,
      partitions: own.map(({ partition }) => partition),
      onLeader: (partition, leader) => readers.get(unitOf(topic, partition))?.use(leader),
    });
    for (const { partition } of own) readers.get(unitOf(topic, partition))?.start(follower);
    return follower;
  });
  options.tell('reading', `reads ${[...readers.keys()].join(', ')} without a group`);
  return {
    setPaused: (paused) => {
      state.paused = paused;
    },
    seek: (topic, partition, offset) => readers.get(unitOf(topic, partition))?.seek(offset),
    [Symbol.asyncDispose]: async () => {
      state.ended = true;
      await Promise.all([...readers.values()].map((reader) => reader.end()));
      await Promise.all(leaders.map((follower) => follower[Symbol.asyncDispose]()));
    },
  };
}

class PartitionReader {
  readonly #own: AssignedPartition;
  readonly #options: KafkaReaderOptions;
  readonly #state: { readonly ended: boolean; readonly paused: boolean };
  #leader: KafkaWay | undefined;
  #connection: KafkaConnection | undefined;
  #offset: number;
  #loop: Promise<void> | undefined;
  #failing = false;

  constructor(
    own: AssignedPartition,
    options: KafkaReaderOptions,
    state: { readonly ended: boolean; readonly paused: boolean },
  ) {
    this.#own = own;
    this.#options = options;
    this.#state = state;
    this.#offset = own.offset;
  }

  use(leader: KafkaWay | undefined): void {
    this.#leader = leader;
    this.#drop();
  }

  start(leaders: KafkaLeaders): void {
    this.#loop = this.#run(leaders);
  }

  seek(offset: number): void {
    this.#offset = offset;
  }

  async end(): Promise<void> {
    this.#drop();
    await this.#loop;
  }

  #drop(): void {
    this.#connection?.drop();
    this.#connection = undefined;
  }

  async #run(leaders: KafkaLeaders): Promise<void> {
    while (!this.#state.ended) {
      if (this.#state.paused || this.#leader === undefined) {
        await sleep(retryMs);
        continue;
      }
      try {
        await this.#read(this.#leader);
        this.#failing = false;
      } catch (error) {
        this.#drop();
        leaders.hurry();
        this.#tell(error);
        await sleep(retryMs);
      }
    }
  }

  async #read(leader: KafkaWay): Promise<void> {
    const { topic, topicId, partition } = this.#own;
    const connection = this.#connection ?? (await connectKafka(leader, { timeoutMs, clientId: this.#options.name }));
    this.#connection = connection;
    if (leader !== this.#leader || this.#state.ended) return this.#drop();
    const asked = this.#offset;
    const fetched = await fetchRecords(connection, { topicId, partition, offset: asked, maxWaitMs, timeoutMs });
    if (fetched.error !== undefined) throw new Error(fetched.error);
    for (const record of fetched.records) {
      if (this.#state.ended || this.#offset !== asked) return;
      await this.#options.process({ ...record, topic, partition });
    }
    if (this.#offset === asked) this.#offset = fetched.next;
  }

  /** Once for each stretch of failures. */
  #tell(error: unknown): void {
    if (this.#failing || this.#state.ended) return;
    this.#failing = true;
    this.#options.tell('failed', `${unitOf(this.#own.topic, this.#own.partition)}: ${describeFailure(error)}`);
  }
}
