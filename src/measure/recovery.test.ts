import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultTimes } from './faults.ts';
import type { Gap } from './outages.ts';
import { larger, type RecoveryTerms, recoveryOf } from './recovery.ts';
import type { UnitService } from './service.ts';

const fault: FaultTimes = {
  step: 'kill',
  kind: 'process.kill',
  targets: ['redis-1'],
  calledMs: 9990,
  notBeforeMs: 10_000,
  byMs: 10_004,
  confirmedMs: 10_100,
  evidence: 'gone',
  failure: undefined,
  revertCalledMs: 30_000,
  revertedMs: 30_100,
};

const terms: RecoveryTerms = {
  moment: { notBeforeMs: 10_000, byMs: 10_004, revertCalledMs: 30_000 },
  faults: [fault],
  heldForMs: 3000,
  untilMs: 30_000,
  graceMs: 1500,
};

/** From 10 ms before it had surely begun, until 10 ms after it had surely not ended. */
function gap(begunByMs: number, endedAfterMs: number, more: Partial<Gap> = {}): Gap {
  const [fromMs, toMs] = [begunByMs - 10, endedAfterMs + 10];
  return {
    fromMs,
    toMs,
    lowMs: endedAfterMs - begunByMs,
    highMs: toMs - fromMs,
    begunByMs,
    endedAfterMs,
    onlyLate: false,
    ...more,
  };
}

const never = { toMs: undefined, highMs: undefined };

function unit(gaps: readonly Gap[], more: Partial<UnitService> = {}): UnitService {
  return { unit: 'one', gaps, floorMs: 60, unasked: [], lastSentMs: 40_000, workedBefore: true, ...more };
}

describe('a recovery time', () => {
  it('is from the fault to the end of the outage, each end with its error', () => {
    expect(recoveryOf(unit([gap(10_010, 16_000)]), terms)).toMatchObject({
      seen: true,
      lowMs: 16_000 - 10_010,
      highMs: 16_010 - 10_000,
      backAfterMs: 16_000,
      backByMs: 16_010,
      rescuedByRevert: false,
      again: undefined,
      cutShort: false,
    });
  });

  it('counts from the begin of an outage that came later: service that went on after the fault is none', () => {
    expect(recoveryOf(unit([gap(23_800, 23_860)]), terms)).toMatchObject({ seen: true, lowMs: 60, highMs: 80 });
  });

  it('is between 0 and the floor when no outage was seen', () => {
    expect(recoveryOf(unit([]), terms)).toMatchObject({ seen: false, lowMs: 0, highMs: 60 });
  });

  it('does not see an outage in a time in which nothing was asked', () => {
    const paused = unit([], { unasked: [{ fromMs: 11_000, toMs: 15_000 }] });
    expect(recoveryOf(paused, terms)).toMatchObject({ seen: false, lowMs: 0, highMs: 4060 });
    const before = unit([], { unasked: [{ fromMs: 2000, toMs: 9000 }] });
    expect(recoveryOf(before, terms).highMs).toBe(60);
    const after = unit([gap(10_010, 16_000)], { unasked: [{ fromMs: 20_000, toMs: 27_000 }] });
    expect(recoveryOf(after, terms)).toMatchObject({ highMs: 6010, unseenMs: 7060 });
  });

  it('goes on while service comes back for less than it has to hold', () => {
    const flapping = unit([gap(10_010, 16_000), gap(18_000, 18_500), gap(20_000, 20_400)]);
    expect(recoveryOf(flapping, terms)).toMatchObject({ lowMs: 10_390, highMs: 10_410, again: undefined });
  });

  it('is over before what only stutters: who asked was answered, and it is told by itself', () => {
    const late = { onlyLate: true };
    const [main, stutter] = [gap(10_010, 16_000), gap(18_000, 18_030, late)];
    const stutters = [gap(17_000, 17_020, late), stutter, gap(20_000, 20_030, late)];
    const back = { lowMs: 5990, highMs: 6010, again: { lowMs: 30, highMs: 50 } };
    expect(recoveryOf(unit([main, ...stutters]), terms)).toMatchObject(back);
    const [refused, long] = [gap(18_000, 18_030), gap(18_000, 18_300, late)];
    expect(recoveryOf(unit([main, stutter, refused]), terms)).toMatchObject({ highMs: 8040, again: undefined });
    expect(recoveryOf(unit([main, long]), terms)).toMatchObject({ highMs: 8310, again: undefined });
    expect(recoveryOf(unit([gap(10_010, 10_020, late), gap(12_000, 16_000)]), terms)).toMatchObject({ highMs: 6010 });
    expect(recoveryOf(unit([stutter, gap(19_000, 19_020, late)]), terms)).toMatchObject({ highMs: 50 });
  });

  it('is over once service has held, and a later outage is told by itself', () => {
    const later = unit([gap(10_010, 16_000), gap(25_000, 27_500)]);
    expect(recoveryOf(later, terms)).toMatchObject({ highMs: 6010, again: { lowMs: 2500, highMs: 2520 } });
  });

  it('counts nothing that began only once the fault was being taken out', () => {
    const disturbed = unit([gap(10_010, 16_000), gap(30_005, 30_500, { fromMs: 29_995 })]);
    expect(recoveryOf(disturbed, terms)).toMatchObject({ highMs: 6010, again: undefined, rescuedByRevert: false });
  });

  it('counts nothing that was over before the fault', () => {
    expect(recoveryOf(unit([gap(9000, 9500)]), terms).seen).toBe(false);
  });
});

describe('no recovery', () => {
  it('when nothing was acknowledged before our own revert', () => {
    expect(recoveryOf(unit([gap(10_010, 30_400)]), terms)).toMatchObject({
      rescuedByRevert: true,
      lowMs: 30_000 - 10_010,
      highMs: undefined,
      backByMs: undefined,
    });
  });

  it('when only the revert of another fault ended it', () => {
    const other = { ...fault, step: 'sentinels', notBeforeMs: 8000, revertCalledMs: 20_000 };
    expect(recoveryOf(unit([gap(10_010, 25_000)]), { ...terms, faults: [other, fault] })).toMatchObject({
      rescuedByRevert: true,
      lowMs: 20_000 - 10_010,
      highMs: undefined,
    });
  });

  it('is not said when another fault came and went after the outage had begun: that is not known', () => {
    const harmless = { ...fault, step: 'pause', notBeforeMs: 12_000, revertCalledMs: 15_000 };
    const found = recoveryOf(unit([gap(10_010, 16_000)]), { ...terms, faults: [fault, harmless] });
    expect(found).toMatchObject({ rescuedByRevert: false, disturbed: true, highMs: 6010 });
    expect(recoveryOf(unit([gap(10_010, 16_000)]), terms).disturbed).toBe(false);
  });

  it('when service never came back at all: as long as the fault was in', () => {
    const gone = unit([gap(10_010, 39_000, never)]);
    expect(recoveryOf(gone, terms)).toMatchObject({
      rescuedByRevert: false,
      lowMs: 30_000 - 10_010,
      highMs: undefined,
    });
  });

  it('when operations ended first: as long as they were seen to fail', () => {
    const died = unit([gap(10_010, 14_000, never)], { lastSentMs: 14_000 });
    expect(recoveryOf(died, terms)).toMatchObject({ lowMs: 14_000 - 10_010, highMs: undefined, cutShort: true });
  });

  it('of a later outage that our own revert ended: it has no end of its own', () => {
    const later = unit([gap(10_010, 16_000), gap(25_000, 30_500)]);
    expect(recoveryOf(later, terms)).toMatchObject({ highMs: 6010, again: { lowMs: 5000, highMs: undefined } });
    const stutter = unit([gap(10_010, 16_000), gap(29_900, 30_020, { onlyLate: true })]);
    expect(recoveryOf(stutter, terms)).toMatchObject({ highMs: 6010, again: { lowMs: 120, highMs: 140 } });
  });
});

describe('of any outages', () => {
  const gaps = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 0, max: 6000 })), { maxLength: 6 })
    .map((steps) => {
      let ms = 5000;
      return steps.map(([after, length]) => {
        const one = gap(ms + after + 10, ms + after + 10 + length);
        ms = (one.toMs ?? 0) + 1;
        return one;
      });
    });

  it('the low is never above the high, and never below 0', () => {
    fc.assert(
      fc.property(gaps, (all) => {
        const { lowMs, highMs, again } = recoveryOf(unit(all), terms);
        expect(lowMs).toBeGreaterThanOrEqual(0);
        expect(highMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(lowMs);
        expect(again?.highMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(again?.lowMs ?? 0);
      }),
    );
  });

  it('the moment at which the run was started does not matter', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: -4000, max: 1_000_000 }), (all, by) => {
        const shifted = all.map((one) => gap(one.begunByMs + by, one.endedAfterMs + by));
        const moved: RecoveryTerms = {
          ...terms,
          moment: { notBeforeMs: 10_000 + by, byMs: 10_004 + by, revertCalledMs: 30_000 + by },
          faults: [{ ...fault, notBeforeMs: 10_000 + by, revertCalledMs: 30_000 + by }],
          untilMs: 30_000 + by,
        };
        const was = recoveryOf(unit(all), terms);
        const is = recoveryOf(unit(shifted, { lastSentMs: 40_000 + by }), moved);
        const backByMs = was.backByMs === undefined ? undefined : was.backByMs + by;
        expect(is).toEqual({ ...was, backAfterMs: was.backAfterMs + by, backByMs });
      }),
    );
  });

  it('a longer objective is never missed where a shorter one was met', () => {
    fc.assert(
      fc.property(gaps, (all) => {
        const { lowMs, highMs } = recoveryOf(unit(all), terms);
        const longer = recoveryOf(unit(all.map((one) => ({ ...one, toMs: (one.toMs ?? 0) + 0.5 }))), terms);
        expect(longer.lowMs).toBe(lowMs);
        expect(longer.highMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(highMs ?? 0);
      }),
    );
  });
});

it('the largest of several true values lies between the largest low and the largest high', () => {
  const bounds = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(100)).map(([low, length, part]) => ({
    lowMs: low,
    highMs: low + length,
    trueMs: low + (length * part) / 100,
  }));
  fc.assert(
    fc.property(fc.array(bounds, { minLength: 1, maxLength: 5 }), (all) => {
      const worst = all.reduce((a, b) => larger(a, b));
      const trueMs = Math.max(...all.map((one) => one.trueMs));
      expect(trueMs).toBeGreaterThanOrEqual(worst.lowMs);
      expect(trueMs).toBeLessThanOrEqual(worst.highMs ?? Number.POSITIVE_INFINITY);
    }),
  );
});
