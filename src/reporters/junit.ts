import { join } from 'node:path';
import type { Reporter } from '../core/kinds.ts';
import type { Report } from '../core/report.ts';
import { createSuite } from './junit/suite.ts';
import { element, renderXml } from './junit/xml.ts';
import { writeDocument } from './write-document.ts';

/** junit.xml of every run, and of the whole invocation: a testsuite a drill, a testcase an assertion. */
export function createJunitReporter(): Reporter {
  return {
    name: 'junit',
    onRunEnd: (report, { dir }) => writeDocument(join(dir, 'junit.xml'), renderJunit([report])),
    onInvocationEnd: (reports, { dir }) => writeDocument(join(dir, 'junit.xml'), renderJunit(reports)),
  };
}

export function renderJunit(reports: readonly Report[]): string {
  const suites = reports.map((report) => createSuite(report, reports));
  const sum = (of: 'tests' | 'failures' | 'errors' | 'seconds'): number =>
    suites.reduce((total, suite) => total + suite[of], 0);
  const totals = {
    tests: sum('tests'),
    failures: sum('failures'),
    errors: sum('errors'),
    time: sum('seconds').toFixed(3),
  };
  return renderXml(
    element(
      'testsuites',
      { name: 'firedrill', ...totals },
      suites.map((suite) => suite.element),
    ),
  );
}
