import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../test/loopback-sentinel.ts';
import { type LedgerRun, startLedger } from '../../test/run-ledger.ts';
import { type Gap, startProber } from '../../test/support/start-prober.ts';
import type { OpRecord as Op } from '../journal/ops-format.ts';

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
      expect(Math.max(...settled.map((op) => op.settledMs - op.sentMs))).toBeLessThan(1000);
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

async function untilOkForLong(run: LedgerRun): Promise<void> {
  await run.until('recovery', ({ okSinceMs }) => okSinceMs !== undefined && run.nowMs() - okSinceMs > 700);
}

function expectSameOutage(ops: readonly Op[], gaps: readonly Gap[]): void {
  const seen = outageOf(ops);
  const [probed] = gaps.toSorted((a, b) => b.highMs - a.highMs);
  if (probed === undefined) throw new Error('the prober saw no outage');
  expect(seen.high).toBeGreaterThan(1000);
  expect(seen.low).toBeLessThanOrEqual(probed.highMs);
  expect(seen.high).toBeGreaterThanOrEqual(probed.lowMs);
  expect(seen.fromMs).toBeLessThanOrEqual(probed.toMs);
  expect(seen.toMs).toBeGreaterThanOrEqual(probed.fromMs);
}

interface Outage {
  readonly low: number;
  readonly high: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The longest one between two oks, with the bounds of the design, section 9. */
function outageOf(ops: readonly Op[]): Outage {
  const oks = ops.filter((op) => op.outcome === 'ok').sort((a, b) => a.settledMs - b.settledMs);
  const outages = oks.slice(1).map((z, index) => {
    const a = oks[index] ?? z;
    const between = ops.filter((op) => op.outcome !== 'ok' && op.sentMs > a.sentMs && op.sentMs < z.settledMs);
    const starts = between.map((op) => (op.errorCode === 'TIMEOUT' ? op.sentMs : op.settledMs));
    const low = Math.max(0, Math.max(...between.map((op) => op.sentMs)) - Math.min(...starts));
    return { fromMs: a.sentMs, toMs: z.settledMs, high: z.settledMs - a.sentMs, low: between.length === 0 ? 0 : low };
  });
  const longest = outages.sort((x, y) => y.high - x.high)[0];
  if (longest === undefined) throw new Error('no oks');
  return longest;
}
