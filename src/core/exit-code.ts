// What a process of ours ends with, and what that means: one table for the command line and for the reporters.
import type { ErrorCode } from './error.ts';
import type { Report } from './report.ts';
import { type Standing, standingOf } from './standing.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130 | 143;
export interface Exit {
  readonly code: ExitCode;
  readonly meaning: string;
}

const meanings: Readonly<Record<ExitCode, string>> = {
  0: 'every drill passed',
  1: 'a drill failed: the system missed an objective',
  2: 'the command or a drill was wrong: nothing was started',
  3: 'inconclusive: nothing was proved',
  4: 'the cluster was not restored: a person is needed',
  5: 'a stop condition aborted a drill, and it was rolled back',
  6: 'the tool or its environment broke: this says nothing about the system',
  130: 'interrupted, and rolled back',
  143: 'terminated, and rolled back',
};

/** Of several, the first of these: what a person has to do something about is never hidden. */
const precedence: readonly ExitCode[] = [4, 130, 143, 5, 1, 6, 2, 3, 0];

const toolBroke: ReadonlySet<ErrorCode> = new Set([
  'TOOL_MISSING',
  'TOOL_BROKEN',
  'CLUSTER_FAILED',
  'UNDO_FAILED',
  'JOURNAL_FAILED',
  'INTERNAL',
]);
const refused: ReadonlySet<ErrorCode> = new Set(['USAGE', 'DRILL_INVALID', 'PLAN_REFUSED']);

export function exitWith(code: ExitCode): Exit {
  return { code, meaning: meanings[code] };
}

/** An error that ended a command before there was any report. */
export function exitOfError(code: ErrorCode): Exit {
  if (code === 'INTERRUPTED') return exitWith(130);
  if (refused.has(code)) return exitWith(2);
  return exitWith(toolBroke.has(code) ? 6 : 3);
}

export interface ExitCircumstances {
  /** What interrupted the invocation, if anything did. */
  readonly signal?: 'SIGINT' | 'SIGTERM' | undefined;
  /** True if something of ours broke that no report knows: a reporter that threw. */
  readonly toolBroke?: boolean;
}

/** Of an invocation. No report at all: nothing was proved. */
export function exitOf(reports: readonly Report[], circumstances: ExitCircumstances = {}): Exit {
  const interrupted = circumstances.signal === 'SIGTERM' ? 143 : 130;
  const codes = new Set<ExitCode>(
    reports.flatMap((report) => counting(codesOf(report, interrupted), standingOf(report, reports))),
  );
  if (circumstances.signal !== undefined) codes.add(interrupted);
  if (circumstances.toolBroke === true) codes.add(6);
  const code = precedence.find((one) => codes.has(one)) ?? 3;
  if (code === 0 && reports.every(({ watched }) => watched !== undefined))
    return { code, meaning: 'watched to the end' };
  const setAside = reports.some((report) => standingOf(report, reports) === 'quarantined');
  return code === 0 && setAside ? { code, meaning: 'every drill passed that is not in quarantine' } : exitWith(code);
}

/** Whether a run that did not pass leaves the exit code of its invocation alone. */
export function isForgiven(report: Report, reports: readonly Report[]): boolean {
  const standing = standingOf(report, reports);
  return standing !== 'counts' && counting(codesOf(report, 130), standing).every((code) => code === 0);
}

/** A quarantine takes the verdict away, a second try all that was proved in vain; what a person has to mend stays. */
function counting(codes: readonly ExitCode[], standing: Standing): readonly ExitCode[] {
  if (standing === 'retried') return codes.filter((code) => code === 4);
  return standing === 'quarantined' ? codes.map((code) => (code === 1 || code === 3 ? 0 : code)) : codes;
}

function codesOf(report: Report, interrupted: ExitCode): readonly ExitCode[] {
  if (report.watched !== undefined) return watchCodes(report, interrupted);
  const codes: ExitCode[] = [];
  if (report.cluster === 'dirty') codes.push(4);
  if (report.status === 'aborted') codes.push(5);
  if (report.verdict === 'failed') codes.push(1);
  const problems = report.problems.map(({ code }) => code as ErrorCode);
  // A run whose journal ends in the middle counts as interrupted; when a broken tool is why, that is what is told.
  if (report.status === 'interrupted' && !problems.some((code) => toolBroke.has(code))) codes.push(interrupted);
  if (problems.some((code) => toolBroke.has(code))) codes.push(6);
  if (problems.some((code) => refused.has(code))) codes.push(2);
  codes.push(report.verdict === 'passed' ? 0 : 3);
  return codes;
}

/** Nothing was asked, so nothing can be missed: it ends well when it has watched to its end. */
function watchCodes({ cluster, status, problems }: Report, interrupted: ExitCode): readonly ExitCode[] {
  return [
    ...(cluster === 'dirty' ? ([4] as const) : []),
    ...(status === 'interrupted' ? [interrupted] : []),
    ...(status === 'aborted' ? ([5] as const) : []),
    ...(problems.some(({ code }) => toolBroke.has(code as ErrorCode)) ? ([6] as const) : []),
    problems.length === 0 ? 0 : 3,
  ];
}
