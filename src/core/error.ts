import type { Position } from './drill.ts';

/** Every code that an error of ours can carry. Declared once; the command line maps them to exit codes. */
export type ErrorCode =
  | 'USAGE' // the command line was wrong
  | 'DRILL_INVALID' // a drill, config or target file was wrong
  | 'PLAN_REFUSED' // the drill is valid, but cannot run here (a capability is missing, the blast radius is too large)
  | 'TOOL_MISSING' // a program that is needed cannot be had
  | 'TOOL_BROKEN' // a program of the toolchain, Toxiproxy or the cluster's runtime did not do what it promised
  | 'CLUSTER_FAILED' // the cluster did not come up, or a node would not start again
  | 'STEADY_STATE_ABSENT' // the hypothesis did not hold before the fault
  | 'NOT_TRUSTED' // what measures or decides was not itself (a Sentinel in TILT): nothing is proved
  | 'FAULT_NOT_PROVED' // an inject that threw or could not show evidence
  | 'UNDO_FAILED' // a revert or rollback did not finish
  | 'WORKLOAD_FAILED' // a workload could not run (not: its operations failed)
  | 'JOURNAL_FAILED' // the journal or the undo log could not be written or read
  | 'INTERRUPTED' // somebody ended it: Ctrl-C, a signal, an abort
  | 'STOP_CONDITION' // a guardrail of the drill was crossed, and the run was ended and rolled back
  | 'INTERNAL';

/** One mistake in a file, at its place. `hint`: what was probably meant, or what to do. */
export interface Problem extends Position {
  readonly message: string;
  readonly hint?: string;
}

export interface ErrorDetails {
  /** Where: `drills/x.drill.yaml:14:7`, a node's name, a path. */
  readonly at?: string | undefined;
  /** What to do next, as a sentence or a command. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** All the mistakes of an invalid file. */
  readonly problems?: readonly Problem[];
}

/** What failed, where, and what to do about it. A missed objective is a Finding and never one of these. */
export class DrillError extends Error {
  readonly code: ErrorCode;
  readonly at: string | undefined;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DrillError';
    this.code = code;
    this.at = details.at;
    this.hint = details.hint;
    this.problems = details.problems ?? [];
  }
}

/** One line for people: `where: what failed. What to do.` */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof DrillError)) return error.message;
  const where = error.at === undefined ? '' : `${error.at}: `;
  return `${where}${error.message}${error.hint === undefined ? '' : `\n  → ${error.hint}`}`;
}
