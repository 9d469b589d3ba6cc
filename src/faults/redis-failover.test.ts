import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../test/loopback-sentinel.ts';
import { type LedgerRun, startLedger } from '../../test/run-ledger.ts';
import { attachedContext } from '../../test/support/secured-context.ts';
import { answered, primaryOf } from '../clients/redis-topology.ts';
import { type Clock, createClock } from '../core/clock.ts';
import type { Evidence } from '../core/journal.ts';
import type { FaultInput, LiveContext, UndoRecord } from '../core/kinds.ts';
import { redisFailover } from './redis-failover.ts';
import { type Prior, standingOf } from './redis-failover-undo.ts';

let cluster: LoopbackSentinel;
beforeEach(async () => {
  cluster = await startLoopbackSentinel({ downAfterMs: 5000, minReplicasToWrite: 1 });
});
afterEach(() => cluster[Symbol.asyncDispose]());

const SAFE: Prior = { form: 'safe', service: null, from: 'redis-1' };

function inject(
  params: Record<string, unknown>,
  cx: LiveContext = attachedContext(cluster.addresses),
): Promise<Evidence> {
  const parsed = redisFailover.params.parse(params);
  return redisFailover.inject({ params: parsed } as FaultInput<typeof parsed>, cx);
}

/** As another process does it, which knows nothing but the record. */
function revert(prior: Prior): Promise<Evidence> {
  return redisFailover.revert({ prior } as UndoRecord<Prior>, attachedContext(cluster.addresses));
}

function roleOf(node: string): Promise<string> {
  return cluster.ask(node, 'ROLE').then((reply) => String((reply as unknown[])[0]));
}

/** Something happens when everybody has been asked, and before writes wait: then the time is looked at first. */
function onceAsked(happens: () => void): Clock {
  const clock = createClock();
  let first = true;
  return {
    ...clock,
    nowMs: () => {
      if (first) happens();
      first = false;
      return clock.nowMs();
    },
  };
}

/** Numbers of its clients' connections, in the order in which they came. */
async function clientsOf(node: string): Promise<readonly number[]> {
  const text = String(await cluster.ask(node, 'CLIENT', 'LIST', 'TYPE', 'normal'));
  return [...text.matchAll(/^id=(\d+) /gm)].map(([, id]) => Number(id));
}

async function served(run: LedgerRun, forMs: number): Promise<void> {
  await run.until('service', ({ okSinceMs }) => okSinceMs !== undefined && run.nowMs() - okSinceMs > forMs);
}

describe('redis.failover, the safe form', () => {
  it('hands over without a lost write, and closes the old clients', async () => {
    await using run = await startLedger(cluster, { rate: '200/s', confirmedBy: 1 });
    await run.until('writes', ({ ok }) => ok >= 200);
    const newest = Math.max(...(await clientsOf('redis-1')));
    const { facts, notBeforeMs = 0, byMs = 0 } = await inject({});
    expect(facts).toMatchObject({ from: 'redis-1', form: 'safe', leaseMs: 4000 });
    expect(Number(facts['pausedMs'])).toBeLessThan(2000);
    expect(byMs - notBeforeMs).toBeLessThan(200);
    expect((await clientsOf('redis-1')).filter((id) => id <= newest)).toEqual([]);
    await served(run, 500);
    expect(await roleOf('redis-1')).toBe('slave');
    await cluster.untilWhole();
    const { ops } = await run.finish();
    const [primary] = await run.readBack();
    const found = new Set(primary?.values);
    expect(ops.filter((op) => op.outcome === 'ok' && !found.has(op.i))).toEqual([]);
    expect(await revert(SAFE)).toEqual({ summary: 'nothing to undo: the roles have moved', facts: {} });
    expect(await roleOf('redis-1')).toBe('slave');
  }, 60_000);

  it('leaves writes going on where it ends in the middle', async () => {
    await using run = await startLedger(cluster, { rate: '100/s' });
    await run.until('writes', ({ ok }) => ok >= 20);
    const dying = new AbortController();
    const clock = onceAsked(() => dying.abort(new Error('died')));
    const cx = { ...attachedContext(cluster.addresses, dying.signal), clock };
    await expect(inject({ momentWithin: '0s' }, cx)).rejects.toThrow('died');
    await run.until('the pause', ({ lastError }) => lastError === 'TIMEOUT');
    expect((await revert(SAFE)).summary).toBe('redis-1 is primary as before, and takes writes');
    await served(run, 200);
    expect((await revert(SAFE)).summary).toBe('redis-1 is primary as before, and takes writes');
    expect(await roleOf('redis-1')).toBe('master');
  }, 60_000);

  it('gives up, with the writes going on, when the replicas do not catch up', async () => {
    const cx = { ...attachedContext(cluster.addresses), clock: onceAsked(() => cluster.signal('redis-2', 'SIGSTOP')) };
    await expect(inject({ momentWithin: '0s', pauseFor: '1s' }, cx)).rejects.toThrow(
      'in vain for redis-2 and redis-3 to have all that redis-1 has',
    );
    cluster.signal('redis-2', 'SIGCONT');
    await revert(SAFE);
    expect(await cluster.ask('redis-1', 'SET', 'x', '1')).toBe('OK');
  }, 60_000);

  it('finishes what was ordered when the runner died before the old primary was told', async () => {
    await cluster.ask('redis-1', 'CLIENT', 'PAUSE', '4000', 'WRITE');
    await cluster.ask('sentinel-1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const { summary } = await revert(SAFE);
    expect(summary).toMatch(/^redis-1 was handed over by half: it is a replica of redis-[23] now/);
    await cluster.untilWhole();
    expect(await roleOf('redis-1')).toBe('slave');
  }, 60_000);

  it('ends its pause without anybody, before the Sentinels miss the primary', async () => {
    const facts = await cluster.until('roles', (now) => primaryOf(now) === 'redis-1');
    expect(answered(facts.sentinels).every(([, { downAfterMs }]) => downAfterMs === 5000)).toBe(true);
    await cluster.ask('redis-1', 'CLIENT', 'PAUSE', '4000', 'WRITE');
    await cluster.ask('redis-1', 'SET', 'x', '1').catch(() => undefined);
    const down = cluster.until('down', (now) => answered(now.sentinels).some(([, each]) => each.subjectivelyDown));
    const late = down.then(
      () => 'down',
      () => 'never down',
    );
    const written = (async () => {
      for (;;) if ((await cluster.ask('redis-1', 'SET', 'x', '2').catch(() => 'waits')) === 'OK') return 'written';
    })();
    expect(await Promise.race([late, written])).toBe('written');
  }, 60_000);

  it('does nothing while a failover is under way, or with no replica', async () => {
    await cluster.ask('sentinel-2', 'SENTINEL', 'FAILOVER', 'mymaster');
    await expect(inject({})).rejects.toThrow('sentinel-2 has a failover under way already');
  }, 60_000);
});

describe('how an old primary stands', () => {
  it('is not decided while somebody else says that it is primary', async () => {
    const facts = await cluster.untilWhole();
    expect(standingOf(facts, 'redis-1')).toEqual({ is: 'untouched' });
    expect(standingOf(facts, 'redis-2')).toEqual({ is: 'handedOver' });
    const replica = facts.redis.get('redis-2');
    if (replica === undefined || replica instanceof Error) throw new Error('redis-2 did not answer');
    const redis = new Map([...facts.redis, ['redis-2', { ...replica, role: 'primary' as const }] as const]);
    expect(standingOf({ ...facts, redis }, 'redis-1').is).toBe('underWay');
    expect(standingOf({ ...facts, redis }, 'redis-2')).toEqual({ is: 'halfHandedOver', to: 'redis-1' });
    const silent = new Map([...facts.redis, ['redis-1', new Error('gone')] as const]);
    expect(standingOf({ ...facts, redis: silent }, 'redis-1').is).toBe('underWay');
  });
});
