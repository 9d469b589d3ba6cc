// THE table of what a failed Redis write means: surely not applied, or may have been. A write that was called failed
// here and is found when everything is read back is a finding about this table.

export interface FailedOutcome {
  readonly outcome: 'failed' | 'unknown';
  readonly errorCode: string;
}

/** Replies that a server gives instead of carrying out the command. */
const refusals: ReadonlySet<string> = new Set([
  'NOREPLICAS', // fewer good replicas than min-replicas-to-write
  'READONLY', // a replica
  'MISCONF', // the last save failed
  'OOM', // maxmemory
  'CLUSTERDOWN',
  'MOVED',
  'ASK',
  'TRYAGAIN',
  'LOADING',
  'BUSY', // a script is running
  'NOAUTH',
  'WRONGPASS',
  'NOPERM',
]);

/**
 * The command did not get as far as a socket. `code` is the system's when it is a refusal, the server's word (`WRONGPASS`)
 * when it let nobody in, and else `NOT_CONNECTED`.
 */
export class NotConnectedError extends Error {
  readonly code: string;

  constructor(cause?: unknown) {
    super('not connected', { cause });
    this.name = 'NotConnectedError';
    this.code = codeOf(cause) === 'ECONNREFUSED' ? 'ECONNREFUSED' : (replyCode(cause) ?? 'NOT_CONNECTED');
  }
}

/** The command was written, and its answer did not come: `EOF`, `ECONNRESET`, `PRIMARY_CHANGED`. */
export class NoAnswerError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`no answer: ${code}`);
    this.name = 'NoAnswerError';
    this.code = code;
  }
}

export const NOT_CONNECTED: FailedOutcome = { outcome: 'failed', errorCode: 'NOT_CONNECTED' };

/** What a write that was rejected with this error became. Whatever is not surely refused may have been applied. */
export function outcomeOf(error: unknown): FailedOutcome {
  if (error instanceof NotConnectedError) return { outcome: 'failed', errorCode: error.code };
  if (!(error instanceof Error)) return { outcome: 'unknown', errorCode: 'ERROR' };
  const errorCode = replyCode(error);
  if (errorCode !== undefined) return { outcome: refusals.has(errorCode) ? 'failed' : 'unknown', errorCode };
  return { outcome: 'unknown', errorCode: clientMessages[error.message] ?? codeOf(error) ?? error.name };
}

/** The first word of what a server says instead of doing it; undefined = no server said this. */
export function replyCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined;
  return /^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR';
}

/** What ioredis says without a code. */
const clientMessages: Readonly<Record<string, string>> = {
  'Connection is closed.': 'EOF',
  'Command timed out': 'TIMEOUT',
};

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
