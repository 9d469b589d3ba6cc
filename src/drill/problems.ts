// The mistakes of a file: collected, so that all of them are told at once.
import type { Position } from '../core/drill.ts';
import { DrillError, type Problem } from '../core/error.ts';

/** Takes mistakes (`error`) and doubts (`warn`) while a file is read. */
export interface Problems {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  error(at: Position, message: string, hint?: string): void;
  warn(at: Position, message: string, hint?: string): void;
}

export function collectProblems(): Problems {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  return {
    errors,
    warnings,
    error: (at, message, hint) => add(errors, problemAt(at, message, hint)),
    warn: (at, message, hint) => add(warnings, problemAt(at, message, hint)),
  };
}

function problemAt({ file, line, col }: Position, message: string, hint: string | undefined): Problem {
  return { file, line, col, message: oneLine(message), ...(hint === undefined ? {} : { hint: oneLine(hint) }) };
}

/** The same mistake can be seen from two sides (a fragment that is used twice): it is told once. */
function add(list: Problem[], problem: Problem): void {
  if (!list.some((known) => formatProblem(known) === formatProblem(problem))) list.push(problem);
}

/** `file:line:col: what is wrong, what was expected; did you mean …`, one line each, in the order of the file. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n');
}

export function formatProblem({ message, hint, ...at }: Problem): string {
  return `${formatPosition(at)}: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}

/** `file:line:col`; what came from the command line (`--set a=b`) has no line. */
export function formatPosition({ file, line, col }: Position): string {
  return file.startsWith('--') ? file : `${file}:${line}:${col}`;
}

/** Throws one DRILL_INVALID with all the mistakes, if there is any. */
export function throwIfInvalid(problems: Problems): void {
  if (problems.errors.length === 0) return;
  const sorted = inOrder(problems.errors);
  throw new DrillError('DRILL_INVALID', formatProblems(sorted), { problems: sorted });
}

/** By file (in order of appearance), then by place. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map((problem) => problem.file))];
  return problems.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.col - b.col);
}

/** A place for what was said on the command line. */
export function commandLine(option: string): Position {
  return { file: option, line: 1, col: 1 };
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}
