// Every client of Redis and Sentinel, on a cluster that lets in only who may.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SecuredRedis, startSecuredRedis } from '../../test/support/secured-redis.ts';
import type { Address, AddressRow } from '../core/node.ts';
import { discover } from '../services/redis-sentinel/discover.ts';
import { connectDirect, openSubject, type Subject, type SubjectProfile } from './redis.ts';
import type { Entrance } from './redis-access.ts';
import { openNodeConnections } from './redis-nodes.ts';
import { outcomeOf } from './redis-outcome.ts';
import { PrimaryPool } from './redis-pool.ts';
import { answered, primaryOf, readTopology, replicasInStep } from './redis-topology.ts';
import { followSentinels } from './sentinel-follower.ts';

const KEY = 'firedrill:test';
const never = new AbortController().signal;
const open: (Disposable | AsyncDisposable)[] = [];
let cluster: SecuredRedis;

beforeAll(async () => {
  cluster = await startSecuredRedis({ service: 'cache', primaryName: 'sessions', tls: 'mutual' });
});
afterAll(() => cluster[Symbol.asyncDispose]());
afterEach(async () => {
  for (const each of open.splice(0)) {
    if (Symbol.dispose in each) each[Symbol.dispose]();
    else await each[Symbol.asyncDispose]();
  }
});

function rowOf(node: string): AddressRow {
  const row = cluster.addresses.rows.find((each) => each.node === node);
  if (row === undefined) throw new Error(`no such node: ${node}`);
  return row;
}

/** As somebody who is there, with the password of another. */
function asAdmin(row: AddressRow): AddressRow {
  return { ...row, access: { ...row.access, user: 'admin' } };
}

function expectNoSecret(what: unknown): void {
  const text = inspect(what, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null });
  for (const secret of cluster.secrets) expect(text.includes(secret)).toBe(false);
}

function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => Promise.reject(new Error('it resolved')),
    (error: unknown) => error,
  );
}

describe('a direct connection', () => {
  it.each(['cache-redis-1', 'cache-sentinel-1'])('is let in to %s, and has forgotten the password', async (node) => {
    const redis = await connectDirect(rowOf(node), { timeoutMs: 1000 });
    try {
      expect(await redis.ping()).toBe('PONG');
      expectNoSecret(redis);
    } finally {
      redis.disconnect();
    }
  });

  it('says why it is not let in, and nothing of the password', async () => {
    const error = await rejection(connectDirect(asAdmin(rowOf('cache-redis-1')), { timeoutMs: 1000 }));
    expect(error).toMatchObject({ name: 'ReplyError', message: expect.stringMatching(/^WRONGPASS/) });
    expectNoSecret(error);
  });

  it('says that the certificate is made out to another, or that its own is missing', async () => {
    const { address, access } = rowOf('cache-redis-1');
    const enter = (tls: object): Promise<unknown> =>
      rejection(
        connectDirect({ address, access: { ...access, tls: { ...access?.tls, ...tls } } }, { timeoutMs: 1000 }),
      );
    expect(await enter({ serverName: 'redis.internal' })).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    const bare: Entrance = { address, access: { ...access, tls: { ca: cluster.ca } } };
    expect(await rejection(connectDirect(bare, { timeoutMs: 1000 }))).toMatchObject({
      message: expect.stringContaining('certificate required'),
    });
  });
});

describe("the oracle's connections", () => {
  const writes = async (pool: PrimaryPool): Promise<string> => {
    const lease = await pool.take(never);
    try {
      return await lease.connection.ask('RPUSH', KEY, '1');
    } finally {
      lease.release();
    }
  };
  const poolTo = (entrance: Entrance): PrimaryPool => {
    const pool = new PrimaryPool();
    open.push(pool);
    pool.use(entrance);
    return pool;
  };

  it('are let in before their first command', async () => {
    const pool = poolTo(rowOf('cache-redis-1'));
    const lengths = await Promise.all([writes(pool), writes(pool), writes(pool)]);
    expect(lengths.map(Number).sort((a, b) => a - b)).toEqual([1, 2, 3]);
    const clients = String(await cluster.ask('cache-redis-1', 'CLIENT', 'LIST'));
    expect(clients.match(/ user=firedrill /g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('call it surely not applied when they are not let in, with the word of the server', async () => {
    const error = await rejection(writes(poolTo(asAdmin(rowOf('cache-redis-1')))));
    expect(outcomeOf(error)).toEqual({ outcome: 'failed', errorCode: 'WRONGPASS' });
    expectNoSecret(error);
  });

  it('call it surely not applied when the command is not allowed', async () => {
    const lease = await poolTo(rowOf('cache-redis-1')).take(never);
    const error = await rejection(lease.connection.ask('RPUSH', 'orders', '1'));
    expect(outcomeOf(error)).toEqual({ outcome: 'failed', errorCode: 'NOPERM' });
  });

  it('do not wait for a handshake longer than the operation', async () => {
    await cluster.pause('cache-redis-3');
    try {
      const started = performance.now();
      const error = await rejection(poolTo(rowOf('cache-redis-3')).take(AbortSignal.timeout(200)));
      expect(outcomeOf(error)).toEqual({ outcome: 'failed', errorCode: 'NOT_CONNECTED' });
      expect(performance.now() - started).toBeLessThan(600);
    } finally {
      await cluster.resume('cache-redis-3');
    }
  });
});

describe('a server that says back what it is asked', () => {
  const command = /^\*\d+\r\n\$4\r\nauth\r\n/i;
  const telling = async (): Promise<Entrance & AsyncDisposable> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const words = data
          .toString()
          .split('\r\n')
          .filter((_, at) => at % 2 === 0);
        if (command.test(data.toString()))
          socket.write(`-ERR unknown command, with args: ${words.slice(2).join(' ')}\r\n`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address: Address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    const { user, password } = rowOf('cache-redis-1').access ?? {};
    const access = { ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }) };
    return { address, access, [Symbol.asyncDispose]: async () => void server.close() };
  };

  it('does not get the password into an error', async () => {
    await using entrance = await telling();
    const direct = await rejection(connectDirect(entrance, { timeoutMs: 1000 }));
    expect(direct).toMatchObject({ message: expect.stringContaining('ERR unknown command') });
    using pool = new PrimaryPool();
    pool.use(entrance);
    const wire = await rejection(pool.take(never));
    expect(wire).toMatchObject({ cause: { message: expect.stringContaining('with args: firedrill …') } });
    for (const error of [direct, wire]) expectNoSecret(error);
  });
});

describe('the follower', () => {
  it('names the primary as it is entered', async () => {
    const { promise, resolve } = Promise.withResolvers<Entrance>();
    open.push(
      followSentinels({
        addresses: cluster.addresses,
        service: 'cache',
        primaryName: 'sessions',
        onPrimary: resolve,
      }),
    );
    const primary = await promise;
    expect(primary).toEqual(rowOf('cache-redis-1'));
  });
});

describe.each<SubjectProfile>(['defaults', 'hardened'])('a subject, %s', (profile) => {
  const openOn = (rows: readonly AddressRow[]): Subject => {
    const subject = openSubject({
      addresses: { from: 'test', rows },
      service: 'cache',
      primaryName: 'sessions',
      profile,
      name: `subject-${profile}`,
    });
    open.push(subject);
    return subject;
  };

  it('finds the primary and is let in', async () => {
    const before = structuredClone(cluster.addresses);
    const { redis } = openOn(cluster.addresses.rows);
    expect(await redis.rpush(`${KEY}:${profile}`, '1')).toBe(1);
    expect(String(await cluster.ask('cache-redis-1', 'CLIENT', 'LIST'))).toContain(` name=subject-${profile} `);
    expect(cluster.addresses).toEqual(before);
  });

  it('says nothing of the password when it is not let in', async () => {
    const { redis } = openOn(cluster.addresses.rows.map((row) => (row.role === 'redis' ? asAdmin(row) : row)));
    const heard = once(redis, 'error');
    const refused = rejection(redis.rpush(KEY, '1'));
    const [error] = await heard;
    expect(error).toMatchObject({ message: expect.stringMatching(/^WRONGPASS/) });
    expectNoSecret(error);
    expectNoSecret(await refused);
  });

  it('is let in nowhere when the Sentinels do not let it in, and says nothing of the password', async () => {
    const rows = cluster.addresses.rows.map((row) => (row.role === 'sentinel' ? asAdmin(row) : row));
    const { redis } = openOn(rows);
    const [error] = await once(redis, 'error');
    expect(error).toMatchObject({ message: expect.stringContaining('WRONGPASS') });
    expectNoSecret(error);
  });
});

describe('probes and services', () => {
  it('read the whole topology', async () => {
    await using connections = openNodeConnections(cluster.addresses, { timeoutMs: 1000, service: 'cache' });
    const facts = await readTopology(connections, cluster.addresses);
    expect(primaryOf(facts)).toBe('cache-redis-1');
    expect(replicasInStep(facts, 'cache-redis-1')).toEqual(['cache-redis-2', 'cache-redis-3']);
    expect(answered(facts.sentinels)).toHaveLength(3);
  });

  it('are let in where a certificate is wanted, and say without one which keys of the target file name it', async () => {
    expect(await discover(cluster.target(), never)).toHaveLength(6);
    const sentinel = { ...cluster.access('sentinel'), tls: { ca: cluster.ca } };
    const error = await rejection(discover(cluster.target({ access: { sentinel } }), never));
    expect(error).toMatchObject({
      hint: expect.stringContaining('access.sentinel.tls.cert and access.sentinel.tls.key'),
    });
  });
});
