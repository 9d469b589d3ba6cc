import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

function open(profile: SubjectProfile): Subject {
  const address = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port };
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

  it('stays away once it is closed', async () => {
    const { redis } = open('hardened');
    const end = ended(subject as Subject);
    subject?.[Symbol.dispose]();
    await end;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(redis.status).toBe('end');
  });
});
