import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../test/loopback-sentinel.ts';
import { startLedger } from '../../test/run-ledger.ts';
import { expectSameOutage, untilOkForLong } from '../../test/support/same-outage.ts';
import { startProber } from '../../test/support/start-prober.ts';

let cluster: LoopbackSentinel;
beforeEach(async () => {
  cluster = await startLoopbackSentinel({ downAfterMs: 1000, minReplicasToWrite: 1 });
});
afterEach(() => cluster[Symbol.asyncDispose]());

describe('redis.ledger through a failover', () => {
  it('sees the outage of a killed primary as an independent prober does, and subjects get over it too', async () => {
    await using prober = await startProber(cluster.addresses);
    await using oracle = await startLedger(cluster, { rate: '100/s' });
    await using plain = await startLedger(cluster, { confirmedBy: 1 }, { client: 'ioredis' });
    await using hardened = await startLedger(cluster, { confirmedBy: 1 }, { client: 'ioredis/hardened' });
    const runs = [oracle, plain, hardened];
    await Promise.all(runs.map((run) => run.until('writes', ({ ok }) => ok >= 50)));
    expect(String(await cluster.ask('redis-1', 'CLIENT', 'LIST'))).toContain(' name=writes ');
    await cluster.kill('redis-1');
    await Promise.all(runs.map((run) => run.until('an outage', ({ okSinceMs }) => okSinceMs === undefined)));
    await Promise.all(runs.map(untilOkForLong));
    const { ops } = await oracle.finish();
    expectSameOutage(ops, await prober.gaps(oracle.originNs));
    expect(ops.filter((op) => op.errorCode === 'ECONNREFUSED').length).toBeGreaterThan(50);
    for (const subject of [plain, hardened]) {
      const { header, ops: settled } = await subject.finish();
      expect(header.client).toMatch(/^ioredis/);
      expect(new Set(settled.map((op) => op.i)).size).toBe(settled.length);
    }
  }, 120_000);

  it('sees the outage of a hung one too, and reads back once that is a replica in step', async () => {
    await using prober = await startProber(cluster.addresses);
    await using run = await startLedger(cluster, { rate: '100/s', confirmedBy: 1 });
    await run.until('writes', ({ ok }) => ok >= 50);
    cluster.signal('redis-1', 'SIGSTOP');
    await run.until('an outage', ({ lastError }) => lastError === 'TIMEOUT');
    await untilOkForLong(run);
    const { ops } = await run.finish();
    expectSameOutage(ops, await prober.gaps(run.originNs));
    expect(ops.filter((op) => op.errorCode === 'TIMEOUT').length).toBeGreaterThan(50);

    await expect(run.readBack(300)).rejects.toThrow('redis-1 does not answer');
    cluster.signal('redis-1', 'SIGCONT');
    const [primary, ...replicas] = await run.readBack(30_000);
    expect(primary?.from).not.toBe('redis-1');
    expect(replicas.map(({ from }) => from)).toContain('redis-1');
    const found = new Set(primary?.values);
    expect(found.size).toBe(primary?.values.length);
    expect(ops.filter((op) => op.outcome === 'ok' && !found.has(op.i))).toEqual([]);
    for (const replica of replicas) expect(replica.values).toEqual(primary?.values);
  }, 120_000);
});
