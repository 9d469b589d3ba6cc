import { describe, expect, it } from 'vitest';
import type { Outcome } from '../core/outcome.ts';
import { Counters } from './open-loop-counters.ts';
import { LatencyEstimate } from './open-loop-latency.ts';

const spacingMs = 10;

function counting(units = 1) {
  const counters = new Counters({ units, spacingMs });
  const settle = (settledMs: number, outcome: Outcome = 'ok', unit = 0, errorCode?: string): void =>
    counters.add({ unit, sentMs: settledMs - 1, settledMs, outcome, errorCode });
  return { counters, settle };
}

describe('live counters', () => {
  it('count outcomes, and know the last ok and the last error', () => {
    const { counters, settle } = counting();
    settle(10);
    settle(20, 'failed', 0, 'READONLY');
    settle(30, 'unknown', 0, 'TIMEOUT');
    settle(40, 'notSent');
    expect(counters.read(41)).toEqual({
      ok: 1,
      failed: 1,
      unknown: 1,
      notSent: 1,
      lastOkMs: 10,
      okSinceMs: undefined,
      lastBadMs: 40,
      lastError: 'notSent',
    });
  });

  it('know since when all is ok, and that something not ok ends it', () => {
    const { counters, settle } = counting();
    expect(counters.read(5).okSinceMs).toBeUndefined();
    settle(10);
    settle(20);
    expect(counters.read(21).okSinceMs).toBe(10);
    settle(30, 'unknown');
    expect(counters.read(31)).toMatchObject({ okSinceMs: undefined, lastBadMs: 30 });
    settle(40);
    expect(counters.read(41)).toMatchObject({ okSinceMs: 40, lastBadMs: 30 });
  });

  it('see a partition fall silent of which a backlog was worked off before', () => {
    const counters = new Counters({ units: 1, spacingMs, mostSilenceMs: 1000 });
    for (let at = 0; at < 100; at += 1) counters.add({ unit: 0, sentMs: at, settledMs: 9000 + at, outcome: 'ok' });
    expect(counters.read(10_000).okSinceMs).toBe(9000);
    expect(counters.read(10_100).okSinceMs).toBeUndefined();
  });

  it('take a silence longer than five spacings for an absence, seen during it or after', () => {
    const { counters, settle } = counting();
    settle(10);
    expect(counters.read(60).okSinceMs).toBe(10);
    expect(counters.read(61)).toMatchObject({ okSinceMs: undefined, lastBadMs: 61 });
    const after = counting();
    after.settle(10);
    after.settle(80);
    expect(after.counters.read(81)).toMatchObject({ okSinceMs: 80, lastBadMs: 80 });
  });

  it('allow a slow service three times its p99', () => {
    const { counters } = counting();
    for (let at = 100; at < 300; at += 10) counters.add({ unit: 0, sentMs: at - 50, settledMs: at, outcome: 'ok' });
    expect(counters.read(290 + 145).okSinceMs).toBe(100);
    expect(counters.read(290 + 180).okSinceMs).toBeUndefined();
  });

  it('are ok only when every unit is', () => {
    const { counters, settle } = counting(2);
    settle(10, 'ok', 0);
    expect(counters.read(11).okSinceMs).toBeUndefined();
    settle(20, 'ok', 1);
    expect(counters.read(21).okSinceMs).toBe(20);
    settle(30, 'failed', 0);
    settle(31, 'ok', 1);
    expect(counters.read(32).okSinceMs).toBeUndefined();
  });

  it('do not take silence on purpose for an absence', () => {
    const { counters, settle } = counting();
    settle(10);
    counters.allowSilence(true);
    expect(counters.read(500)).toMatchObject({ okSinceMs: 10, lastBadMs: undefined });
    counters.allowSilence(false);
    settle(510);
    expect(counters.read(511)).toMatchObject({ okSinceMs: 10, lastBadMs: undefined });
  });
});

describe('the latency estimate', () => {
  it('is 0 while there is nothing', () => {
    expect(new LatencyEstimate().p99()).toBe(0);
  });

  it('is within 10 % above the true p99', () => {
    const estimate = new LatencyEstimate();
    for (let ms = 1; ms <= 1000; ms += 1) estimate.add(ms / 10);
    expect(estimate.p99()).toBeGreaterThanOrEqual(99);
    expect(estimate.p99()).toBeLessThanOrEqual(99 * 1.1 + 0.1);
  });
});
