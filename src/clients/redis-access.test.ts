import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AddressBook } from '../core/node.ts';
import { assertEnterable, credentialsOf, entranceTo, withoutSecret } from './redis-access.ts';
import { primaryNameOf } from './sentinel.ts';

const address = { host: '127.0.0.1', port: 6379 };
const password = { env: 'FIREDRILL_TEST_SECRET' };
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-test-'));
  await writeFile(join(dir, 'not.pem'), 'hello');
});
afterAll(() => rm(dir, { recursive: true }));

describe('what is needed to enter', () => {
  it('is nothing where everybody is let in', () => {
    expect(credentialsOf(undefined)).toBeUndefined();
    expect(credentialsOf({ tls: {} })).toBeUndefined();
  });

  it('is read when it is asked for', () => {
    vi.stubEnv('FIREDRILL_TEST_SECRET', 'sesame');
    expect(credentialsOf({ user: 'drill', password })).toEqual({ user: 'drill', password: 'sesame' });
    vi.unstubAllEnvs();
    expect(() => credentialsOf({ password })).toThrow(/FIREDRILL_TEST_SECRET is not set/);
  });

  it.each([
    [{ password }, { message: expect.stringContaining('FIREDRILL_TEST_SECRET') }],
    [{ tls: { ca: '/nowhere/ca.pem' } }, { at: '/nowhere/ca.pem', message: expect.stringContaining('ENOENT') }],
  ])('is missed before anybody connects: %j', (access, error) => {
    expect(() => assertEnterable([{ address, access }])).toThrow(
      expect.objectContaining({ code: 'USAGE', ...error }) as Error,
    );
  });

  it('says which file is no key', () => {
    const key = join(dir, 'not.pem');
    expect(() => assertEnterable([{ address, access: { tls: { key } } }])).toThrow(`${key} cannot be used for TLS`);
  });
});

describe('an error of the handshake', () => {
  it('has neither the arguments of the command nor what a server says back', () => {
    const message = "ERR unknown command 'AUTH', with args beginning with: 'drill' 'sesame'";
    const error = Object.assign(new Error(message), { command: { name: 'auth', args: ['drill', 'sesame'] } });
    withoutSecret(error, undefined, { user: 'drill', password: 'sesame' });
    expect(error).not.toHaveProperty('command');
    expect(`${error.message} ${error.stack}`).not.toContain('sesame');
    expect(error.message).toContain("'drill' '…'");
  });
});

describe('a primary that Sentinels name', () => {
  const [own, peer] = [{ user: 'own' }, { user: 'peer' }];
  const row = (node: string, port: number, access: object): AddressBook['rows'][number] => ({
    node,
    access,
    service: 's',
    role: 'redis',
    listener: 'redis',
    announced: { host: '10.0.0.1', port },
    address: { host: '127.0.0.1', port: port + 1 },
  });
  const book = { from: 'x', rows: [row('redis-1', 1000, peer), row('redis-2', 2000, own)] };

  it('is entered the way that leads there, or as its peers are', () => {
    expect(entranceTo(book, 's', { host: '10.0.0.1', port: 2000 })).toMatchObject({
      address: { host: '127.0.0.1', port: 2001 },
      access: own,
    });
    const unknown = { host: '10.0.0.9', port: 2000 };
    expect(entranceTo(book, 's', unknown)).toEqual({ address: unknown, access: peer });
  });

  it('has the name that its service has for it, or the usual one', () => {
    expect(primaryNameOf(book, 's')).toBe('mymaster');
    const rows = [...book.rows, { ...row('sentinel-1', 1, {}), role: 'sentinel', terms: { primaryName: 'sessions' } }];
    expect(primaryNameOf({ from: 'x', rows }, 's')).toBe('sessions');
    expect(primaryNameOf({ from: 'x', rows }, 'other')).toBe('mymaster');
  });
});
