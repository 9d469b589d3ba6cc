import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../core/journal.ts';
import { describeMissing, isrTimes } from './isr.ts';

const step = { type: 'step', step: 'kill', verb: 'fault', kind: 'process.kill', targets: ['broker-1'] } as const;
const kill: JournalEvent = { ...step, state: 'called', atMs: 1000 };

function reading(startedMs: number, notWhole: Readonly<Record<string, { readonly missing: number[] }>>): JournalEvent {
  return { type: 'probe', probe: 'kafka.replication', startedMs, value: { notWhole }, atMs: startedMs + 10 };
}
const out = { 'orders/0': { missing: [1] } };

describe('when replicas fell out and were back', () => {
  it('is from the first reading without one to the first that stays whole', () => {
    const flapping = [reading(1100, {}), reading(9000, out), reading(9100, {}), reading(9200, out), reading(9300, {})];
    expect(isrTimes({ events: [kill, ...flapping] })).toEqual({ shrunkAtMs: 9010, recoveredAtMs: 9310 });
  });

  it('has no end where one was out until the end', () => {
    const events = [kill, reading(1100, {}), reading(9000, out)];
    expect(isrTimes({ events })).toEqual({ shrunkAtMs: 9010, recoveredAtMs: undefined });
  });

  it('is not told where there is nothing to tell', () => {
    expect(isrTimes({ events: [kill, reading(1100, {})] })).toBeUndefined();
    expect(isrTimes({ events: [reading(1100, out)] })).toBeUndefined();
    const starting = [reading(100, out), kill, reading(1100, {})];
    expect(isrTimes({ events: starting })).toBeUndefined();
    const other: JournalEvent = { type: 'probe', probe: 'x', startedMs: 1100, value: { primaries: 1 }, atMs: 1110 };
    expect(isrTimes({ events: [kill, other] })).toBeUndefined();
  });
});

describe('what is missing', () => {
  it('is named, with how many more', () => {
    expect(describeMissing(new Map())).toBe('every ISR is whole');
    expect(describeMissing(new Map([['orders/0', [1, 3]]]))).toBe('orders/0 without brokers 1, 3');
    const two = new Map([['orders/0', [1]] as const, ['orders/1', [1]] as const]);
    expect(describeMissing(two)).toBe('orders/0 without broker 1, and 1 more');
  });
});
