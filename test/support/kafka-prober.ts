// Starts Kafka's prober on one partition.
import type { Address, AddressBook } from '../../src/core/node.ts';
import { launchProber, type Prober } from './start-prober.ts';

export interface ProbedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly acks: 'all' | 1;
}

/** It takes the ways of `book`: one row a broker. Resolves when it has written for the first time. */
export function startKafkaProber(book: AddressBook, { topic, partition, acks }: ProbedPartition): Promise<Prober> {
  const brokers = book.rows.filter((row) => row.role === 'broker');
  const nodes = brokers.map(({ announced, address }) => [`${announced.host}:${announced.port}`, address] as const);
  return launchProber('kafka-prober.ts', {
    brokers: brokers.map(({ address }): Address => address),
    nodes: Object.fromEntries(nodes),
    topic,
    partition,
    acks: acks === 'all' ? -1 : 1,
  });
}
