// Errors as they stand in the journal.
import { DrillError } from '../core/error.ts';
import type { ProblemEvent } from '../core/journal.ts';

/** Of an error that is none of ours the stack is kept: it is a defect, and somebody has to find it. */
export function problemOf(error: unknown): ProblemEvent {
  const known =
    error instanceof DrillError
      ? error
      : new DrillError('INTERNAL', error instanceof Error ? (error.stack ?? error.message) : String(error));
  const { code, message, at, hint } = known;
  return {
    type: 'problem',
    code,
    message,
    ...(at === undefined ? {} : { at }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The end of a wait that was ended on purpose. */
export function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || (error instanceof DrillError && error.code === 'INTERRUPTED'))
  );
}
