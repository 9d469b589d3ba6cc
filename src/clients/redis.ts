// Connections to Redis by ioredis. A direct connection says what one node says, or fails by its deadline: it never
// reconnects, never queues and never sends again, so that an answer is always about this node and this moment.
import { Redis, type RedisOptions } from 'ioredis';
import type { AddressBook } from '../core/node.ts';
import { credentialsOf, type Entrance, tlsOf, withoutSecret } from './redis-access.ts';
import { HeardSentinelConnector, waysThroughSentinels } from './sentinel-connector.ts';

export type { Redis } from 'ioredis';

type Options = Omit<RedisOptions, 'replyMapping'>;

export interface DirectOptions {
  /** For connecting, and for each command. */
  readonly timeoutMs: number;
  /** For CLIENT SETNAME: our own probes say who they are, so that a census of clients can leave them out. */
  readonly name?: string;
}

/** What the names of our own connections begin with: no census counts them among applications. */
export const OUR_CLIENTS = 'firedrill-';
/** Of those that only look, and of the oracle's. */
export const PROBE_CLIENT = `${OUR_CLIENTS}probe`;
export const ORACLE_CLIENT = `${OUR_CLIENTS}oracle`;

/** Connects to one node; rejects when it cannot within the deadline, or is not let in. The caller disconnects. */
export async function connectDirect(entrance: Entrance, options: DirectOptions): Promise<Redis> {
  const credentials = credentialsOf(entrance.access);
  const tls = tlsOf(entrance);
  const redis = new Redis({
    ...entrance.address,
    ...directOptions(options.timeoutMs),
    ...(options.name === undefined ? {} : { connectionName: options.name }),
    ...(tls === undefined ? {} : { tls }),
    ...(credentials === undefined ? {} : { username: credentials.user, password: credentials.password ?? '' }),
  });
  const refused = firstErrorOf(redis);
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw withoutSecret(refused() ?? error, credentials);
  } finally {
    forgetPassword(redis);
  }
}

/** Why it was not let in: `connect` itself only says that the connection is closed. */
function firstErrorOf(redis: Redis): () => Error | undefined {
  let first: Error | undefined;
  redis.on('error', (error: Error) => {
    first ??= error;
  });
  return () => first;
}

/** It never connects again, so nobody needs it any more. */
function forgetPassword(redis: Redis): void {
  delete redis.options.password;
  delete (redis as unknown as { readonly condition: { auth?: unknown } | null }).condition?.auth;
}

function directOptions(timeoutMs: number): Options {
  return {
    lazyConnect: true,
    protocol: 2,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    reconnectOnError: () => false,
    disableClientInfo: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    disconnectTimeout: 50,
    keepAlive: 0,
  };
}

export type SubjectProfile = 'defaults' | 'hardened';

export interface SubjectOptions {
  readonly addresses: AddressBook;
  /** The service's name in the cluster. */
  readonly service: string;
  /** The Sentinels' name for the primary. */
  readonly primaryName: string;
  readonly profile: SubjectProfile;
  /** For CLIENT SETNAME: under it a census of clients lists the subject. */
  readonly name: string;
}

/** The client under test, until it is disposed. */
export interface Subject extends Disposable {
  readonly redis: Redis;
}

/**
 * ioredis as an application has it. `defaults` are the library's own; `hardened` adds what its issue threads recommend
 * for failovers (failoverDetector, command and socket timeouts; redis/ioredis#1021, #1328), and connects again after
 * `end`: in 6.0.0 a failure while it looks for the primary is final, and a +switch-master that the failoverDetector
 * hears in that moment is such a failure: redis-primary-kill found a client
 * dead for good, with the primary back for half a minute.
 */
export function openSubject(options: SubjectOptions): Subject {
  const ways = waysThroughSentinels(options.addresses, options.service);
  const redis = new Redis({
    ...ways.options,
    name: options.primaryName,
    updateSentinels: false,
    Connector: HeardSentinelConnector,
    connectionName: options.name,
    ...(options.profile === 'hardened' ? hardened : {}),
  });
  redis.on('error', (error: Error) => void withoutSecret(error, ...ways.credentials));
  let closed = false;
  if (options.profile === 'hardened') {
    redis.on('end', () => {
      if (!closed) setTimeout(() => closed || void redis.connect().catch(() => undefined), REVIVE_MS);
    });
  }
  return {
    redis,
    [Symbol.dispose]: () => {
      closed = true;
      redis.disconnect();
    },
  };
}

const REVIVE_MS = 100;

const hardened: Options = {
  failoverDetector: true,
  commandTimeout: 1000,
  socketTimeout: 2000,
  connectTimeout: 1000,
  sentinelCommandTimeout: 500,
  sentinelReconnectStrategy: (times) => Math.min(times * 100, 1000),
  retryStrategy: (times) => Math.min(times * 50, 500),
  maxRetriesPerRequest: 3,
};
