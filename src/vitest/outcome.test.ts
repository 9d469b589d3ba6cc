import { describe, expect, it } from 'vitest';
import type { Quarantine } from '../core/journal.ts';
import type { Report } from '../core/report.ts';
import { sampleReports } from '../reporters/testing/reports.ts';
import type { Ended } from './command.ts';
import { outcomeOf, readReports } from './outcome.ts';

const { passed, failed, inconclusive, interrupted, dirty } = sampleReports;
const quarantine: Quarantine = { owner: 'platform', reason: 'KAFKA-1', expires: '2026-12-01', inForce: true };

function ended(code: number | undefined, over: Partial<Ended> = {}): Ended {
  return { code, signal: undefined, stdout: '', stderr: '', ...over };
}

describe('what becomes of the test of a drill', () => {
  it('passes, without a word, where the drill passed', () => {
    expect(outcomeOf('d', ended(0), [passed])).toEqual({ failure: undefined, notes: [] });
  });

  it('fails with the findings as its text', () => {
    const { failure } = outcomeOf('d', ended(1), [failed]);
    expect(failure?.name).toBe('DrillFailed');
    expect(failure?.message).toContain(`FAILED · ${failed.drill.name}: ${failed.drill.title}`);
    for (const { name, expected, actual, because, position } of failed.assertions.filter(
      (one) => one.verdict !== 'passed',
    ))
      expect(failure?.message).toContain(
        ` ${name}\n    expected: ${expected}\n    actual: ${actual}\n    because: ${because}\n    at: ${position.file}:${position.line}:${position.col}`,
      );
    expect(failure?.message).toContain(failed.drill.onFailure);
    expect(failure?.stack).not.toContain('outcome.ts');
  });

  it('fails where nothing was proved, and shows both tries', () => {
    const { failure } = outcomeOf('d', ended(3), [
      { ...inconclusive, runId: 'first' },
      { ...inconclusive, runId: 'second', retryOf: 'first' },
    ]);
    expect(failure?.name).toBe('DrillInconclusive');
    expect(failure?.message).toMatch(
      /INCONCLUSIVE: nothing was proved[\s\S]*run: first\n\nINCONCLUSIVE[\s\S]*run: second/,
    );
  });

  it('passes where the second try did, and says so', () => {
    const tries = [
      { ...inconclusive, runId: 'first' },
      { ...passed, runId: 'second', retryOf: 'first' },
    ];
    const { failure, notes } = outcomeOf('d', ended(0), tries);
    expect(failure).toBeUndefined();
    expect(notes).toEqual([
      expect.stringContaining('run: first'),
      expect.stringContaining('run again, because first proved nothing'),
    ]);
  });

  it('passes in quarantine with the findings in what it says, and fails when that has expired', () => {
    const aside = outcomeOf('d', ended(0), [{ ...failed, quarantine }]);
    expect(aside.failure).toBeUndefined();
    expect(aside.notes.join()).toMatch(/FAILED[\s\S]*in quarantine until 2026-12-01[\s\S]*expected: /);
    const expired = outcomeOf('d', ended(1), [{ ...failed, quarantine: { ...quarantine, inForce: false } }]);
    expect(expired.failure?.message).toContain('quarantine expired on 2026-12-01, it counts again');
  });

  it.each([
    [
      'a process that was killed',
      ended(undefined, { signal: 'SIGKILL', stderr: 'half a line' }),
      [],
      'ended by SIGKILL',
    ],
    ['a command that was refused', ended(2, { stderr: 'firedrill: no such drill' }), [], 'firedrill: no such drill'],
    ['exit code 0 without a result', ended(0), [], 'no result'],
    ['exit code 0 with a result that says otherwise', ended(0), [failed], 'exit code 0'],
    [
      'a result that says otherwise than the exit code',
      ended(6, { stderr: 'reporter broke' }),
      [passed],
      'reporter broke',
    ],
    ['an interruption', ended(143), [interrupted], 'the run was interrupted'],
    ['a cluster that was not restored', ended(4), [dirty], 'the cluster was not restored'],
  ] as [string, Ended, Report[], string][])('is never green after %s', (_, how, reports, text) => {
    expect(outcomeOf('d', how, reports).failure?.message).toContain(text);
  });

  it('reads no results from what is none', () => {
    expect(readReports({ stdout: '' })).toEqual([]);
    expect(readReports({ stdout: '[{' })).toEqual([]);
    expect(readReports({ stdout: '{}' })).toEqual([]);
    expect(readReports({ stdout: JSON.stringify([{ runId: 'a' }]) })).toEqual([{ runId: 'a' }]);
  });
});
