import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movedNs, offsetOf, ProgramClock, toRunMs } from './command-clock.ts';
import type { FiredrillLine } from './command-protocol.ts';

/** A question that took `thereNs` to arrive, and its answer `backNs`, of a program whose clock is ahead by `aheadNs`. */
const round = fc.record({
  askedNs: fc.integer({ min: 0, max: 1e12 }),
  thereNs: fc.integer({ min: 0, max: 1e9 }),
  backNs: fc.integer({ min: 0, max: 1e9 }),
});
const ahead = fc.integer({ min: -1e15, max: 1e15 });

function offsetSeen(
  { askedNs, thereNs, backNs }: { askedNs: number; thereNs: number; backNs: number },
  aheadNs: number,
) {
  const atNs = askedNs + thereNs + aheadNs;
  return offsetOf({ askedNs, answeredNs: askedNs + thereNs + backNs, atNs });
}

describe('an offset', () => {
  it('is never further from the truth than its error', () => {
    fc.assert(
      fc.property(round, ahead, (each, aheadNs) => {
        const { offsetNs, errorNs } = offsetSeen(each, aheadNs);
        expect(Math.abs(offsetNs - aheadNs)).toBeLessThanOrEqual(errorNs + 1);
      }),
    );
  });

  it('does not move while the clock does not, however slow the answers are', () => {
    fc.assert(
      fc.property(round, round, ahead, (one, other, aheadNs) => {
        expect(movedNs(offsetSeen(one, aheadNs), offsetSeen(other, aheadNs))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('shows the least that a clock has moved', () => {
    const [before, after] = [
      offsetSeen({ askedNs: 0, thereNs: 1000, backNs: 1000 }, 0),
      { offsetNs: 1e6, errorNs: 500 },
    ];
    expect(movedNs(before, after)).toBe(1e6 - 1000 - 500);
  });

  it('turns the program’s time into the run’s', () => {
    expect(toRunMs(1_000_123_456_789, { offsetNs: 1e12, errorNs: 0 })).toBe(123.457);
  });
});

describe('the handshake', () => {
  it('believes the fastest answer', async () => {
    const aheadNs = 7e12;
    const originNs = process.hrtime.bigint();
    let answers = 0;
    const clock = new ProgramClock(originNs, (line: FiredrillLine) => {
      if (!('clock' in line)) return;
      // The fourth one comes back 1 ms after it was asked, all others after 5 to 14 ms.
      const backNs = (answers === 3 ? 1 : 5 + answers) * 1_000_000;
      answers += 1;
      const arrivedNs = BigInt(line.at + backNs);
      setImmediate(() => clock.answer({ clock: line.clock, at: line.at - Number(originNs) + aheadNs }, arrivedNs));
    });
    const { offsetNs, errorNs } = await clock.handshake();
    expect(answers).toBe(10);
    expect(errorNs).toBeGreaterThan(0.4e6);
    expect(errorNs).toBeLessThan(0.6e6);
    expect(Math.abs(offsetNs - aheadNs)).toBeLessThanOrEqual(errorNs + 1);
  });

  it('refuses an answer to nothing', () => {
    const clock = new ProgramClock(0n, () => undefined);
    expect(() => clock.answer({ clock: 0, at: 1 }, 1n)).toThrow('clock 0 was not asked for');
  });
});
