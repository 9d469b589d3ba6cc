// What a process of ours ends with, and what that means: one table for the command line and for the reporters.
import type { ErrorCode } from './error.ts';
import type { Report } from './report.ts';

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
  const codes = new Set<ExitCode>(reports.flatMap((report) => codesOf(report, interrupted)));
  if (circumstances.signal !== undefined) codes.add(interrupted);
  if (circumstances.toolBroke === true) codes.add(6);
  return exitWith(precedence.find((code) => codes.has(code)) ?? 3);
}

function codesOf(report: Report, interrupted: ExitCode): readonly ExitCode[] {
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
