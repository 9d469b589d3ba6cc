import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/certificates.ts';
import { type SecuredRedis, startSecuredRedis } from '../../../test/support/secured-redis.ts';
import type { Access } from '../../core/access.ts';
import type { FoundNode, ServiceTarget } from '../../core/kinds.ts';
import { discover } from './discover.ts';

const never = new AbortController().signal;
let cluster: SecuredRedis;
beforeAll(async () => {
  cluster = await startSecuredRedis({ service: 'cache', primaryName: 'sessions', announced: '127.0.0.2' });
});
afterAll(() => cluster[Symbol.asyncDispose]());

function expected(): readonly Partial<FoundNode>[] {
  return cluster.addresses.rows.map(({ node: name, role, announced, address }) => ({
    name,
    role,
    listener: role,
    announced,
    address,
    zone: undefined,
    terms: { primaryName: 'sessions' },
  }));
}

async function refusal(over: Partial<ServiceTarget>): Promise<Error> {
  return await discover(cluster.target(over), never).then(
    () => Promise.reject(new Error('it was found')),
    (error: unknown) => error as Error,
  );
}

describe("somebody's own Redis", () => {
  it('is found from its Sentinels, each node once, where it is reached', async () => {
    expect(await discover(cluster.target(), never)).toEqual(expected());
  });

  it('is found from one of them, which does not know what it is called itself', async () => {
    const [, seed] = cluster.target().seeds;
    expect(await discover(cluster.target({ seeds: seed === undefined ? [] : [seed] }), never)).toEqual(expected());
  });

  it('is found where seeds are said as they are announced', async () => {
    const seeds = cluster.addresses.rows.filter(({ role }) => role === 'sentinel').map(({ announced }) => announced);
    expect(await discover(cluster.target({ seeds }), never)).toEqual(expected());
  });

  it('has the names that its Sentinels have for each other, also where they do not tell their own', async () => {
    const sentinels = cluster.nodes.filter((node) => node.includes('sentinel'));
    const tls = { ca: cluster.ca, serverName: '127.0.0.2' };
    const target = cluster.target({ ways: {}, access: { sentinel: { ...cluster.access('sentinel'), tls } } });
    const asTold = expected().map((node) => (node.role === 'redis' ? { ...node, address: node.announced } : node));
    expect(await discover(target, never)).toEqual(asTold);
    for (const node of sentinels) await cluster.ask(node, 'ACL', 'SETUSER', 'firedrill', '-sentinel|myid');
    try {
      expect(await discover(target, never)).toEqual(asTold);
    } finally {
      for (const node of sentinels) await cluster.ask(node, 'ACL', 'SETUSER', 'firedrill', '+sentinel|myid');
    }
  });

  it('is found while a Sentinel and a replica are dead, and has the same names', async () => {
    await Promise.all([cluster.kill('cache-sentinel-1'), cluster.kill('cache-redis-2')]);
    try {
      expect(await discover(cluster.target(), never)).toEqual(expected());
    } finally {
      await Promise.all([cluster.start('cache-sentinel-1'), cluster.start('cache-redis-2')]);
      await cluster.untilWhole();
    }
  });

  it('has what any of its Sentinels knows of, also when another has forgotten it', async () => {
    await cluster.pause('cache-sentinel-2');
    await cluster.ask('cache-sentinel-1', 'SENTINEL', 'REMOVE', 'sessions');
    try {
      const [first, , third] = cluster.target().seeds;
      expect(await refusal({ seeds: first === undefined ? [] : [first] })).toMatchObject({
        message: expect.stringContaining('it watches no sessions'),
      });
      const seeds = [first, third].filter((seed) => seed !== undefined);
      expect(await discover(cluster.target({ seeds }), never)).toEqual(expected());
    } finally {
      await cluster.resume('cache-sentinel-2');
    }
  });
});

describe("somebody's own Redis that cannot be found", () => {
  it('says what each of those that were asked said', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const hung = { host: '127.0.0.1', port: (silent.address() as { port: number }).port };
    try {
      const error = await refusal({ seeds: [hung, { host: '127.0.0.1', port: 1 }] });
      expect(error).toMatchObject({ code: 'CLUSTER_FAILED', message: expect.stringContaining('no Sentinel of cache') });
      expect(error.message).toContain(`127.0.0.1:${hung.port}: connect ETIMEDOUT`);
      expect(error.message).toContain('127.0.0.1:1: connect ECONNREFUSED');
    } finally {
      silent.close();
    }
  });

  it.each([
    ['another name of the primary', () => ({ terms: { primaryName: 'orders' } }), 'it watches no orders, but sessions'],
    [
      'a wrong password',
      () => ({ access: { sentinel: { ...cluster.access('sentinel'), user: 'admin' } } }),
      'WRONGPASS',
    ],
    ['no user', () => ({ access: { sentinel: { tls: { ca: cluster.ca } } } }), 'NOAUTH'],
    ['no authority that it knows', () => ({ access: { sentinel: { tls: {} } } }), 'self-signed certificate'],
  ])('says so: %s', async (_, over, why) => {
    const [, , seed] = cluster.target().seeds;
    const error = await refusal({ ...over(), seeds: seed === undefined ? [] : [seed] });
    expect(error.message).toContain(why);
    for (const secret of cluster.secrets) expect(`${error.message}${error.stack}`).not.toContain(secret);
  });

  it('is entered with the wrong words about TLS, and it is said which of them', async () => {
    const [seed] = cluster.target().seeds;
    const seeds = seed === undefined ? [] : [seed];
    const { tls: _, ...plain } = cluster.access('sentinel');
    const hinted = async (sentinel: Access): Promise<unknown> => await refusal({ seeds, access: { sentinel } });
    expect(await hinted(plain)).toMatchObject({ hint: expect.stringContaining('access.sentinel.tls') });
    expect(await hinted({ tls: {} })).toMatchObject({ hint: expect.stringContaining('access.sentinel.tls.ca') });
    const other = join(cluster.dir, 'other');
    await mkdir(other);
    await createAuthority(other);
    const ca = join(other, 'ca.pem');
    expect(await hinted({ ...plain, tls: { ca } })).toMatchObject({
      hint: expect.stringMatching(`not from the authority in ${ca}: access.sentinel.tls.ca`),
    });
  });

  it('is not waited for once nobody wants it any more', async () => {
    const why = new Error('enough');
    await expect(discover(cluster.target(), AbortSignal.abort(why))).rejects.toBe(why);
  });
});
