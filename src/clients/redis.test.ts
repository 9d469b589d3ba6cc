import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSubject, type Subject, type SubjectProfile } from './redis.ts';

/** A Sentinel that accepts connections and never answers: the client stays in its search for the primary. */
let silent: Server;
let subject: Subject | undefined;

beforeEach(async () => {
  silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterEach(() => {
  subject?.[Symbol.dispose]();
  silent.close();
});

function open(profile: SubjectProfile, server = silent): Subject {
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const row = { node: 'sentinel-1', service: 's', role: 'sentinel', listener: 'sentinel', announced: address, address };
  subject = openSubject({
    addresses: { from: 'client:x', rows: [row] },
    service: 's',
    primaryName: 'mymaster',
    profile,
    name: 'x',
  });
  return subject;
}

/** Answers as a Sentinel and as the primary that it names; after `breakAll` it resets every connection. */
function sentinelThatIsPrimary(): Server & { subscribed: number; broken: number; breakAll(): void } {
  const sockets = new Set<Socket>();
  let breaking = false;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
    if (breaking) breakOff(socket);
    else
      socket.on('data', (data) =>
        socket.write(
          data
            .toString()
            .split(/^\*\d+\r\n/m)
            .slice(1)
            .map(answer)
            .join(''),
        ),
      );
  });
  const breakOff = (socket: Socket): void => {
    faulty.broken += 1;
    socket.resetAndDestroy();
  };
  const answer = (command: string): string => {
    const port = String((server.address() as AddressInfo).port);
    if (/subscribe/i.test(command)) faulty.subscribed += 1;
    if (/subscribe/i.test(command)) return '>3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n';
    if (/get-master-addr/i.test(command)) return `*2\r\n$9\r\n127.0.0.1\r\n$${port.length}\r\n${port}\r\n`;
    if (/role/i.test(command)) return '*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n';
    if (/info\r/i.test(command)) return '$11\r\nrole:master\r\n';
    return /hello/i.test(command) ? '%2\r\n+server\r\n+redis\r\n+proto\r\n:3\r\n' : '+OK\r\n';
  };
  const breakAll = (): void => {
    breaking = true;
    for (const socket of sockets) breakOff(socket);
  };
  const faulty = Object.assign(server, { subscribed: 0, broken: 0, breakAll });
  return faulty;
}

function ended({ redis }: Subject): Promise<void> {
  return new Promise((resolve) => redis.once('end', () => resolve()));
}

describe('a hardened subject', () => {
  it('goes on looking for the primary when it hears of a failover in the middle of its search', async () => {
    const { redis } = open('hardened');
    const end = ended(subject as Subject);
    // What the failoverDetector does on +switch-master; ioredis 6.0.0 takes it for the end of the client.
    (redis as unknown as { connector: { disconnect(): void } }).connector.disconnect();
    await end;
    await expect.poll(() => redis.status, { timeout: 5000 }).toBe('connecting');
  });

  it('says nothing of Sentinels that end in the middle of a word: its own connections to them have their listener', async () => {
    const server = sentinelThatIsPrimary();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const said = vi.spyOn(console, 'error').mockReturnValue();
    try {
      const { redis } = open('hardened', server);
      await once(redis, 'ready');
      await expect.poll(() => server.subscribed, { timeout: 5000 }).toBe(1);
      server.breakAll();
      await expect.poll(() => server.broken, { timeout: 10_000 }).toBeGreaterThan(8);
      expect(said.mock.calls).toEqual([]);
    } finally {
      said.mockRestore();
      subject?.[Symbol.dispose]();
      server.breakAll();
      server.close();
    }
  });

  it('stays away once it is closed', async () => {
    const { redis } = open('hardened');
    const end = ended(subject as Subject);
    subject?.[Symbol.dispose]();
    await end;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(redis.status).toBe('end');
  });
});
