// Connections to Redis by ioredis. A direct connection says what one node says, or fails by its deadline: it never
// reconnects, never queues and never sends again, so that an answer is always about this node and this moment.
import { Redis, type RedisOptions } from 'ioredis';
import type { Address, AddressBook } from '../core/node.ts';
import { translate } from '../core/node.ts';
import { HeardSentinelConnector } from './sentinel-connector.ts';

export type { Redis } from 'ioredis';

type Options = Omit<RedisOptions, 'replyMapping'>;

export interface DirectOptions {
  /** For connecting, and for each command. */
  readonly timeoutMs: number;
  /** For CLIENT SETNAME: our own probes say who they are, so that a census of clients can leave them out. */
  readonly name?: string;
}

/** The name of connections that only look. */
export const PROBE_CLIENT = 'firedrill-probe';

/** Connects to one node; rejects when it cannot within the deadline. The caller disconnects. */
export async function connectDirect(address: Address, options: DirectOptions): Promise<Redis> {
  const redis = new Redis({
    ...address,
    ...directOptions(options.timeoutMs),
    ...(options.name === undefined ? {} : { connectionName: options.name }),
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
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
  const sentinels = options.addresses.rows
    .filter((row) => row.service === options.service && row.role === 'sentinel')
    .map((row) => ({ ...row.address }));
  const natMap = (key: string): Address | null => {
    const cut = key.lastIndexOf(':');
    return translate(options.addresses, { host: key.slice(0, cut), port: Number(key.slice(cut + 1)) });
  };
  const redis = new Redis({
    sentinels,
    name: options.primaryName,
    natMap,
    updateSentinels: false,
    Connector: HeardSentinelConnector,
    connectionName: options.name,
    ...(options.profile === 'hardened' ? hardened : {}),
  });
  redis.on('error', () => undefined);
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
