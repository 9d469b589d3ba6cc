import { describe, expect, it } from 'vitest';
import { askedAgoOf, untilBestMs } from './sentinel-failover.ts';

function cached(askedAgoMs: number, link = 'up', priority = 100): [number, string] {
  return [askedAgoMs, `role:slave\r\nmaster_link_status:${link}\r\nslave_priority:${priority}`];
}

describe('when a Sentinel asked its replicas', () => {
  it('counts those that it could promote', () => {
    expect(askedAgoOf(['mymaster', [[5, 'role:master'], cached(1), cached(2)]])).toEqual([1, 2]);
    expect(askedAgoOf(['mymaster', [[5, 'role:master'], cached(1, 'down'), cached(2, 'up', 0), [0, null]]])).toEqual(
      [],
    );
  });

  it('is not known from any other answer', () => {
    expect(askedAgoOf([])).toEqual([]);
    expect(askedAgoOf('NOPERM')).toEqual([]);
  });
});

describe('the best moment for the order', () => {
  it('is some 600 ms after it asked', () => {
    expect(untilBestMs([0, 3])).toBe(560);
    expect(untilBestMs([600, 640])).toBe(0);
    expect(untilBestMs([620, 691])).toBe(9940);
    expect(untilBestMs([9999])).toBe(561);
    expect(untilBestMs([12_000])).toBe(560);
  });

  it('does not come to one that asks them at different times, or nobody', () => {
    expect(untilBestMs([600, 5000])).toBe(Number.POSITIVE_INFINITY);
    expect(untilBestMs([])).toBe(Number.POSITIVE_INFINITY);
  });
});
