import { describe, expect, it } from 'vitest';
import type { Journal, JournalEvent } from '../../core/journal.ts';
import { at, mark, reading, watched } from '../testing/watch.ts';
import { watchedIn } from './watched.ts';

describe('what a watch has seen', () => {
  it('is nothing where nothing happened, and no watch where more was done', () => {
    expect(watched(reading(2000, 'redis.topology', { acceptingWrites: 1 }))).toEqual({
      fromMs: 1000,
      toMs: 100_000,
      writes: false,
      begunBefore: [],
      episodes: [],
      stutters: [],
    });
    expect(watchedIn({ run: {}, events: [] } as unknown as Journal)).toBeUndefined();
  });

  it('had begun before, where servers spoke of a failure while health was learnt', () => {
    const { begunBefore } = watched(
      mark(300, 'attached'),
      mark(500, '+sdown'),
      mark(600, '+sdown'),
      mark(900, '+switch-master'),
    );
    expect(begunBefore.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['+sdown', 500],
      ['+switch-master', 900],
    ]);
  });

  it('is an episode for signs that belong together, with the first as its zero', () => {
    const { episodes } = watched(
      mark(20_000, '+sdown'),
      mark(21_000, '+switch-master'),
      mark(31_000, 'demoted', 'redis-1', 'replica of redis-2'),
      mark(60_000, '+sdown', 'sentinel-1', 'slave redis-3'),
    );
    expect(episodes.map(({ kind, fromMs, toMs }) => ({ kind, fromMs, toMs }))).toEqual([
      { kind: 'failover', fromMs: 20_000, toMs: 31_000 },
      { kind: 'disturbance', fromMs: 60_000, toMs: 60_000 },
    ]);
    expect(episodes[0]?.begunBy?.name).toBe('+sdown');
  });

  it('names the brokers between which leaders moved, each pair once', () => {
    const { episodes } = watched(
      mark(20_000, '-broker', 'broker-3', 'broker-1 fenced'),
      mark(
        20_100,
        '+leader',
        'broker-3',
        'broker-2 orders/0 (epoch 5, was broker-1), orders/3 (epoch 2, was broker-1)',
      ),
      mark(20_200, '+leader', 'broker-3', 'broker-3 orders/1 (epoch 9, was broker-1)'),
    );
    expect(episodes[0]).toMatchObject({
      kind: 'failover',
      moves: [
        { from: 'broker-1', to: 'broker-2', atMs: 20_100 },
        { from: 'broker-1', to: 'broker-3', atMs: 20_200 },
      ],
    });
  });

  it('bounds what probes saw by the readings around it, and passes over those that failed', () => {
    const topology = (atMs: number, acceptingWrites: number): JournalEvent =>
      reading(atMs, 'redis.topology', { acceptingWrites });
    const failed = at(10_300, { type: 'probe', probe: 'redis.topology', startedMs: 10_250, error: 'no answer' });
    const { episodes } = watched(
      topology(10_000, 1),
      topology(10_200, 0),
      failed,
      topology(11_400, 0),
      topology(11_600, 1),
    );
    expect(episodes[0]?.outages).toEqual([
      {
        by: 'redis.topology',
        from: 'probe',
        what: 'expected acceptingWrites 1, is acceptingWrites 0',
        fromMs: 9990,
        toMs: 11_600,
        lowMs: 1190,
        highMs: 1610,
      },
    ]);
  });

  it('says of an outage that is not over how long it was at least', () => {
    const { episodes } = watched(
      reading(10_000, 'redis.topology', { acceptingWrites: 1 }),
      reading(10_200, 'redis.topology', { acceptingWrites: 0 }),
      reading(99_000, 'redis.topology', { acceptingWrites: 0 }),
    );
    expect(episodes[0]).toMatchObject({ kind: 'disturbance', toMs: 100_000 });
    expect(episodes[0]?.outages[0]).toMatchObject({ toMs: undefined, highMs: undefined, lowMs: 88_790 });
  });
});
