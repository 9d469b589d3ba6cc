// @platformatic/kafka's producer as a subject. Its raw calls are our instrument, its producer is not: of 498 sends that it
// was given during an outage, 494 had not settled 20 s after it.
import { type BaseOptions, type ConnectionPool, Producer } from '@platformatic/kafka';
import { type AddressBook, translate } from '../core/node.ts';
import { bootstrapOf, type KafkaSubject, type KafkaSubjectOptions } from './kafka-subject.ts';

export function openPlatformatic(options: KafkaSubjectOptions): KafkaSubject {
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
    clientId: options.name,
    bootstrapBrokers: [...bootstrapOf(options)],
    autocreateTopics: false,
    ...(options.profile === 'hardened' ? hardened : {}),
    ...(options.idempotence ? { idempotent: true } : {}),
  });
  takeOurWay(producer.connections, options.addresses);
  const acks = options.acks === 'all' ? -1 : 1;
  const ready = producer.metadata({ topics: [] }).then(() => undefined);
  ready.catch(() => undefined);
  return {
    ready,
    send: async (record) => {
      await producer.send({ acks, messages: [{ ...record }] });
    },
    [Symbol.dispose]: () => void producer.close().catch(() => undefined),
  };
}

/**
 * Lets a pool of the library connect to the address that leads to a broker from here, instead of the one that it
 * announces: there is no option for it (kafkajs has socketFactory, ioredis natMap).
 */
export function takeOurWay(pool: ConnectionPool, book: AddressBook): void {
  const get = pool.get.bind(pool) as ConnectionPool['get'];
  pool.get = ((broker, callback) => {
    // Without a broker it is the library's to complain.
    const way =
      (broker as typeof broker | undefined) === undefined ? broker : { ...broker, ...translate(book, broker) };
    return get(way, callback);
  }) as ConnectionPool['get'];
}

/**
 * Three retries a second apart are used up before a dead leader is replaced (platformatic/kafka#377, whose reproduction
 * has 20 of 250 ms), and a request to a silent broker hangs for 30 s. More retries cost more when nothing can be reached
 * (#402).
 */
export const hardened: Partial<BaseOptions> = {
  connectTimeout: 1000,
  timeout: 1000,
  requestTimeout: 1000,
  retries: 60,
  retryDelay: 250,
  metadataMaxAge: 1000,
};
