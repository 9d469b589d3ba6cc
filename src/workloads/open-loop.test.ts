import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createClock } from '../core/clock.ts';
import type { OpRecord } from '../journal/ops-format.ts';
import { defaultInFlight, type OpenLoopOptions, runOpenLoop } from './open-loop.ts';
import { OK, type Operation, type Settlement } from './open-loop-operation.ts';

type Send = OpenLoopOptions['send'];

function openLoop(send: Send, options: Partial<OpenLoopOptions> = {}) {
  const clock = createClock();
  const records: OpRecord[] = [];
  const loop = runOpenLoop({
    units: 1,
    ratePerSecond: 200,
    deadlineMs: 100,
    clock,
    recorder: { record: (op) => records.push(op) },
    send,
    ...options,
  });
  return { loop, records, clock };
}

const never: Send = () => new Promise<Settlement>(() => undefined);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}

describe('an open loop', () => {
  it('sends operation i at the start + i / rate', async () => {
    const { loop, records } = openLoop(async () => OK);
    await until(() => records.length >= 40);
    await loop.stop();
    expect(records.map((op) => op.i)).toEqual(records.map((_, index) => index));
    const start = records[0]?.dueMs ?? Number.NaN;
    for (const op of records) {
      expect(op.dueMs - start).toBeCloseTo(op.i * 5, 6);
      expect(op.sentMs).toBeGreaterThanOrEqual(op.dueMs);
      expect(op.settledMs).toBeGreaterThanOrEqual(op.sentMs);
    }
  });

  it('goes on sending while earlier operations hang, and settles each by its deadline', async () => {
    const { loop, records, clock } = openLoop(never);
    await until(() => clock.nowMs() > 300);
    await loop.stop();
    expect(records.length).toBeGreaterThan(50);
    expect(records.every((op) => op.outcome === 'unknown' && op.errorCode === 'TIMEOUT')).toBe(true);
    expect(Math.min(...records.map((op) => op.settledMs - op.sentMs))).toBeGreaterThanOrEqual(100);
  });

  it('settles an operation once: what comes after the deadline is dropped', async () => {
    const late: (() => void)[] = [];
    const { loop, records } = openLoop(() => new Promise((resolve) => late.push(() => resolve(OK))), {
      deadlineMs: 20,
    });
    await until(() => records.length >= 5);
    await loop.stop();
    const settled = records.length;
    for (const answer of late) answer();
    await sleep(1);
    expect(records).toHaveLength(settled);
    expect(new Set(records.map((op) => op.i)).size).toBe(settled);
    expect(records.every((op) => op.outcome === 'unknown')).toBe(true);
  });

  it('holds back what is over the limit, and records it as notSent at once', async () => {
    let sent = 0;
    const counting: Send = (operation) => {
      sent += 1;
      return never(operation);
    };
    const { loop, records } = openLoop(counting, { inFlight: 3, ratePerSecond: 500 });
    await until(() => records.length >= 30);
    await loop.stop();
    const heldBack = records.filter((op) => op.outcome === 'notSent');
    expect(heldBack.length).toBeGreaterThan(20);
    expect(heldBack.every((op) => op.settledMs === op.sentMs)).toBe(true);
    expect(records.length - heldBack.length).toBe(sent);
  });

  it('holds nothing back at its default limit while everything hangs, unless it was kept from running', async () => {
    const { loop, records, clock } = openLoop(never, { ratePerSecond: 100 });
    await until(() => clock.nowMs() > 400);
    await loop.stop();
    const late = records.filter((op) => op.sentMs - op.dueMs > 25);
    expect(records.filter((op) => op.outcome === 'notSent').length).toBeLessThanOrEqual(late.length);
    expect(defaultInFlight(100, 500)).toBe(55);
    expect(defaultInFlight(5000, 500)).toBe(64);
  });

  it('records what was never written as the client says, and counts the wait for a connection', async () => {
    const notConnected: Settlement = { outcome: 'failed', errorCode: 'NOT_CONNECTED' };
    const send: Send = async (operation) => {
      operation.expiresAs = notConnected;
      if (operation.i === 0) return await never(operation);
      await sleep(10);
      operation.writing();
      return await never(operation);
    };
    const { loop, records } = openLoop(send, { deadlineMs: 50 });
    await until(() => records.length >= 3);
    await loop.stop();
    expect(records[0]).toMatchObject({ i: 0, ...notConnected });
    expect(records[1]).toMatchObject({ i: 1, outcome: 'unknown', errorCode: 'TIMEOUT' });
    expect((records[1]?.settledMs ?? 0) - (records[1]?.sentMs ?? 0)).toBeGreaterThanOrEqual(50);
  });

  it('aborts the signal of an operation at its deadline, also one that is asked for later', async () => {
    const early: AbortSignal[] = [];
    const operations: Operation[] = [];
    const send: Send = (operation) => {
      operations.push(operation);
      if (operation.i === 0) early.push(operation.signal);
      return never(operation);
    };
    const { loop, records } = openLoop(send, { deadlineMs: 20 });
    await until(() => records.length >= 2);
    await loop.stop();
    expect(early[0]?.aborted).toBe(true);
    expect(operations[1]?.signal.aborted).toBe(true);
  });

  it('records a rejection, and a client that throws, as unknown', async () => {
    const send: Send = (operation) => {
      if (operation.i % 2 === 0) throw new TypeError('planted');
      return Promise.reject(Object.assign(new Error('planted'), { code: 'EPIPE' }));
    };
    const { loop, records } = openLoop(send);
    await until(() => records.length >= 2);
    await loop.stop();
    expect(records.slice(0, 2)).toMatchObject([
      { outcome: 'unknown', errorCode: 'TypeError' },
      { outcome: 'unknown', errorCode: 'EPIPE' },
    ]);
  });

  it('does not let one unit that hangs delay another', async () => {
    const send: Send = (operation) => (operation.unit === 0 ? never(operation) : Promise.resolve(OK));
    // So many that a pause of this machine's, after which all that was due is sent at once, does not use them up.
    const { loop, records } = openLoop(send, { units: 2, inFlight: 50, deadlineMs: 1000 });
    const others = (): readonly OpRecord[] => records.filter((op) => op.unit === 1);
    await until(() => others().length >= 30 && records.some((op) => op.unit === 0 && op.outcome === 'notSent'));
    await loop.stop();
    expect(others().every((op) => op.outcome === 'ok')).toBe(true);
  });

  it('catches up on nothing after a pause, and keeps numbering', async () => {
    const { loop, records, clock } = openLoop(async () => OK);
    await until(() => records.length >= 5);
    loop.setPaused(true);
    const [before, pausedAt] = [records.length, clock.nowMs()];
    await until(() => clock.nowMs() > pausedAt + 100);
    expect(records).toHaveLength(before);
    loop.setPaused(false);
    const resumedAt = clock.nowMs();
    await until(() => records.length >= before + 5);
    await loop.stop();
    expect(records[before]).toMatchObject({ i: before });
    expect(records[before]?.dueMs).toBeGreaterThanOrEqual(resumedAt - 1);
  });

  it('changes its rate from now on', async () => {
    const { loop, records } = openLoop(async () => OK);
    await until(() => records.length >= 5);
    loop.setRate(1000);
    const from = records.length;
    await until(() => records.length >= from + 20);
    await loop.stop();
    expect((records[from + 11]?.dueMs ?? 0) - (records[from + 1]?.dueMs ?? 0)).toBeCloseTo(10, 6);
  });

  it('sends nothing after stop', async () => {
    let sent = 0;
    const { loop, records } = openLoop(async () => {
      sent += 1;
      return OK;
    });
    await until(() => sent >= 3);
    await loop.stop();
    const before = sent;
    await sleep(30);
    expect(sent).toBe(before);
    expect(records).toHaveLength(sent);
  });
});
