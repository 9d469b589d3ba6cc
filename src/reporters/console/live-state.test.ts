import { describe, expect, it } from 'vitest';
import { sampleEvents } from '../testing/events.ts';
import { displayWidth } from '../text.ts';
import { createLiveState } from './live-state.ts';

function linesAt(atMs: number, width: number): string[] {
  const state = createLiveState();
  for (const event of sampleEvents.filter((one) => one.atMs <= atMs)) state.apply(event);
  return state.lines(atMs, width);
}

describe('the present state of a run', () => {
  it('before the fault', () => {
    expect(linesAt(5000, 80)).toEqual([
      '▸ warm-up 1.9 s · 5.0 s in all',
      '  writes  serving  190 ok  0 failed  0 unknown  0 not sent',
      '  reads   serving  190 ok  0 failed  0 unknown  0 not sent',
    ]);
  });

  it('while service is away: since when, and why', () => {
    expect(linesAt(10_000, 80)).toEqual([
      '▸ method 1.9 s · 10.0 s in all',
      '  kill: process.kill on redis-1, in for 1.8 s',
      '  writes  NO SERVICE 1.9 s, ECONNREFUSED  500 ok  185 failed  4 unknown  0 not …',
      '  reads   serving                         500 ok  0 failed    0 unknown  0 not …',
    ]);
  });

  it('after recovery: what the servers said, the latest of it where not all fits', () => {
    expect(linesAt(18_000, 80)).toEqual([
      '▸ method 9.9 s · 18.0 s in all',
      '  kill: process.kill on redis-1, in for 9.8 s',
      '  … refuses-writes 5.4 s · accepts-writes 6.2 s · +switch-master 6.2 s',
      '  writes  serving  863 ok  614 failed  4 unknown  0 not sent  NOREPLICAS',
      '  reads   serving  863 ok  0 failed    0 unknown  0 not sent',
    ]);
  });

  it('once workloads were stopped: silence is no outage then', () => {
    expect(linesAt(28_000, 80)[2]).toBe('  writes  stopped  1,703 ok  614 failed  4 unknown  0 not sent  NOREPLICAS');
  });

  it('fits into any terminal', () => {
    for (const width of [10, 20, 40, 80, 120, 200]) {
      for (const line of linesAt(18_000, width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }
  });
});
