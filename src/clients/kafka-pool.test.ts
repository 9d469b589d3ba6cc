import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../test/support/certificates.ts';
import type { Address } from '../core/node.ts';
import type { KafkaWay } from './kafka-access.ts';
import { metadataV12 } from './kafka-api.ts';
import { unsent } from './kafka-outcome.ts';
import { type KafkaLease, LeaderPool } from './kafka-pool.ts';

/** Accepts connections and says nothing. */
interface Silent {
  readonly address: Address;
  readonly sockets: Set<Socket>;
  readonly server: Server;
  accepted: number;
}

async function startSilent(): Promise<Silent> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const silent: Silent = { address, server, sockets: new Set(), accepted: 0 };
  server.on('connection', (socket) => {
    silent.accepted += 1;
    silent.sockets.add(
      socket
        .resume()
        .on('error', () => undefined)
        .on('close', () => silent.sockets.delete(socket)),
    );
  });
  return silent;
}

interface Slow extends AsyncDisposable {
  readonly way: KafkaWay;
  accepted(): number;
}

/** Speaks TLS, and begins to so long after a connection was made. */
async function startSlow(afterMs: number): Promise<Slow> {
  const dir = await mkdtemp(join(tmpdir(), 'firedrill-slow-'));
  const authority = await createAuthority(dir);
  const { cert, key } = await authority.issue('slow', ['IP:127.0.0.1']);
  const secure = createTlsServer({ cert: await readFile(cert), key: await readFile(key) });
  const { server, sockets, address } = await startSilent();
  let accepted = 0;
  const timers = new Set<NodeJS.Timeout>();
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket.on('error', () => undefined));
    timers.add(setTimeout(() => secure.emit('connection', socket), afterMs));
  });
  return {
    way: { ...wayOf(address), access: { tls: { ca: authority.ca } } },
    accepted: () => accepted,
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      server.close();
      await rm(dir, { recursive: true });
    },
  };
}

let one: Silent;
let other: Silent;
let pool: LeaderPool;
beforeEach(async () => {
  one = await startSilent();
  other = await startSilent();
  pool = new LeaderPool('test');
});
afterEach(() => {
  pool[Symbol.dispose]();
  for (const { server, sockets } of [one, other]) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

const wayOf = (address: Address): KafkaWay => ({ announced: address, address });
const ask = (lease: KafkaLease): Promise<unknown> => lease.ask(metadataV12.api, [[], false]);

describe('connections to the leader of a partition', () => {
  it('are not to be had while nobody leads it, or nobody is there', async () => {
    const outcome = async (): Promise<unknown> => unsent(await pool.take(1000).catch((reason: unknown) => reason));
    expect(await outcome()).toEqual({ outcome: 'failed', errorCode: 'LEADER_NOT_AVAILABLE' });
    const { address, server } = one;
    await once(server.close(), 'close');
    pool.use(wayOf(address));
    expect(await outcome()).toEqual({ outcome: 'failed', errorCode: 'ECONNREFUSED' });
  });

  it('belong to one operation at a time, with one kept ahead', async () => {
    pool.use(wayOf(one.address));
    const leases = [await pool.take(1000), await pool.take(1000)];
    await expect.poll(() => one.accepted).toBe(3);
    for (const lease of leases) lease.release();
    for (const lease of [await pool.take(1000), await pool.take(1000), await pool.take(1000)]) lease.release();
    expect(one.accepted).toBe(3);
  });

  it('are given up when another broker leads, with what is under way', async () => {
    pool.use(wayOf(one.address));
    const lease = await pool.take(1000);
    const answer = ask(lease);
    expect(lease.leaderChanged).toBe(false);
    pool.use(wayOf(other.address));
    await expect(answer).rejects.toThrow('Connection closed');
    expect(lease.leaderChanged).toBe(true);
    lease.release();
    await expect.poll(() => one.sockets.size).toBe(0);
    (await pool.take(1000)).release();
    expect(other.accepted).toBeGreaterThan(0);
  });

  it('stay when the same broker leads on', async () => {
    pool.use(wayOf(one.address));
    const lease = await pool.take(1000);
    pool.use(wayOf({ ...one.address }));
    expect(lease.leaderChanged).toBe(false);
  });

  it('are used again behind answers that are owed: a silent broker does not get one for each operation', async () => {
    pool.use(wayOf(one.address));
    const answers: Promise<unknown>[] = [];
    const sinceMs = performance.now();
    for (let operation = 0; operation < 300; operation++) {
      const lease = await pool.take(1000);
      answers.push(ask(lease).catch(() => undefined));
      lease.release();
      await breathe();
    }
    expect(one.accepted).toBeLessThanOrEqual(66 + Math.ceil((performance.now() - sinceMs) / 100));
    pool.use(undefined);
    await Promise.all(answers);
  });

  it('are waited for by later operations where getting in takes longer than one has', async () => {
    await using slow = await startSlow(300);
    pool.use(slow.way);
    await expect(pool.take(100)).rejects.toThrow('no connection within 100 ms');
    await expect.poll(() => pool.take(100).then((lease) => lease.release())).toBeUndefined();
  });

  it('are tried few at a time where nobody gets in', async () => {
    await using slow = await startSlow(600_000);
    pool.use(slow.way);
    const sinceMs = performance.now();
    const refused: Promise<unknown>[] = [];
    for (let operation = 0; operation < 200; operation++) {
      refused.push(pool.take(500).catch(unsent));
      await breathe();
    }
    const outcomes = await Promise.all(refused);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify({ outcome: 'failed', errorCode: 'NOT_CONNECTED' })]),
    );
    expect(slow.accepted()).toBeLessThanOrEqual(10 + Math.ceil((performance.now() - sinceMs) / 100));
  });

  it('that are waited for are refused at once when another broker leads', async () => {
    await using slow = await startSlow(600_000);
    pool.use(slow.way);
    const waiting = Array.from({ length: 20 }, () => pool.take(600_000));
    pool.use(wayOf(one.address));
    for (const each of waiting) await expect(each).rejects.toThrow('another broker leads the partition');
    (await pool.take(1000)).release();
  });

  it('are forgotten when the broker has closed them', async () => {
    pool.use(wayOf(one.address));
    const lease = await pool.take(1000);
    const answer = ask(lease);
    await expect.poll(() => one.accepted).toBeGreaterThan(1);
    for (const socket of one.sockets) socket.destroy();
    await expect(answer).rejects.toThrow('Connection closed');
    expect(lease.leaderChanged).toBe(false);
    lease.release();
    const before = one.accepted;
    (await pool.take(1000)).release();
    expect(one.accepted).toBeGreaterThanOrEqual(before);
  });
});
