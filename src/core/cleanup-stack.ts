import { DrillError, describeError } from './error.ts';
import { formatMs } from './units.ts';

export interface Cleanup {
  readonly what: string;
  /** Its own: nothing that aborts the run shortens it. */
  readonly deadlineMs: number;
  run(): Promise<unknown>;
}

/**
 * Undo in the order last in, first out, each with a deadline of its own. A cleanup is pushed before what it undoes is
 * done. One that fails or hangs does not keep the others from running; all failures are told at the end.
 */
export interface CleanupStack {
  push(cleanup: Cleanup): void;
  /** Runs what is there, once each. Returns what failed. */
  unwind(): Promise<readonly DrillError[]>;
}

export function createCleanupStack(): CleanupStack {
  const stack: Cleanup[] = [];
  return {
    push: (cleanup) => stack.push(cleanup),
    unwind: async () => {
      const failures: DrillError[] = [];
      for (let cleanup = stack.pop(); cleanup !== undefined; cleanup = stack.pop()) {
        const failure = await withDeadline(cleanup).catch((error: unknown) => asFailure(cleanup as Cleanup, error));
        if (failure instanceof DrillError) failures.push(failure);
      }
      return failures;
    },
  };
}

async function withDeadline({ what, deadlineMs, run }: Cleanup): Promise<undefined> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new DrillError('UNDO_FAILED', `${what}: not done after ${formatMs(deadlineMs)}`)),
    deadlineMs,
  );
  try {
    await Promise.race([run(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
  return undefined;
}

function asFailure(cleanup: Cleanup, error: unknown): DrillError {
  if (error instanceof DrillError && error.code === 'UNDO_FAILED') return error;
  return new DrillError('UNDO_FAILED', `${cleanup.what}: ${describeError(error)}`, { cause: error });
}
