// A ledger on somebody else's Redis, through failovers: TLS and access lists on every way.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLedger } from '../run-ledger.ts';
import { expectSameOutage, untilOkForLong } from '../support/same-outage.ts';
import { type SecuredRedis, startSecuredRedis } from '../support/secured-redis.ts';
import { startProber } from '../support/start-prober.ts';

let cluster: SecuredRedis;
beforeEach(async () => {
  cluster = await startSecuredRedis({ downAfterMs: 3000 });
});
afterEach(() => cluster[Symbol.asyncDispose]());

describe('redis.ledger on a secured cluster', () => {
  it('sees the outage of a killed primary as an independent prober does, and subjects get over it too', async () => {
    await using prober = await startProber(cluster.bookFor('admin'));
    // The prober wants no confirmation: neither may the ledger that is held against it.
    await using oracle = await startLedger(cluster, { rate: '100/s' });
    await using confirmed = await startLedger(cluster, { confirmedBy: 1 });
    await using plain = await startLedger(cluster, { confirmedBy: 1 }, { client: 'ioredis' });
    await using hardened = await startLedger(cluster, { confirmedBy: 1 }, { client: 'ioredis/hardened' });
    const runs = [oracle, confirmed, plain, hardened];
    await Promise.all(runs.map((run) => run.until('writes', ({ ok }) => ok >= 50)));
    await cluster.kill('redis-1');
    await Promise.all(runs.map((run) => run.until('an outage', ({ okSinceMs }) => okSinceMs === undefined)));
    await Promise.all(runs.map(untilOkForLong));
    const { header, ops } = await oracle.finish();
    expect(header.units).toEqual(['mymaster']);
    expectSameOutage(ops, await prober.gaps(oracle.originNs));
    expect(ops.filter((op) => op.errorCode === 'ECONNREFUSED').length).toBeGreaterThan(50);
    const [writes] = await Promise.all([confirmed, plain, hardened].map((run) => run.finish()));

    await cluster.start('redis-1');
    const [primary, ...replicas] = await confirmed.readBack(30_000);
    expect(primary?.from).not.toBe('redis-1');
    const found = new Set(primary?.values);
    expect(writes?.ops.filter((op) => op.outcome === 'ok' && !found.has(op.i))).toEqual([]);
    for (const replica of replicas) expect(replica.values).toEqual(primary?.values);
    expect(runs.flatMap((run) => run.problems())).toEqual([]);
  });

  it('sees the outage of a hung one too, with whom no handshake comes to an end', async () => {
    await using prober = await startProber(cluster.bookFor('admin'));
    await using run = await startLedger(cluster, { rate: '100/s' });
    await run.until('writes', ({ ok }) => ok >= 50);
    await cluster.pause('redis-1');
    await run.until('an outage', ({ lastError }) => lastError === 'TIMEOUT');
    await untilOkForLong(run);
    const { ops } = await run.finish();
    expectSameOutage(ops, await prober.gaps(run.originNs));
    await cluster.resume('redis-1');
    expect(await run.readBack(30_000)).toHaveLength(3);
  });
});
