import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../test/loopback-sentinel.ts';
import { startLedger } from '../../test/run-ledger.ts';
import type { OpRecord as Op } from '../journal/ops-format.ts';

/** Nobody fails over here: what the primary does is seen as it is. */
let cluster: LoopbackSentinel;
beforeAll(async () => {
  cluster = await startLoopbackSentinel({ downAfterMs: 60_000, minReplicasToWrite: 0 });
});
afterAll(() => cluster[Symbol.asyncDispose]());

const deadlineMs = 200;
/** A busy machine may settle them this much later; without a deadline of its own an operation would hang for good. */
const withinMs = deadlineMs + 400;
const terms = { rate: '100/s', deadline: `${deadlineMs}ms` };
const by = (ops: readonly Op[], outcome: string, code?: string): readonly Op[] =>
  ops.filter((op) => op.outcome === outcome && (code === undefined || op.errorCode === code));

function expectEachOnce(ops: readonly Op[]): void {
  expect(ops.map((op) => op.i).sort((a, b) => a - b)).toEqual(ops.map((_, index) => index));
}

describe('redis.ledger, oracle, while the primary serves', () => {
  it('records every write once, says what ok means, and reads all of them back from every node', async () => {
    await using run = await startLedger(cluster, terms);
    await run.workload.firstOk(5000);
    await run.until('100 writes', ({ ok }) => ok >= 100);
    const { header, ops } = await run.finish();
    expect(header).toMatchObject({
      v: 1,
      workload: 'writes',
      kind: 'redis.ledger',
      client: 'oracle',
      units: ['mymaster'],
      spacingMs: 10,
      deadlineMs,
      ledger: true,
      okMeans: 'acknowledged by the primary',
    });
    expectEachOnce(ops);
    const ok = by(ops, 'ok');
    expect(ops.length - ok.length).toBe(0);
    expect(run.workload.counters()).toMatchObject({ ok: ok.length, notSent: 0 });
    const copies = await run.readBack();
    expect(copies.map(({ from, authoritative }) => [from, authoritative])).toEqual([
      ['redis-1', true],
      ['redis-2', false],
      ['redis-3', false],
    ]);
    for (const copy of copies)
      expect([...copy.values].sort((a, b) => a - b)).toEqual(ok.map((op) => op.i).sort((a, b) => a - b));
    expect(run.problems()).toEqual([]);
  });

  it('counts a confirmed write as ok once WAIT says so, and as unknown when too few confirm it', async () => {
    await using run = await startLedger(cluster, { ...terms, confirmedBy: 'all' });
    await run.until('confirmed writes', ({ ok }) => ok >= 20);
    cluster.signal('redis-3', 'SIGSTOP');
    try {
      await run.until('unconfirmed writes', ({ lastError, unknown }) => lastError === 'WAIT_SHORT' && unknown >= 10);
    } finally {
      cluster.signal('redis-3', 'SIGCONT');
    }
    const { header, ops } = await run.finish();
    expect(header.okMeans).toBe('acknowledged and confirmed by WAIT 2');
    expectEachOnce(ops);
    expect(by(ops, 'unknown', 'WAIT_SHORT').length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...ops.map((op) => op.settledMs - op.sentMs))).toBeLessThan(withinMs);
    const [primary] = await run.readBack();
    const found = new Set(primary?.values);
    expect(by(ops, 'ok').every((op) => found.has(op.i))).toBe(true);
    expect(by(ops, 'unknown', 'WAIT_SHORT').every((op) => found.has(op.i))).toBe(true);
  });

  it('refuses to be confirmed by more replicas than there are', async () => {
    await expect(startLedger(cluster, { confirmedBy: 3 })).rejects.toMatchObject({
      code: 'WORKLOAD_FAILED',
      message: 'confirmedBy is 3, and cache has 2 replicas',
      at: 'workload writes',
    });
  });
});

describe('redis.ledger, oracle, while the primary does not serve', () => {
  it('settles what hangs by the deadline, once, also when it succeeds after all', async () => {
    // More than can hang by the deadline, however late a busy machine settles them.
    await using run = await startLedger(cluster, { ...terms, inFlight: 1000 });
    await run.until('writes', ({ ok }) => ok >= 20);
    cluster.signal('redis-1', 'SIGSTOP');
    try {
      await run.until('timeouts', ({ lastError, unknown }) => lastError === 'TIMEOUT' && unknown >= 30);
    } finally {
      cluster.signal('redis-1', 'SIGCONT');
    }
    const hung = run.workload.counters();
    await run.until('writes again', ({ ok }) => ok >= hung.ok + 20);
    const { ops } = await run.finish();
    expectEachOnce(ops);
    const timedOut = by(ops, 'unknown', 'TIMEOUT');
    expect(timedOut.length).toBeGreaterThanOrEqual(30);
    expect(Math.max(...timedOut.map((op) => op.settledMs - op.sentMs))).toBeLessThan(withinMs);
    expect(by(ops, 'notSent')).toEqual([]);
    const [primary] = await run.readBack();
    const found = new Set(primary?.values);
    expect(found.size).toBe(primary?.values.length);
    expect(by(ops, 'ok').every((op) => found.has(op.i))).toBe(true);
    expect(timedOut.some((op) => found.has(op.i))).toBe(true);
  });

  it('holds back what is over the limit, and settles all of it when it is stopped', async () => {
    await using run = await startLedger(cluster, { ...terms, inFlight: 3 });
    await run.until('writes', ({ ok }) => ok >= 20);
    cluster.signal('redis-1', 'SIGSTOP');
    try {
      await run.until('held back', ({ notSent }) => notSent >= 10);
      const { ops } = await run.finish();
      expectEachOnce(ops);
      const { ok, failed, unknown, notSent } = run.workload.counters();
      expect(ops).toHaveLength(ok + failed + unknown + notSent);
      expect(by(ops, 'notSent').length).toBeGreaterThanOrEqual(10);
      const hung = by(ops, 'unknown').map((op): [number, number] => [op.sentMs, op.settledMs]);
      for (const [sent] of hung)
        expect(hung.filter(([from, to]) => from <= sent && sent < to).length).toBeLessThanOrEqual(3);
    } finally {
      cluster.signal('redis-1', 'SIGCONT');
    }
  });

  it('calls a write failed that a replica refused', async () => {
    await using run = await startLedger(cluster, terms);
    await run.until('writes', ({ ok }) => ok >= 20);
    const { host, port } = cluster.addressOf('redis-2');
    await cluster.ask('redis-1', 'REPLICAOF', host, String(port));
    try {
      await run.until('refusals', ({ lastError, failed }) => lastError === 'READONLY' && failed >= 10);
    } finally {
      await cluster.ask('redis-1', 'REPLICAOF', 'NO', 'ONE');
    }
    await run.until('writes again', ({ lastOkMs, lastBadMs }) => (lastOkMs ?? 0) > (lastBadMs ?? 0));
    const { ops } = await run.finish();
    expect(by(ops, 'failed', 'READONLY').length).toBeGreaterThanOrEqual(10);
    await cluster.untilWhole();
  });

  it('calls a write failed that was refused for want of replicas, and keeps its connections', async () => {
    await using run = await startLedger(cluster, { ...terms, confirmedBy: 1 });
    await run.until('writes', ({ ok }) => ok >= 20);
    const before = await connectionsReceived();
    await cluster.ask('redis-1', 'CONFIG', 'SET', 'min-replicas-to-write', '3');
    try {
      await run.until('refusals', ({ lastError, failed }) => lastError === 'NOREPLICAS' && failed >= 50);
    } finally {
      await cluster.ask('redis-1', 'CONFIG', 'SET', 'min-replicas-to-write', '0');
    }
    expect((await connectionsReceived()) - before).toBeLessThan(25);
    const { ops } = await run.finish();
    const refused = by(ops, 'failed', 'NOREPLICAS');
    expect(refused.length).toBeGreaterThanOrEqual(50);
    expect(Math.max(...refused.map((op) => op.settledMs - op.sentMs))).toBeLessThan(deadlineMs);
    const [primary] = await run.readBack();
    const found = new Set(primary?.values);
    expect(refused.some((op) => found.has(op.i))).toBe(false);
  });

  async function connectionsReceived(): Promise<number> {
    const info = String(await cluster.ask('redis-1', 'INFO', 'stats'));
    return Number(/total_connections_received:(\d+)/.exec(info)?.[1]);
  }
});

describe('redis.ledger, when it cannot go on', () => {
  it('says that the disk is full', async () => {
    await using run = await startLedger(cluster, terms, { opsFile: '/dev/full' });
    const failure = { code: 'JOURNAL_FAILED', at: '/dev/full' };
    await expect(run.workload.stop()).rejects.toMatchObject(failure);
    await expect(run.workload.firstOk(1000)).rejects.toMatchObject(failure);
    expect(run.problems()).toMatchObject([{ type: 'problem', ...failure }]);
  });

  it('does not read back while a node is not in step, and says which', async () => {
    await using run = await startLedger(cluster, terms);
    await run.until('writes', ({ ok }) => ok >= 5);
    await run.finish();
    cluster.signal('redis-3', 'SIGSTOP');
    try {
      await expect(run.readBack(300)).rejects.toMatchObject({
        code: 'WORKLOAD_FAILED',
        message: expect.stringContaining('redis-3 does not answer'),
      });
    } finally {
      cluster.signal('redis-3', 'SIGCONT');
    }
    expect(await run.readBack()).toHaveLength(3);
  });
});
