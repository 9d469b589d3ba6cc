import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachedContext } from '../../test/support/secured-context.ts';
import { type SecuredRedis, startSecuredRedis } from '../../test/support/secured-redis.ts';
import type { PauseMode } from '../clients/redis-pause.ts';
import type { Evidence } from '../core/journal.ts';
import type { FaultInput, UndoRecord } from '../core/kinds.ts';
import type { AddressBook } from '../core/node.ts';
import { redisClientPause } from './redis-client-pause.ts';

let cluster: SecuredRedis;
beforeAll(async () => {
  cluster = await startSecuredRedis();
});
afterAll(() => cluster[Symbol.asyncDispose]());

function recordOf(mode: PauseMode, targets: readonly string[]): UndoRecord<PauseMode> {
  return {
    prior: mode,
    targets: targets.map((node) => ({ node, identity: undefined })),
  } as unknown as UndoRecord<PauseMode>;
}

function inject(params: Record<string, unknown>, targets: readonly string[]): Promise<Evidence> {
  const parsed = redisClientPause.params.parse(params);
  return redisClientPause.inject(
    { params: parsed, targets } as unknown as FaultInput<typeof parsed>,
    attachedContext(cluster.addresses),
  );
}

function still(mode: PauseMode, targets: readonly string[]): Promise<void> | undefined {
  return redisClientPause.still?.(recordOf(mode, targets), attachedContext(cluster.addresses));
}

function revert(mode: PauseMode, targets: readonly string[]): Promise<Evidence> {
  return redisClientPause.revert(recordOf(mode, targets), attachedContext(cluster.addresses));
}

/** The cluster's addresses, but for that of one node. */
function withAddress(node: string, port: number): AddressBook {
  const rows = cluster.addresses.rows.map((row) =>
    row.node === node ? { ...row, address: { ...row.address, port } } : row,
  );
  return { ...cluster.addresses, rows };
}

/** What is left of a process that dies: some connections more are let in and reset, and then nobody listens. */
async function startDyingDoor(lets: number): Promise<AsyncDisposable & { readonly port: number; left(): number }> {
  let left = lets;
  const door = createServer((socket) => {
    left -= 1;
    if (left === 0) door.close();
    socket.once('error', () => undefined).resetAndDestroy();
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return {
    port: (door.address() as AddressInfo).port,
    left: () => left,
    [Symbol.asyncDispose]: async () => void door.close(),
  };
}

describe('redis.client-pause', () => {
  it('lets writes wait and serves reads, until it is undone', async () => {
    const { summary } = await inject({ pauseFor: '20s' }, ['redis-1']);
    expect(summary).toBe('writes wait and reads are served on redis-1, for 20.00 s');
    await still('write', ['redis-1']);
    expect((await revert('write', ['redis-1'])).summary).toBe('clients are served again on redis-1');
    await revert('write', ['redis-1']);
    await expect(still('write', ['redis-1'])).rejects.toThrow('a write is not made to wait: it is answered');
  }, 30_000);

  it('lets everything wait, and ends by itself', async () => {
    const { summary } = await inject({ mode: 'all', pauseFor: '1500ms' }, ['redis-1', 'redis-2']);
    expect(summary).toBe('nothing is answered on redis-1, redis-2, for 1.50 s');
    await revert('all', ['redis-1', 'redis-2']);
    await expect(still('all', ['redis-1', 'redis-2'])).rejects.toThrow('it answers PING');
  }, 30_000);

  it('undoes what has come half way: one of two nodes', async () => {
    await inject({ pauseFor: '20s' }, ['redis-1']);
    await revert('write', ['redis-1', 'redis-2']);
    await expect(still('write', ['redis-1'])).rejects.toThrow('not in force');
  }, 30_000);

  it('proves nothing of nodes whose writes do not count', async () => {
    await expect(inject({}, ['redis-1', 'sentinel-1'])).rejects.toThrow('it is no Redis node');
    await expect(inject({}, ['redis-1', 'redis-2'])).rejects.toThrow(
      'a write is not served before the pause: READONLY',
    );
  }, 30_000);

  it('has nothing to undo of a node whose process is gone', async () => {
    const undone = { summary: 'clients are served again on redis-3' };
    await cluster.kill('redis-3');
    expect(await revert('write', ['redis-3'])).toMatchObject(undone);
    expect(await revert('all', ['redis-3'])).toMatchObject(undone);
  }, 30_000);

  it.each(['write', 'all'] as const)(
    'asks again when the process is dying that it asks (%s)',
    async (mode) => {
      await using door = await startDyingDoor(3);
      const dying = attachedContext(withAddress('redis-2', door.port));
      const { summary } = await redisClientPause.revert(recordOf(mode, ['redis-2']), dying);
      expect(summary).toBe('clients are served again on redis-2');
      expect(door.left()).toBe(0);
    },
    30_000,
  );

  it('is refused where nobody could end it in time', () => {
    const parsed = redisClientPause.params.safeParse({ mode: 'all', pauseFor: '26s' });
    expect(parsed.error?.issues[0]?.message).toContain('25.00 s at most');
    expect(redisClientPause.warns?.(redisClientPause.params.parse({}))).toContain(
      'it ends by itself 3.00 s after its beginning',
    );
  });
});
