import { describe, expect, it } from 'vitest';
import { FOR_EVER_MS, readTerms } from './terms.ts';

describe('when a watch ends', () => {
  it('is after as long as it is told, or with a failover that has been over for a while, or never', () => {
    expect(readTerms({ for: '10m', settled: '15s' })).toEqual({ forMs: 600_000, untilFailover: undefined });
    expect(readTerms({ until: 'failover', settled: '15s' })).toEqual({ forMs: FOR_EVER_MS, untilFailover: 15_000 });
  });

  it.each(['0s', '0ms', '999ms', '-5s', '25d', '99999999d', '10', 'soon', ''])('is not after "%s"', (text) => {
    const refused = expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(`not "${text}"`) });
    expect(() => readTerms({ for: text, settled: '15s' })).toThrow(refused);
    expect(() => readTerms({ until: 'failover', settled: text })).toThrow(refused);
  });

  it('says what is expected', () => {
    expect(() => readTerms({ for: '0s', settled: '15s' })).toThrow(
      '--for wants a duration from 1s to 24d, such as 10m or 90s, not "0s"',
    );
    expect(() => readTerms({ until: 'noon', settled: '15s' })).toThrow('--until wants "failover", not "noon"');
  });
});
