import { describe, expect, it } from 'vitest';
import { census, mark, watched } from '../testing/watch.ts';

describe('whom a census followed', () => {
  it('names who followed, who came late, who is left behind, and who is nowhere', () => {
    const { episodes } = watched(
      census(9000, 'redis-1', { web: 3, batch: 1, slow: 1, '10.0.0.7': 2, old: 1 }, ['reader redis-3 10.0.0.9:1']),
      mark(10_000, '+switch-master'),
      census(10_050, 'redis-1', {}),
      census(10_100, null, {}),
      census(10_300, 'redis-2', {}, ['web redis-1 10.0.0.5:1', 'slow redis-1 10.0.0.6:1', 'old redis-1 10.0.0.8:1']),
      census(10_600, 'redis-2', { web: 3 }, ['slow redis-1 10.0.0.6:1', 'old redis-1 10.0.0.8:2']),
      census(13_000, 'redis-2', { web: 3, '10.0.0.7': 2 }, ['slow redis-1 10.0.0.6:1', 'old redis-1 10.0.0.8:3']),
      census(99_000, 'redis-2', { web: 2, slow: 1, '10.0.0.7': 2 }, [
        'reader redis-3 10.0.0.9:1',
        'old redis-1 10.0.0.8:4',
      ]),
    );
    expect(episodes[0]?.moves).toEqual([{ from: 'redis-1', to: 'redis-2', atMs: 10_300 }]);
    expect(episodes[0]?.clients).toEqual({
      followed: [
        { name: 'web', before: 3, after: 2, withinMs: 300 },
        { name: 'slow', before: 1, after: 1, withinMs: 88_700 },
        { name: '10.0.0.7', before: 2, after: 2, withinMs: 2700 },
      ],
      leftBehind: [
        { name: 'slow', address: '10.0.0.6:1', library: '', node: 'redis-1', forMs: 2700, still: false },
        { name: 'old', address: '10.0.0.8:4', library: '', node: 'redis-1', forMs: 88_700, still: true },
      ],
      gone: [{ name: 'batch', before: 1 }],
    });
  });

  it('is a failover even where no server said a word of it', () => {
    const { episodes } = watched(census(9000, 'redis-1', { web: 1 }), census(10_300, 'redis-2', { web: 1 }));
    expect(episodes).toMatchObject([
      { kind: 'failover', fromMs: 10_300, moves: [{ from: 'redis-1', to: 'redis-2', atMs: 10_300 }] },
    ]);
  });

  it('judges each of two moves by what came before the next', () => {
    const { episodes } = watched(
      census(9000, 'redis-1', { web: 1 }),
      mark(10_000, '+switch-master'),
      census(10_300, 'redis-2', { web: 1 }),
      mark(40_000, '+switch-master'),
      census(40_300, 'redis-1', {}, ['web redis-2 10.0.0.5:1']),
    );
    expect(episodes.map(({ moves }) => moves.map(({ from, to }) => `${from} ${to}`))).toEqual([
      ['redis-1 redis-2'],
      ['redis-2 redis-1'],
    ]);
    expect(episodes[0]?.clients?.followed).toEqual([{ name: 'web', before: 1, after: 1, withinMs: 0 }]);
    expect(episodes[1]?.clients?.leftBehind).toMatchObject([{ name: 'web', node: 'redis-2', still: true }]);
  });
});
