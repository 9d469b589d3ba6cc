// What keeps a run from being green, in plain text: for CI servers and test runners.
import type { NamedFinding, Report, ReportProblem } from '../core/report.ts';

/** What was asked, what was seen, why it is no pass, and where it was asked. */
export function findingLines({ expected, actual, because, position }: NamedFinding): readonly string[] {
  return [
    `expected: ${expected}`,
    `actual: ${actual}`,
    `because: ${because}`,
    `at: ${position.file}:${position.line}:${position.col}`,
  ];
}

/** All that is no finding: a dirty cluster, problems, a run that was cut short. Empty when there is nothing. */
export function whatIsWrong(report: Report): readonly string[] {
  const { cluster, differences, problems, status, verdict, assertions, watched } = report;
  return [
    ...(cluster === 'dirty' ? [['the cluster was not restored', ...differences].join('; ')] : []),
    ...problems.map(problemLine),
    ...(status === 'completed' ? [] : [`the run was ${status}`]),
    ...(watched === undefined && verdict !== 'passed' && assertions.every((finding) => finding.verdict === 'passed')
      ? [`the verdict is ${verdict}, and no assertion says why`]
      : []),
  ];
}

function problemLine({ code, message, at, hint }: ReportProblem): string {
  return `${code}: ${at === undefined ? '' : `${at}: `}${message}${hint === undefined ? '' : ` → ${hint}`}`;
}
