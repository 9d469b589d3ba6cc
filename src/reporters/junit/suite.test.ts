import { describe, expect, it } from 'vitest';
import { exitOf } from '../../core/exit-code.ts';
import type { Report } from '../../core/report.ts';
import { sampleReports } from '../testing/reports.ts';
import { createSuite } from './suite.ts';
import type { Element } from './xml.ts';

function cases(report: Report): Element[] {
  return createSuite(report).element.children.filter(
    (child): child is Element => typeof child !== 'string' && child.name === 'testcase',
  );
}

function outcomes(report: Report): Record<string, string> {
  return Object.fromEntries(
    cases(report).map(({ attributes, children }) => {
      const [child] = children;
      return [String(attributes['name']), child === undefined || typeof child === 'string' ? 'ok' : child.name];
    }),
  );
}

describe('a testsuite', () => {
  it('has a case for each assertion, and one for the run itself', () => {
    expect(outcomes(sampleReports.failed)).toEqual({
      rto: 'failure',
      rpo: 'failure',
      'split-brain': 'error',
      'the run completed and left nothing broken': 'ok',
    });
  });

  it.each(Object.entries(sampleReports))('is never greener than the run, when that is %s', (_, report: Report) => {
    const { tests, failures, errors } = createSuite(report);
    expect(failures + errors > 0).toBe(exitOf([report]).code !== 0);
    expect(tests).toBe(report.assertions.length + 1);
    expect(JSON.stringify(createSuite(report).element)).not.toContain('"skipped":1');
  });

  it('is an error when assertions passed and the run did not', () => {
    const report: Report = { ...sampleReports.passed, verdict: 'inconclusive' };
    expect(createSuite(report)).toMatchObject({ failures: 0, errors: 1 });
  });

  it('is an error when the cluster was not restored, though all passed', () => {
    const report: Report = { ...sampleReports.passed, cluster: 'dirty', differences: ['redis-1 is gone'] };
    expect(createSuite(report)).toMatchObject({ failures: 0, errors: 1 });
    expect(JSON.stringify(cases(report))).toContain('the cluster was not restored; redis-1 is gone');
  });

  it('names a sabotage, so that nobody takes it for the drill', () => {
    const report: Report = { ...sampleReports.passed, sabotage: 'no failover' };
    expect(createSuite(report).element.attributes['name']).toBe('redis-primary-kill [sabotage: no failover]');
  });
});
