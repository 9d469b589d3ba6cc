import { describe, expect, it } from 'vitest';
import type { MeasuredWorkload, Outage, Report } from '../core/report.ts';
import { reads, writes } from './testing/passed.ts';
import { sampleReports } from './testing/reports.ts';
import {
  circumstances,
  formatInterval,
  lostWords,
  oddities,
  phasesSinceFault,
  recoveryWords,
  roundMs,
  worstRecovery,
} from './words.ts';

/** An rto finding for each workload. */
function objectives(measured: Report['measured']): Report['assertions'] {
  return Object.keys(measured).flatMap((workload) =>
    sampleReports.passed.assertions.filter(({ kind }) => kind === 'rto').map((rto) => ({ ...rto, data: { workload } })),
  );
}

describe('the circumstances', () => {
  it('say whose settings the cluster had', () => {
    const settingsFrom = { file: 'baselines/prod.json', target: 'prod', recordedAt: '2026-11-30T10:00:00.000Z' };
    const report = { ...sampleReports.passed, drill: { ...sampleReports.passed.drill, settingsFrom } };
    expect(circumstances(report)).toContain('with the settings of prod (baselines/prod.json, recorded 2026-11-30)');
  });
});

describe('an interval', () => {
  it.each([
    [6238.4, 6266.1, '6.24 s to 6.27 s'],
    [6243.1, 6243.9, '6.24 s ± 0.4 ms'],
    [0, 60, 'at most 60 ms'],
    [840, 1012, '840 ms to 1.01 s'],
  ])('from %d to %d is "%s"', (low, high, words) => {
    expect(formatInterval(low, high)).toBe(words);
  });
});

describe('the recovery time', () => {
  it('says when there was no outage, and below what none is seen', () => {
    expect(recoveryWords(reads)).toBe('no outage (none over 60 ms)');
  });

  it('calls what only stuttered no outage, and says so', () => {
    const stutter = (highMs: number): Outage => {
      return { fromMs: 9000, toMs: 9000 + highMs, lowMs: 0, highMs, rescuedByRevert: false, stutter: true };
    };
    const stuttering = (...outages: Outage[]): MeasuredWorkload => {
      return {
        ...reads,
        units: [{ unit: 'mymaster', detectionFloorMs: 60, outages }],
        recoveryTimeMs: { low: 0, high: 60 },
      };
    };
    expect(recoveryWords(stuttering(stutter(30), stutter(40)))).toBe('no outage but 2 stutters (none over 60 ms)');
    expect(recoveryWords(stuttering(stutter(90)))).toBe('no outage but 1 stutter (none over 90 ms)');
  });

  it('says that a system did not recover by itself, also when we rescued it', () => {
    expect(recoveryWords({ ...writes, recoveryTimeMs: { low: 29_816, high: undefined } })).toBe(
      'did not recover by itself within 29.82 s',
    );
  });

  it('is not invented', () => {
    expect(recoveryWords({ ...writes, recoveryTimeMs: undefined })).toBeUndefined();
  });

  it('of a report is that of the workload that was worst off, and never is worse than late', () => {
    const late = { ...writes, recoveryTimeMs: { low: 9000, high: 99_000 } };
    const never = { ...writes, recoveryTimeMs: { low: 10, high: undefined } };
    const report = (measured: Report['measured']): Report => ({
      ...sampleReports.passed,
      measured,
      assertions: objectives(measured),
    });
    expect(worstRecovery(report({ reads, late, writes }))).toBe(late);
    expect(worstRecovery(report({ late, never, reads }))).toBe(never);
    expect(worstRecovery(report({ none: { ...writes, recoveryTimeMs: undefined } }))).toBeUndefined();
  });

  it('is of a workload that an objective was set for, and of none without one', () => {
    const cutOff = { ...writes, recoveryTimeMs: { low: 10, high: undefined } };
    const measured = { cutOff, writes };
    expect(worstRecovery({ ...sampleReports.passed, measured, assertions: objectives({ writes }) })).toBe(writes);
    expect(worstRecovery({ ...sampleReports.passed, measured, assertions: [] })).toBeUndefined();
  });
});

describe('what was lost', () => {
  it('is a count of what was acknowledged, with its age', () => {
    expect(lostWords(writes)).toBe('0 of 3,812 acknowledged');
    expect(lostWords({ ...writes, lostWrites: 3, lostWindowMs: 1020 })).toBe(
      '3 of 3,812 acknowledged, within a window of 1.02 s',
    );
  });

  it('is not 0 where nothing was read back', () => {
    expect(lostWords({ ...writes, lostWrites: undefined })).toBeUndefined();
  });

  it('goes with what else was found', () => {
    expect(oddities(writes)).toEqual([]);
    expect(oddities({ ...writes, duplicates: 1, reordered: 2, divergentCopies: 2, failedButFound: 3 })).toEqual([
      '1 duplicate',
      '2 out of order',
      '2 copies on other nodes differ',
      '3 there although reported as failed',
    ]);
  });
});

describe('a number in a document', () => {
  it('is what the clock knows, to the microsecond', () => {
    expect(roundMs(6435.580999999999)).toBe(6435.581);
    expect(roundMs(-0.0004)).toBe(-0);
    expect(roundMs(1e300)).toBe(1e300);
  });
});

describe('phases', () => {
  it('count from the call of the first fault, each once', () => {
    const { passed } = sampleReports;
    const phases = [
      { name: 'late', atMs: 9102.3, detail: '' },
      { name: 'before', atMs: 8000, detail: '' },
      { name: '+sdown', atMs: 8602.3, detail: 'sentinel-2' },
      { name: '+sdown', atMs: 8502.3, detail: 'sentinel-1' },
    ];
    const names = phasesSinceFault({ ...passed, phases }).map(({ name, afterMs }) => `${name} ${Math.round(afterMs)}`);
    expect(names).toEqual(['+sdown 400', 'late 1000']);
  });

  it('count from the start where nothing was injected', () => {
    const report = { ...sampleReports.inconclusive, phases: [{ name: 'x', atMs: 5, detail: '' }] };
    expect(phasesSinceFault(report)).toEqual([{ name: 'x', afterMs: 5 }]);
  });
});
