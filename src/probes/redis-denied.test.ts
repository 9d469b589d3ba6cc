// Probes of Redis on a cluster in which something is not allowed: never an empty answer, and never a zero.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachedContext, readOnce } from '../../test/support/secured-context.ts';
import { type SecuredRedis, startSecuredRedis } from '../../test/support/secured-redis.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { redisSentinel } from '../services/redis-sentinel/service.ts';
import { leastReplicas } from '../services/redis-sentinel/settings.ts';
import { redisClients } from './redis-clients.ts';
import { redisInfo } from './redis-info.ts';
import { redisReplication } from './redis-replication.ts';
import { redisTopology } from './redis-topology.ts';

let cluster: SecuredRedis;
beforeAll(async () => {
  cluster = await startSecuredRedis();
});
afterAll(() => cluster[Symbol.asyncDispose]());

function read<P>(probe: Probe<P>, params: unknown): Promise<Json> {
  return readOnce(probe, probe.params.parse(params), attachedContext(cluster.addresses));
}

/** While the user of the probes may not call it on this node. */
async function without<T>(node: string, command: string, what: () => Promise<T>): Promise<T> {
  await cluster.ask(node, 'ACL', 'SETUSER', 'firedrill', `-${command}`);
  try {
    return await what();
  } finally {
    await cluster.ask(node, 'ACL', 'SETUSER', 'firedrill', `+${command}`);
  }
}

describe('a probe that may do all that it needs', () => {
  it('reads it with the rights that the target file names', async () => {
    await expect
      .poll(() => read(redisTopology, {}), { timeout: 15_000 })
      .toMatchObject({
        primary: 'redis-1',
        acceptingWrites: 1,
        replicasInStep: 2,
        sentinelsAgreeing: 3,
        canFailOver: 3,
      });
    expect(await read(redisReplication, {})).toMatchObject({ primary: 'redis-1', linksUp: 2 });
    expect(await read(redisInfo, { field: 'connected_slaves', node: 'redis-1' })).toBe(2);
    expect(await read(redisClients, {})).toMatchObject({ primary: 'redis-1', leftBehind: 0 });
  });
});

describe('a probe that is denied something', () => {
  it.each<[string, string, () => Promise<Json>, string, string]>([
    ['redis.topology', 'INFO', () => read(redisTopology, {}), 'redis-2', 'info'],
    ['redis.topology', 'CONFIG GET', () => read(redisTopology, {}), 'redis-1', 'config|get'],
    ['redis.topology', 'SENTINEL MASTER', () => read(redisTopology, {}), 'sentinel-3', 'sentinel|master'],
    ['redis.topology', 'SENTINEL CKQUORUM', () => read(redisTopology, {}), 'sentinel-3', 'sentinel|ckquorum'],
    ['redis.replication', 'INFO', () => read(redisReplication, {}), 'redis-3', 'info'],
    ['redis.info', 'INFO', () => read(redisInfo, { field: 'used_memory' }), 'redis-3', 'info'],
    ['redis.info', 'INFO', () => read(redisInfo, { field: 'used_memory', node: 'redis-3' }), 'redis-3', 'info'],
    ['redis.clients', 'CLIENT LIST', () => read(redisClients, {}), 'redis-2', 'client|list'],
    ['redis.clients', 'CLIENT ID', () => read(redisClients, {}), 'redis-2', 'client|id'],
  ])('says so: %s, %s', async (_, call, reading, node, command) => {
    const error = await without(node, command, () => reading().catch((denial: unknown) => denial));
    expect(error).toMatchObject({ code: 'PLAN_REFUSED', message: expect.stringContaining(node) });
    expect((error as Error).message).toContain(call);
    expect((error as Error).message).toContain('NOPERM');
  });

  it('says that it is not let in', async () => {
    await cluster.ask('redis-2', 'ACL', 'SETUSER', 'firedrill', 'off');
    try {
      await expect(read(redisTopology, {})).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining('redis-2 does not let us in: WRONGPASS'),
      });
    } finally {
      await cluster.ask('redis-2', 'ACL', 'SETUSER', 'firedrill', 'on');
    }
  });

  it('does without where INFO says the same', async () => {
    await cluster.ask('redis-1', 'CONFIG', 'SET', 'min-replicas-to-write', '0');
    try {
      const value = await without('redis-1', 'config|get', () => read(redisTopology, {}));
      expect(value).toMatchObject({ primaries: 1, acceptingWrites: 1 });
    } finally {
      await cluster.ask('redis-1', 'CONFIG', 'SET', 'min-replicas-to-write', '1');
    }
  });
});

describe('settings', () => {
  it('are read without the secrets among them', async () => {
    const cx = attachedContext(cluster.addresses);
    const settings = await redisSentinel.settings('redis-sentinel', cx);
    expect(settings).toMatchObject({
      redis: { 'redis-2': { 'min-replicas-to-write': '1', masterauth: '(set)', requirepass: '' } },
      sentinel: { 'sentinel-1': { 'down-after-milliseconds': '5000' } },
    });
    const all = JSON.stringify([settings, await redisSentinel.view('redis-sentinel', cx)]);
    for (const secret of cluster.secrets) expect(all.includes(secret)).toBe(false);
  });

  it('that a node keeps to itself are those that INFO tells', async () => {
    const settings = await without('redis-1', 'config|get', () =>
      redisSentinel.settings('redis-sentinel', attachedContext(cluster.addresses)),
    );
    expect(settings).toMatchObject({ redis: { 'redis-1': { appendonly: 'yes', maxmemory: '0' } } });
    expect(settings).not.toHaveProperty(['redis', 'redis-1', 'min-replicas-to-write']);
    expect(leastReplicas(settings, 'redis-1')).toBe(1);
  });
});
