import { describe, expect, it } from 'vitest';
import type { Watched } from '../core/report.ts';
import { quiet, watched } from './testing/watched.ts';
import { stutterWords, watchedWords } from './watch-words.ts';

const seen = (more: Partial<Watched>): string => watchedWords({ ...(quiet.watched as Watched), ...more });
const { stutters = [], episodes = [] } = watched.watched ?? {};

describe('what a watch has seen, in a line', () => {
  it('counts episodes and stutters, and what several saw at once as one', () => {
    expect(seen({})).toBe('nothing happened in 60.00 s');
    expect(seen({ stutters })).toBe('nothing happened but 2 stutters in 60.00 s');
    expect(seen({ episodes })).toBe('1 failover and 1 disturbance in 60.00 s');
    expect(seen({ episodes, stutters })).toBe('1 failover, 1 disturbance and 2 stutters in 60.00 s');
  });

  it('says nothing of stutters where there was none', () => {
    expect(stutterWords(quiet.watched as Watched, quiet)).toEqual([]);
  });
});
