import { describe, expect, it } from 'vitest';
import { undoWords, valueWord } from './words.ts';

describe('a value in a plan', () => {
  it('is written as a person writes it: nothing that is not set, durations with their unit', () => {
    const value = {
      form: 'safe',
      service: null,
      pauseForMs: 4000,
      every: { waitMs: 250, ratePerSecond: 100 },
      of: [1],
    };
    expect(valueWord(value)).toBe('{ form: safe, pauseFor: 4s, every: { wait: 250ms, rate: 100/s }, of: [1] }');
  });

  it('of the time before, where an undo needs nothing, is left out', () => {
    expect([null, undefined, {}, { service: null }].map(undoWords)).toEqual(['', '', '', '']);
    expect(undoWords({ form: 'safe', service: null, from: 'redis-1' })).toBe(', with { form: safe, from: redis-1 }');
  });
});
