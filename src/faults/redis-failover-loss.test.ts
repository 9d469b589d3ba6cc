// What the plain form loses, counted twice: as a result reports it, and by asking every node over a socket of its own.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addressOf, ask } from '../../test/contract/resp.ts';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../test/loopback-sentinel.ts';
import { startLedger } from '../../test/run-ledger.ts';
import { attachedContext } from '../../test/support/secured-context.ts';
import type { FaultInput } from '../core/kinds.ts';
import { readOps } from '../journal/ops-file.ts';
import { readReadBacks } from '../journal/read-backs.ts';
import { countLedger } from '../measure/ledger.ts';
import { redisFailover } from './redis-failover.ts';

let cluster: LoopbackSentinel;
beforeEach(async () => {
  cluster = await startLoopbackSentinel({ downAfterMs: 5000, minReplicasToWrite: 1 });
});
afterEach(() => cluster[Symbol.asyncDispose]());

it('redis.failover, the plain form: the reported loss is what nodes say that they do not have', async () => {
  await using run = await startLedger(cluster, { rate: '200/s', confirmedBy: 1 });
  await run.until('writes', ({ ok }) => ok >= 200);
  const params = redisFailover.params.parse({ form: 'plain', acceptsLoss: true });
  await redisFailover.inject({ params } as FaultInput<typeof params>, attachedContext(cluster.addresses));
  await run.until('service', ({ okSinceMs }) => okSinceMs !== undefined && run.nowMs() - okSinceMs > 1000);
  await cluster.untilWhole();
  const { ops } = await run.finish();
  await run.readBack();
  const recorded = await readOps(join(run.dir, 'writes.ndjson'));
  const copies = await readReadBacks(join(run.dir, 'writes.read.ndjson'));
  if (recorded === undefined || copies === undefined) throw new Error('nothing was recorded');
  const reported = countLedger(recorded, copies)?.lost;

  const acknowledged = ops.filter(({ outcome }) => outcome === 'ok').map(({ i }) => i);
  const key = await ask(addressOf(cluster.addresses, 'redis-1'), 'RANDOMKEY');
  for (const node of ['redis-1', 'redis-2', 'redis-3']) {
    const list = await ask(
      addressOf(cluster.addresses, node),
      `EVAL_RO "return table.concat(redis.call('LRANGE', KEYS[1], 0, -1), ' ')" 1 ${key}`,
    );
    const there = new Set(list.split(' ').map(Number));
    expect(acknowledged.filter((i) => !there.has(i))).toHaveLength(reported ?? -1);
  }
  expect(reported).toBeGreaterThan(20);
}, 90_000);
