import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkloadRun } from '../../test/run-workload.ts';
import { scriptedBook as book, type ScriptedClient, startScriptedClient } from '../../test/start-scripted-client.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-command-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function start(options: Omit<ScriptedClient, 'dir'> = {}): Promise<WorkloadRun> {
  return startScriptedClient({ dir, ...options });
}

describe('a program that does as it is told', () => {
  it('has its operations recorded, in the run’s time', async () => {
    await using run = await start();
    const beforeMs = run.nowMs();
    await run.workload.firstOk(5000);
    await run.until('50 operations', ({ ok }) => ok >= 50);
    const { header, ops } = await run.finish();
    expect(header).toEqual({
      v: 1,
      workload: 'writes',
      kind: 'command',
      client: 'scripted good',
      units: ['all'],
      spacingMs: 10,
      deadlineMs: 500,
      ledger: false,
      okMeans: 'scripted good says so',
    });
    expect(ops.map((op) => op.i)).toEqual(ops.map((_, i) => i));
    for (const op of ops) {
      expect(op).toMatchObject({ unit: 0, outcome: 'ok' });
      expect(op.settledMs).toBeGreaterThanOrEqual(op.sentMs);
      expect(op.sentMs).toBeGreaterThan(beforeMs - 20);
      expect(op.settledMs).toBeLessThan(run.nowMs() + 20);
    }
    expect(run.problems()).toEqual([]);
  });

  it('may have a clock that counts from anywhere', async () => {
    await using run = await start({ behaviour: 'own clock', argument: '123456789012345' });
    const beforeMs = run.nowMs();
    await run.until('20 operations', ({ ok }) => ok >= 20);
    const { ops } = await run.finish();
    const errorMs = Number(startedFacts(run)['clockErrorMs']);
    expect(errorMs).toBeGreaterThan(0);
    expect(errorMs).toBeLessThan(20);
    expect(ops[0]?.sentMs).toBeGreaterThan(beforeMs - 2 * errorMs);
    expect(ops.at(-1)?.settledMs).toBeLessThan(run.nowMs() + 2 * errorMs);
  });

  it('has every outcome recorded as it says', async () => {
    await using run = await start({ behaviour: 'outcomes' });
    const { failed } = await run.until('all of them', ({ failed, unknown }) => failed >= 1 && unknown >= 2);
    expect(failed).toBe(1);
    const { ops } = await run.finish();
    const said = Object.fromEntries(ops.filter(({ i }) => i >= 1000).map((op) => [op.i, op]));
    expect(said[1000]).toMatchObject({ outcome: 'failed', errorCode: 'NOREPLICAS' });
    expect((said[1000]?.sentMs ?? 0) - (said[1000]?.dueMs ?? 0)).toBeGreaterThan(4.9);
    expect(said[1001]).toMatchObject({ outcome: 'unknown', errorCode: 'EOF' });
    expect(said[1002]).toMatchObject({ outcome: 'notSent' });
    // Settled long after its deadline: an ok that nobody waited for.
    expect(said[1003]).toMatchObject({ outcome: 'unknown', errorCode: 'TIMEOUT' });
    expect((said[1003]?.settledMs ?? 0) - (said[1003]?.sentMs ?? 0)).toBeGreaterThanOrEqual(500);
    expect((said[1003]?.settledMs ?? 0) - (said[1003]?.sentMs ?? 0)).toBeLessThan(520);
    expect(run.events.at(-1)).toMatchObject({ state: 'stopped', facts: { settledLate: 1, linesNotUnderstood: 0 } });
  });

  it('has its units kept apart', async () => {
    await using run = await start({ with: { units: ['a', 'b'] } });
    await run.until('20 operations', ({ ok }) => ok >= 20);
    const { header, ops } = await run.finish();
    expect(header.units).toEqual(['a', 'b']);
    expect(new Set(ops.map((op) => op.unit))).toEqual(new Set([0, 1]));
  });

  it('is told where the nodes are, and has what is in its environment', async () => {
    await using run = await start({ behaviour: 'tells its environment', with: { env: { EXTRA: 'e' } } });
    await run.finish();
    const env = JSON.parse(await readFile(join(dir, 'writes.stderr.log'), 'utf8')) as Record<string, string>;
    expect(env).toMatchObject({
      FIREDRILL_RUN: 'run-1',
      FIREDRILL_WORKLOAD: 'writes',
      FIREDRILL_SEED: '1',
      FIREDRILL_REDIS: '127.64.0.1:7000',
      EXTRA: 'e',
    });
    expect(JSON.parse(env['FIREDRILL_ADDRESSES'] ?? '')).toEqual(book);
  });

  it('reads back where it is a ledger', async () => {
    await using run = await start({ with: { ledger: true, okMeans: 'appended' } });
    await run.until('30 operations', ({ ok }) => ok >= 30);
    const { header, ops } = await run.finish();
    expect(header).toMatchObject({ ledger: true, okMeans: 'appended' });
    await run.workload.readBack(book, 5000);
    const text = await readFile(join(dir, 'writes.read.ndjson'), 'utf8');
    const [place, ...chunks] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(place).toEqual({ unit: 'all', from: 'redis-1', authoritative: true });
    expect(chunks.flat()).toEqual(ops.map((op) => op.i));
  });

  it('reads nothing back where it is none', async () => {
    await using run = await start({ behaviour: 'cannot read' });
    await run.finish();
    await run.workload.readBack(book, 1000);
    await expect(readFile(join(dir, 'writes.read.ndjson'))).rejects.toThrow('ENOENT');
  });

  it('may exit when it is stopped', async () => {
    await using run = await start({ behaviour: 'exits when stopped' });
    await run.until('an ok', ({ ok }) => ok > 0);
    await run.finish();
    expect(run.problems()).toEqual([]);
  });
});

describe('a program that reads', () => {
  it('has each record recorded once, with what became of it', async () => {
    await using run = await start({ behaviour: 'reads', with: { consumes: true, units: ['orders/0'] } });
    await run.until('50 records', ({ ok }) => ok >= 50);
    const { header, ops } = await run.finish();
    expect(header).toMatchObject({ ledger: false, records: true, okMeans: 'processed' });
    expect(ops.map(({ i }) => i).toSorted((a, b) => a - b)).toEqual(ops.map((_, i) => i));
    const ended = new Set(ops.map(({ i, outcome, errorCode }) => `${i % 10} ${outcome} ${errorCode ?? ''}`));
    expect([...ended].filter((each) => !each.includes('ok'))).toEqual(['5 failed BAD_JSON', '3 failed NOT_PROCESSED']);
    expect(run.problems()).toEqual([]);
    await run.workload.readBack(book, 1000);
    const [place, ...chunks] = (await readFile(join(dir, 'writes.read.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(place ?? '')).toEqual({ unit: 'orders/0', from: 'writes', authoritative: false });
    const order = chunks.flatMap((line) => JSON.parse(line) as number[]);
    expect(order.slice(0, 10)).toEqual([0, 1, 2, 4, 6, 7, 7, 8, 9, 10]);
  });

  it('is told when the drill does not know that it reads', async () => {
    await using run = await start({ behaviour: 'reads' });
    await run.until('nothing', () => run.problems().length > 0);
    expect(run.problems()[0]?.message).toContain('set "consumes: true"');
  });
});

describe('load', () => {
  it('is recorded whole at 5,000 operations a second', async () => {
    await using run = await start({ with: { rate: '5000/s' } });
    const startedMs = run.nowMs();
    await run.until('10,000 operations', ({ ok }) => ok >= 10_000);
    const tookMs = run.nowMs() - startedMs;
    const { ops } = await run.finish();
    expect(run.problems()).toEqual([]);
    expect(ops.map((op) => op.i)).toEqual(ops.map((_, i) => i));
    expect(tookMs).toBeGreaterThan(1500);
  });

  it('is recorded whole when it comes at once', async () => {
    await using run = await start({ behaviour: 'all at once', with: { rate: '1/h', deadline: '10s' } });
    await run.until('100,000 operations', ({ ok }) => ok >= 100_000);
    const { ops } = await run.finish();
    expect(run.problems()).toEqual([]);
    expect(ops).toHaveLength(100_000);
  });
});

describe('what is not settled', () => {
  it('is unknown at its deadline, also while the program runs', async () => {
    await using run = await start({ behaviour: 'never settles' });
    await run.until('10 timeouts', ({ unknown }) => unknown >= 10);
    const { ops } = await run.finish();
    expect(ops.length).toBeGreaterThan(10);
    for (const op of ops) {
      expect(op).toMatchObject({ outcome: 'unknown', errorCode: 'TIMEOUT' });
      expect(op.settledMs - op.sentMs).toBeGreaterThanOrEqual(500);
    }
  });
});

function startedFacts(run: WorkloadRun): Readonly<Record<string, unknown>> {
  const event = run.events.find((each) => each.type === 'workload' && each.state === 'started');
  return event?.type === 'workload' ? event.facts : {};
}
