// One run as a JUnit testsuite. A suite must never look greener than the run: what is not passed is a failure (the
// system missed it) or an error (nothing was proved, or the tool broke), and nothing is ever "skipped".
import { isForgiven } from '../../core/exit-code.ts';
import type { NamedFinding, Report } from '../../core/report.ts';
import { formatCount } from '../../core/units.ts';
import { circumstances, phasesSinceFault, roundMs } from '../words.ts';
import { findingLines, whatIsWrong } from '../wrong.ts';
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

/** `reports`: all those of its invocation. What leaves the exit code alone leaves the suite green, and is told all the same. */
export function createSuite(report: Report, reports: readonly Report[] = [report]): Suite {
  const { drill, assertions } = report;
  const name = report.sabotage === undefined ? drill.name : `${drill.name} [sabotage: ${report.sabotage}]`;
  const about: About = { classname: name, forgiven: isForgiven(report, reports) };
  const cases = [...assertions.map((finding) => assertionCase(finding, about)), runCase(report, about)];
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

interface About {
  readonly classname: string;
  /** True: what is not passed fails nothing. */
  readonly forgiven: boolean;
}

function assertionCase(finding: NamedFinding, { classname, forgiven }: About): Element {
  const { name, kind, verdict, expected, actual, position } = finding;
  const attributes = { classname, name, time: '0.000', file: position.file, line: position.line };
  if (verdict === 'passed') return element('testcase', attributes);
  const text = findingLines(finding).join('\n');
  if (forgiven) return element('testcase', attributes, [element('system-out', {}, [text])]);
  const result = verdict === 'failed' ? 'failure' : 'error';
  const message = `${verdict === 'failed' ? '' : 'nothing was proved; '}expected: ${expected}; actual: ${actual}`;
  return element('testcase', attributes, [element(result, { message, type: kind }, [text])]);
}

function runCase(report: Report, { classname, forgiven }: About): Element {
  const attributes = { classname, name: ownCase, time: (report.durationMs / 1000).toFixed(3), file: report.drill.file };
  const wrong = whatIsWrong(report);
  if (wrong.length === 0) return element('testcase', attributes);
  if (forgiven) return element('testcase', attributes, [element('system-out', {}, [wrong.join('\n')])]);
  const type = report.cluster === 'dirty' ? 'DIRTY' : (report.problems[0]?.code ?? report.status);
  return element('testcase', attributes, [element('error', { message: wrong[0], type }, [wrong.join('\n')])]);
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
