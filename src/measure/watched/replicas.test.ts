import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../core/journal.ts';
import { mark, reading, watched } from '../testing/watch.ts';

describe('replicas that fall out of step', () => {
  const short = (atMs: number, ...units: readonly string[]): JournalEvent => {
    const notWhole = Object.fromEntries(units.map((unit) => [unit, { missing: [7] }]));
    return reading(atMs, 'kafka.replication', { offline: 0, notWhole });
  };

  it('make one episode of a broker that dies and one that comes back, however long that takes', () => {
    const { episodes } = watched(
      short(900),
      mark(20_000, '-broker', 'broker-3', 'broker-7 fenced'),
      short(20_300, 'orders/0', 'orders/1'),
      mark(20_400, '+leader', 'broker-3', 'broker-3 orders/0 (epoch 5, was broker-7)'),
      short(50_000, 'orders/1'),
      mark(60_000, '+broker', 'broker-3', 'broker-7 unfenced'),
      short(61_000),
    );
    expect(episodes).toMatchObject([
      {
        kind: 'failover',
        fromMs: 20_000,
        toMs: 61_000,
        isr: { shrunkAtMs: 20_300, recoveredAtMs: 61_000, last: 'orders/1 without broker 7' },
      },
    ]);
  });

  it('are missing in the end, where they did not come back', () => {
    const { episodes } = watched(short(900), short(20_300, 'orders/0'));
    expect(episodes).toMatchObject([{ fromMs: 20_300, toMs: 100_000, isr: { recoveredAtMs: undefined } }]);
  });

  it('are nobody’s doing where they were missing before', () => {
    const { episodes } = watched(
      short(900, 'orders/0'),
      short(20_300, 'orders/0'),
      mark(30_000, '-broker'),
      short(50_000),
    );
    expect(episodes.map(({ fromMs, toMs, isr }) => ({ fromMs, toMs, isr }))).toEqual([
      { fromMs: 30_000, toMs: 30_000, isr: undefined },
    ]);
  });
});
