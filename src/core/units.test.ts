import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCount, formatMs, parseDurationMs, parseRatePerSecond, writeDuration } from './units.ts';

describe('a duration that is written', () => {
  it.each([
    [0, '0ms'],
    [1500, '1500ms'],
    [4000, '4s'],
    [90_000, '90s'],
    [0.5, '0.5ms'],
  ])('%d ms is %s, and read as the same', (ms, text) => {
    expect(writeDuration(ms)).toBe(text);
    expect(parseDurationMs(text)).toBe(ms);
  });
});

describe('durations and rates', () => {
  it.each([
    ['500ms', 500],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
  ])('%s', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each(['', '5', '5 s', 's', '-1s', '1e3s', '1w'])('"%s" is no duration', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });

  it('are per second', () => {
    expect(parseRatePerSecond('100/s')).toBe(100);
    expect(parseRatePerSecond('90/m')).toBe(1.5);
    expect(parseRatePerSecond('100')).toBeUndefined();
  });
});

describe('counts for people', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [2117, '2,117'],
    [5_000_000, '5,000,000'],
  ])('%s is %s', (count, text) => expect(formatCount(count)).toBe(text));
});

describe('milliseconds for people', () => {
  it.each([
    [0, '0 ms'],
    [9.96, '10 ms'],
    [840.4, '840 ms'],
    [999.6, '1.00 s'],
    [6240, '6.24 s'],
    [119_999, '2 m 0 s'],
    [125_000, '2 m 5 s'],
    [179_999, '3 m 0 s'],
    [3_600_000, '1 h 0 m'],
    [-1170, '-1.17 s'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('%s is %s', (ms, text) => expect(formatMs(ms)).toBe(text));

  it('never say 60 of a unit that has a larger one', () => {
    const nearASeam = fc
      .tuple(
        fc.constantFrom(1, 1000, 60_000, 3_600_000),
        fc.integer({ min: 0, max: 90 }),
        fc.double({ min: -600, max: 600, noNaN: true }),
      )
      .map(([unit, count, off]) => Math.max(0, unit * count + off));
    const wrong = /(^| )(60 m( |$)|60\.00 s|1000 ms)|m 60 s|h 60 m/;
    const samples = fc.sample(nearASeam, { numRuns: 5000, seed: 1 }).filter((ms) => ms < 59_000 || ms >= 119_995);
    expect(samples.map(formatMs).filter((text) => wrong.test(text))).toEqual([]);
  });
});
