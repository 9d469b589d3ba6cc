// One run as a JUnit testsuite. A suite must never look greener than the run: what is not passed is a failure (the
// system missed it) or an error (nothing was proved, or the tool broke), and nothing is ever "skipped".
import type { NamedFinding, Report } from '../../core/report.ts';
import { formatCount } from '../../core/units.ts';
import { circumstances, phasesSinceFault, roundMs } from '../words.ts';
import { type Element, element } from './xml.ts';

export interface Suite {
  readonly element: Element;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly seconds: number;
}

/** Stands for all that is no assertion: that the run went as planned, and that nobody has to mend the cluster. */
const ownCase = 'the run completed and left nothing broken';

export function createSuite(report: Report): Suite {
  const { drill, assertions } = report;
  const name = report.sabotage === undefined ? drill.name : `${drill.name} [sabotage: ${report.sabotage}]`;
  const run = runCase(report, name);
  const cases = [...assertions.map((finding) => assertionCase(finding, name)), run];
  const has = (child: string): number =>
    cases.filter(({ children }) => children.some((inner) => typeof inner !== 'string' && inner.name === child)).length;
  const seconds = report.durationMs / 1000;
  const totals = { tests: cases.length, failures: has('failure'), errors: has('error') };
  const attributes = {
    name,
    ...totals,
    skipped: 0,
    time: seconds.toFixed(3),
    timestamp: report.startedAt,
    file: drill.file,
  };
  const children = [
    element('properties', {}, properties(report)),
    ...cases,
    element('system-out', {}, [story(report)]),
  ];
  return { element: element('testsuite', attributes, children), ...totals, seconds };
}

function assertionCase(finding: NamedFinding, classname: string): Element {
  const { name, kind, verdict, expected, actual, because, position } = finding;
  const attributes = { classname, name, time: '0.000', file: position.file, line: position.line };
  if (verdict === 'passed') return element('testcase', attributes);
  const text = [
    `expected: ${expected}`,
    `actual: ${actual}`,
    `because: ${because}`,
    `at: ${position.file}:${position.line}:${position.col}`,
  ];
  const result = verdict === 'failed' ? 'failure' : 'error';
  const message = `${verdict === 'failed' ? '' : 'nothing was proved; '}expected: ${expected}; actual: ${actual}`;
  return element('testcase', attributes, [element(result, { message, type: kind }, [text.join('\n')])]);
}

function runCase(report: Report, classname: string): Element {
  const attributes = { classname, name: ownCase, time: (report.durationMs / 1000).toFixed(3), file: report.drill.file };
  const wrong = whatIsWrong(report);
  if (wrong.length === 0) return element('testcase', attributes);
  const type = report.cluster === 'dirty' ? 'DIRTY' : (report.problems[0]?.code ?? report.status);
  return element('testcase', attributes, [element('error', { message: wrong[0], type }, [wrong.join('\n')])]);
}

function whatIsWrong(report: Report): string[] {
  const { cluster, differences, problems, status, verdict, assertions } = report;
  return [
    ...(cluster === 'dirty' ? [['the cluster was not restored', ...differences].join('; ')] : []),
    ...problems.map(
      ({ code, message, at, hint }) =>
        `${code}: ${at === undefined ? '' : `${at}: `}${message}${hint === undefined ? '' : ` → ${hint}`}`,
    ),
    ...(status === 'completed' ? [] : [`the run was ${status}`]),
    ...(verdict !== 'passed' && assertions.every((finding) => finding.verdict === 'passed')
      ? [`the verdict is ${verdict}, and no assertion says why`]
      : []),
  ];
}

function properties(report: Report): Element[] {
  const { runId, suiteId, seed, runtime, target, verdict, status, cluster, sabotage, configHash } = report;
  const values: Record<string, string | number | undefined> = {
    runId,
    suiteId,
    seed,
    runtime,
    target,
    verdict,
    status,
    cluster,
    sabotage,
    configHash,
  };
  for (const [name, { client, recoveryTimeMs, lostWrites }] of Object.entries(report.measured)) {
    values[`${name}.client`] = client;
    values[`${name}.recoveryTimeMs.low`] = rounded(recoveryTimeMs?.low);
    values[`${name}.recoveryTimeMs.high`] =
      recoveryTimeMs === undefined ? undefined : (rounded(recoveryTimeMs.high) ?? 'none');
    values[`${name}.lostWrites`] = lostWrites;
  }
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [element('property', { name, value })],
  );
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : roundMs(ms);
}

function story(report: Report): string {
  return [
    [report.drill.title, ...circumstances(report)].join(', '),
    ...report.faults.map(
      ({ step, kind, targets, evidence }) => `${step}: ${kind} on ${targets.join(', ')}: ${evidence || 'NOT PROVED'}`,
    ),
    ...phasesSinceFault(report).map(({ name, afterMs }) => `${name} +${formatCount(Math.round(afterMs))} ms`),
    ...report.moved,
  ].join('\n');
}
