// How ioredis finds a primary through Sentinels: where they are and how each node is entered, with a listener where ioredis
// forgets its own.
import type { ConnectionOptions } from 'node:tls';
import { type Redis, type RedisOptions, SentinelConnector } from 'ioredis';
import type { Address, AddressBook, AddressRow } from '../core/node.ts';
import { type Credentials, credentialsOf, entranceTo, tlsOf } from './redis-access.ts';

/** A method of SentinelConnector that its types keep to themselves. */
interface Connecting {
  connectToSentinel(endpoint: SentinelEndpoint, options?: object): Redis;
}

/** The certificate of each Sentinel is made out to a name of its own, for which ioredis has no place. */
interface SentinelEndpoint extends Address {
  readonly tls?: ConnectionOptions | undefined;
}

/**
 * In ioredis 6.0.0 the failoverDetector's connections to Sentinels have no listener for errors, and an emitter without
 * one prints "[ioredis] Unhandled error event" for each Sentinel that ends or is cut off. What becomes of the error does
 * not change: those connections come back by their own `sentinelReconnectStrategy`.
 */
export class HeardSentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
    const own = this as unknown as Connecting;
    const connect = own.connectToSentinel.bind(this);
    own.connectToSentinel = (endpoint, more) =>
      connect(endpoint, { tls: endpoint.tls, ...more }).on('error', () => undefined);
  }
}

export interface WaysThroughSentinels {
  readonly options: Omit<RedisOptions, 'replyMapping'>;
  /** What must not be in any error: the options have it. */
  readonly credentials: readonly (Credentials | undefined)[];
}

/** Reads passwords and files, which it names when it throws USAGE. */
export function waysThroughSentinels(book: AddressBook, service: string): WaysThroughSentinels {
  const of = (role: string): readonly AddressRow[] =>
    book.rows.filter((row) => row.service === service && row.role === role);
  const [redis, sentinels] = [of('redis'), of('sentinel')];
  const entered = new Map(redis.map((row) => [`${row.announced.host}:${row.announced.port}`, enteredBy(row)]));
  const [own, sentinel] = [credentialsOf(redis[0]?.access), credentialsOf(sentinels[0]?.access)];
  return {
    options: {
      sentinels: sentinels.map((row): SentinelEndpoint => ({ ...row.address, tls: tlsOf(row) })),
      natMap: (key) => entered.get(key) ?? enteredBy(entranceTo(book, service, addressIn(key))),
      ...(redis[0]?.access?.tls === undefined ? {} : { tls: {}, enableTLSForSentinelMode: true }),
      ...(own === undefined ? {} : { username: own.user, password: own.password ?? '' }),
      ...(sentinel === undefined ? {} : { sentinelUsername: sentinel.user, sentinelPassword: sentinel.password ?? '' }),
    },
    credentials: [own, sentinel],
  };
}

/** ioredis gives all of it to `tls.connect`. */
function enteredBy(entrance: ReturnType<typeof entranceTo>): Address & ConnectionOptions {
  return { ...tlsOf(entrance), ...entrance.address };
}

function addressIn(key: string): Address {
  const colon = key.lastIndexOf(':');
  return { host: key.slice(0, colon), port: Number(key.slice(colon + 1)) };
}
