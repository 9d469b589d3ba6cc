import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../core/journal.ts';
import { mark, reading, watched, watchedWith, writes } from '../testing/watch.ts';

describe('stutters', () => {
  it('are told one by one, and are no episode however soon they follow each other', () => {
    const { episodes, stutters } = watchedWith(writes([10_000, 10_100], [18_000, 18_100], [30_000, 30_100]));
    expect(episodes).toEqual([]);
    expect(stutters.map(({ by, what, fromMs }) => [by, what, fromMs])).toEqual([
      ['writes', 'mymaster', 9980],
      ['writes', 'mymaster', 17_980],
      ['writes', 'mymaster', 29_980],
    ]);
    for (const { lowMs, highMs } of stutters) expect([lowMs, highMs]).toEqual([79, 121]);
  });

  it('are readings that deviated for a moment, too', () => {
    const topology = (atMs: number, acceptingWrites: number): JournalEvent =>
      reading(atMs, 'redis.topology', { acceptingWrites });
    const { episodes, stutters } = watched(topology(10_000, 1), topology(10_200, 0), topology(10_400, 1));
    expect(episodes).toEqual([]);
    expect(stutters).toMatchObject([{ by: 'redis.topology', from: 'probe', fromMs: 9990, toMs: 10_400 }]);
  });

  it('belong to an episode that they are in or beside, and lengthen no other', () => {
    const { episodes, stutters } = watchedWith(
      writes([8000, 8100], [19_000, 19_100], [20_500, 20_600], [25_000, 25_100]),
      mark(20_000, '+try-failover'),
      mark(21_000, '+switch-master'),
    );
    expect(episodes.map(({ fromMs, toMs, outages }) => [fromMs, toMs, outages.length])).toEqual([[18_980, 21_000, 2]]);
    expect(stutters.map(({ fromMs }) => fromMs)).toEqual([7980, 24_980]);
  });

  it('are none that last: outages without a word of any server are an episode', () => {
    const { episodes, stutters } = watchedWith(writes([10_000, 12_000], [20_000, 22_000], [60_000, 62_000]));
    expect(episodes.map(({ kind, fromMs, toMs }) => ({ kind, fromMs, toMs }))).toEqual([
      { kind: 'disturbance', fromMs: 9980, toMs: 22_001 },
      { kind: 'disturbance', fromMs: 59_980, toMs: 62_001 },
    ]);
    expect(stutters).toEqual([]);
  });
});
