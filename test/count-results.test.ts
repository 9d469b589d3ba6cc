import { describe, expect, it } from 'vitest';
import { summarize } from '../scripts/count-results.ts';

function file(status: string, ...tests: string[]) {
  const assertionResults = tests.map((outcome, index) => ({ status: outcome, fullName: `test ${index}` }));
  return { name: 'x.test.ts', status, message: '', assertionResults };
}

describe('the last line of .ci/run', () => {
  it('counts what passed', () => {
    const report = { testResults: [file('passed', 'passed', 'passed'), file('passed', 'passed')] };
    expect(summarize(report, [])).toEqual({ lines: ['3 passed, 0 failed'], exitCode: 0 });
  });

  it('counts a failed test once, though the runner failed for it too', () => {
    const report = { testResults: [file('failed', 'passed', 'failed')] };
    expect(summarize(report, ['tests'])).toEqual({ lines: ['1 passed, 1 failed'], exitCode: 1 });
  });

  it('counts a file that could not be loaded', () => {
    const report = { testResults: [file('failed'), file('passed', 'passed')] };
    expect(summarize(report, ['tests'])).toEqual({ lines: ['1 passed, 1 failed'], exitCode: 1 });
  });

  it('counts a failed lint', () => {
    const report = { testResults: [file('passed', 'passed')] };
    expect(summarize(report, ['lint'])).toEqual({ lines: ['failed check: lint', '1 passed, 1 failed'], exitCode: 1 });
  });

  it('counts a runner that failed though every test passed', () => {
    const report = { testResults: [file('passed', 'passed')] };
    expect(summarize(report, ['tests'])).toEqual({ lines: ['failed check: tests', '1 passed, 1 failed'], exitCode: 1 });
  });

  it('fails when no test ran', () => {
    const lines = ['failed check: no test ran', '0 passed, 1 failed'];
    expect(summarize({ testResults: [] }, [])).toEqual({ lines, exitCode: 1 });
    expect(summarize({ testResults: [file('passed', 'skipped')] }, [])).toEqual({
      lines: ['skipped: test 0', ...lines],
      exitCode: 1,
    });
  });

  it('fails when the tests left no report', () => {
    expect(summarize(undefined, ['tests'])).toEqual({
      lines: ['failed check: tests', '0 passed, 1 failed'],
      exitCode: 1,
    });
  });
});
