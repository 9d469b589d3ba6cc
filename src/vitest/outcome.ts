// What a test says of the runs of its drill. Pure.

import type { Report } from '../core/report.ts';
import { standingOf } from '../core/standing.ts';
import { busyWords, circumstances, verdictTitle } from '../reporters/words.ts';
import { findingLines, whatIsWrong } from '../reporters/wrong.ts';
import type { Ended } from './command.ts';

export interface Outcome {
  /** Undefined = the test passes. */
  readonly failure: Error | undefined;
  /** What a test that passes has to say all the same: a quarantine, a second try. */
  readonly notes: readonly string[];
}

/** A test passes only where the command ended well and its last report says that the verdict passed or does not count. */
export function outcomeOf(drill: string, ended: Ended, reports: readonly Report[]): Outcome {
  const last = reports.at(-1);
  const isFine = last !== undefined && (last.verdict === 'passed' || standingOf(last, reports) === 'quarantined');
  const texts = reports.map((report) => reportLines(report).join('\n'));
  if (ended.code === 0 && isFine)
    return { failure: undefined, notes: texts.filter((_, at) => isWorthTelling(reports, at)) };
  const message = [...(texts.length > 0 ? texts : [`${drill}: no result`]), ...endLines(ended, last)].join('\n\n');
  return { failure: asError(last?.verdict === 'failed' ? 'DrillFailed' : errorName(last), message), notes: [] };
}

/** The runs of a command that was called with `--json`; empty when it came to none. */
export function readReports({ stdout }: Pick<Ended, 'stdout'>): readonly Report[] {
  try {
    const value: unknown = JSON.parse(stdout);
    return Array.isArray(value) ? (value as readonly Report[]) : [];
  } catch {
    return [];
  }
}

function isWorthTelling(reports: readonly Report[], at: number): boolean {
  const report = reports[at];
  return report !== undefined && (reports.length > 1 || report.quarantine !== undefined);
}

function reportLines(report: Report): readonly string[] {
  const { drill, verdict, assertions, runId } = report;
  const findings = assertions.filter((finding) => finding.verdict !== 'passed');
  return [
    [`${verdictTitle[verdict]} · ${drill.name}: ${drill.title}`, ...circumstances(report)].join(', '),
    ...findings.flatMap((finding) => [
      `${finding.verdict === 'failed' ? '✗' : '?'} ${finding.name}`,
      ...findingLines(finding).map((line) => `    ${line}`),
    ]),
    ...whatIsWrong(report),
    ...[busyWords(report)].filter((words) => words !== ''),
    ...(verdict === 'failed' && drill.onFailure !== undefined ? [`next: ${drill.onFailure}`] : []),
    `run: ${runId}`,
  ];
}

/** How the command ended; all that it said, where no report says it. */
function endLines({ code, signal, stderr }: Ended, last: Report | undefined): readonly string[] {
  const end = signal === undefined ? `firedrill ended with exit code ${code}` : `firedrill was ended by ${signal}`;
  return last === undefined || code === 6 || signal !== undefined ? [end, stderr.trim()] : [end];
}

function errorName(last: Report | undefined): string {
  return last?.verdict === 'inconclusive' ? 'DrillInconclusive' : 'DrillBroken';
}

/** Without a stack: where it was thrown is of no interest to anybody, where it was asked stands in the text. */
function asError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = `${name}: ${message}`;
  return error;
}
