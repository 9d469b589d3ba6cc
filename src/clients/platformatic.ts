// @platformatic/kafka's producer as a subject. Its raw calls are our instrument, its producer is not: of 498 sends that it
// was given during an outage, 494 had not settled 20 s after it.
import { type BaseOptions, type ConnectionPool, Producer } from '@platformatic/kafka';
import { accessOf, platformaticSasl, wayTo } from './kafka-access.ts';
import { bootstrapOf, type KafkaSubject, type KafkaSubjectOptions } from './kafka-subject.ts';
import { tlsIdentity, tlsOptions } from './tls-options.ts';

export function openPlatformatic(options: KafkaSubjectOptions): KafkaSubject {
  const place = placeOf(options);
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
    ...place,
    autocreateTopics: false,
    ...(options.profile === 'hardened' ? hardened : {}),
    ...(options.idempotence ? { idempotent: true } : {}),
  });
  takeOurWay(producer.connections, options, place);
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

type Place = Pick<KafkaSubjectOptions, 'name' | 'addresses' | 'service'>;
export type PlaceOptions = Pick<BaseOptions, 'clientId' | 'bootstrapBrokers' | 'tls' | 'sasl'>;

/** Who it is, where it begins, and with which rights. Throws USAGE for a file of TLS that cannot be read. */
export function placeOf(options: Place): PlaceOptions {
  const { access } = accessOf(options.addresses, options.service);
  return {
    clientId: options.name,
    bootstrapBrokers: [...bootstrapOf(options)],
    ...(access?.tls === undefined ? {} : { tls: tlsOptions(access.tls, '') }),
    ...platformaticSasl(access),
  };
}

/**
 * Lets a pool of the library connect to the address that leads to a broker from here, instead of the one that it
 * announces: there is no option for it (kafkajs has socketFactory, ioredis natMap). Nor is there one for whom its
 * certificate is to be made out to: `tls` is one for all brokers, and is looked into each time that `get` connects.
 */
export function takeOurWay(pool: ConnectionPool, { addresses, service }: Place, { tls }: PlaceOptions): void {
  const get = pool.get.bind(pool) as ConnectionPool['get'];
  pool.get = ((broker, callback) => {
    // Without a broker it is the library's to complain.
    if ((broker as typeof broker | undefined) === undefined) return get(broker, callback);
    const { address, announced, access } = wayTo(broker, addresses, service);
    if (tls !== undefined) Object.assign(tls, tlsIdentity(access?.tls ?? {}, announced.host));
    return get({ ...broker, ...address }, callback);
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
