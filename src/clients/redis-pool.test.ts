import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Address } from '../core/node.ts';
import { outcomeOf } from './redis-outcome.ts';
import { type Lease, PrimaryPool } from './redis-pool.ts';

/** A server that answers when the test says so: which a real one cannot be made to do. */
interface Scripted extends AsyncDisposable {
  readonly address: Address;
  readonly sockets: readonly Socket[];
  /** Commands that arrived, on all connections. */
  commands(): number;
  /** Each connection gets as many of these as commands of it are unanswered. */
  answer(...replies: readonly string[]): void;
}

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

async function scripted(onConnection: (socket: Socket) => void = () => undefined): Promise<Scripted> {
  const sockets: Socket[] = [];
  const owed = new Map<Socket, number>();
  let commands = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (data) => {
      const count = data.toString().split('PING').length - 1;
      owed.set(socket, (owed.get(socket) ?? 0) + count);
      commands += count;
    });
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  const result: Scripted = {
    address: { host: '127.0.0.1', port: typeof at === 'object' && at !== null ? at.port : 0 },
    sockets,
    commands: () => commands,
    answer: (...replies) => {
      for (const [socket, count] of owed) socket.write(replies.slice(0, count).join(''));
      owed.clear();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  open.push(result);
  return result;
}

const never = new AbortController().signal;

async function poolOn(server: Scripted): Promise<PrimaryPool> {
  const pool = new PrimaryPool();
  pool.use(server);
  await expect.poll(() => server.sockets.length).toBe(1);
  return pool;
}

async function hung(pool: PrimaryPool, server: Scripted): Promise<{ lease: Lease; answer: Promise<string> }> {
  const before = server.commands();
  const lease = await pool.take(never);
  const answer = lease.connection.ask('PING');
  answer.catch(() => undefined);
  while (server.commands() === before) await sleep(1);
  return { lease, answer };
}

describe('a pool to the primary', () => {
  it('keeps a connection that has answered, also with a refusal, and one ahead', async () => {
    const server = await scripted();
    using pool = await poolOn(server);
    const answers: unknown[] = [];
    for (const reply of ['+OK', '-READONLY no', ':3']) {
      const { lease, answer } = await hung(pool, server);
      server.answer(`${reply}\r\n`);
      answers.push(await answer.catch((error: unknown) => outcomeOf(error).errorCode));
      lease.release();
    }
    expect(answers).toEqual(['OK', 'READONLY', '3']);
    expect(server.sockets.length).toBeLessThanOrEqual(2);
  });

  it('takes replies that come in pieces and several at once, each for its command', async () => {
    const server = await scripted();
    using pool = await poolOn(server);
    const { connection } = await pool.take(never);
    const answers = [connection.ask('PING'), connection.ask('PING'), connection.ask('PING')];
    await expect.poll(() => server.commands()).toBe(3);
    server.sockets[0]?.write('+fir');
    await sleep(5);
    server.sockets[0]?.write('st\r\n:2\r');
    await sleep(5);
    server.sockets[0]?.write('\n-OOM third\r\n');
    expect(await answers[0]).toBe('first');
    expect(await answers[1]).toBe('2');
    await expect(answers[2]).rejects.toMatchObject({ name: 'ReplyError', message: 'OOM third' });
  });

  it('uses a connection again behind the answer that it owes, and tries a fresh one now and then', async () => {
    const server = await scripted();
    using pool = await poolOn(server);
    const started = performance.now();
    let operations = 0;
    while (performance.now() - started < 450) {
      const { lease } = await hung(pool, server);
      operations += 1;
      lease.release(); // its deadline has passed
    }
    expect(operations).toBeGreaterThan(20);
    expect(server.sockets.length).toBeGreaterThanOrEqual(4);
    expect(server.sockets.length).toBeLessThanOrEqual(8);
  });

  it('gives a late answer to nobody else', async () => {
    const server = await scripted();
    using pool = await poolOn(server);
    const first = await hung(pool, server);
    first.lease.release();
    const others: Lease['connection'][] = [];
    let second = await hung(pool, server);
    while (second.lease.connection !== first.lease.connection) {
      others.push(second.lease.connection);
      second = await hung(pool, server);
    }
    expect(others.length).toBeLessThanOrEqual(3); // the one kept ahead, and fresh ones
    server.answer('+first\r\n', '+second\r\n');
    expect(await first.answer).toBe('first');
    expect(await second.answer).toBe('second');
    first.lease.release(); // once more, by whoever waited for the first: the second still has it
    expect((await pool.take(never)).connection).not.toBe(first.lease.connection);
  });

  it('drops what is under way when the primary changes', async () => {
    const [old, next] = [await scripted(), await scripted()];
    using pool = await poolOn(old);
    const { answer } = await hung(pool, old);
    pool.use(next);
    expect(outcomeOf(await answer.catch((error: unknown) => error))).toEqual({
      outcome: 'unknown',
      errorCode: 'PRIMARY_CHANGED',
    });
    await hung(pool, next);
    expect(old.commands()).toBe(1);
  });

  it('does not call a write failed that was accepted and then cut off', async () => {
    const server = await scripted((socket) => socket.once('data', () => socket.destroy()));
    using pool = await poolOn(server);
    const { connection } = await pool.take(never);
    const settlement = outcomeOf(await connection.ask('PING').catch((error: unknown) => error));
    expect(settlement.outcome).toBe('unknown');
    expect(['EOF', 'ECONNRESET', 'EPIPE']).toContain(settlement.errorCode);
    await expect(connection.ask('PING')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('says that a connection was refused', async () => {
    const server = await scripted();
    using pool = await poolOn(server);
    await server[Symbol.asyncDispose]();
    await expect
      .poll(async () => outcomeOf(await pool.take(never).catch((error: unknown) => error)).errorCode)
      .toBe('ECONNREFUSED');
  });

  it('asks a node that lets nobody in only so often, and uses what comes of it once it does', async () => {
    const server = await scripted();
    vi.stubEnv('FIREDRILL_TEST_POOL', 'sesame');
    using pool = new PrimaryPool();
    pool.use({ address: server.address, access: { password: { env: 'FIREDRILL_TEST_POOL' } } });
    for (let round = 0; round < 3; round += 1) {
      const operations = Array.from({ length: 30 }, () => pool.take(AbortSignal.timeout(20)));
      const codes = await Promise.all(
        operations.map((each) => each.catch((error: unknown) => outcomeOf(error).errorCode)),
      );
      expect(new Set(codes)).toEqual(new Set(['NOT_CONNECTED']));
    }
    expect(server.sockets).toHaveLength(16);
    for (const socket of server.sockets) socket.write('+OK\r\n');
    const { lease, answer } = await hung(pool, server);
    expect(server.sockets.length).toBeLessThanOrEqual(18); // the one for the operation, and the one kept ahead
    server.answer(':1\r\n');
    expect(await answer).toBe('1');
    lease.release();
    vi.unstubAllEnvs();
  });

  it('stops connecting when the operation is over, and knows when there is nowhere to connect to', async () => {
    using pool = new PrimaryPool();
    await expect(pool.take(never)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    pool.use({ address: { host: '127.0.0.1', port: 1 } });
    await expect(pool.take(AbortSignal.abort())).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });
});
