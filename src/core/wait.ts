import { setTimeout as sleep } from 'node:timers/promises';
import { DrillError } from './error.ts';
import { formatMs } from './units.ts';

export interface WaitOptions {
  readonly withinMs: number;
  readonly everyMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What is waited for, as the end of "waited 3 s for …". */
  readonly what: string;
}

/** Asks until the answer is not undefined. Rejects when time is up or the signal aborts; an error of `ask` ends it. */
export async function waitFor<T>(ask: () => Promise<T | undefined> | T | undefined, options: WaitOptions): Promise<T> {
  const deadline = process.hrtime.bigint() + BigInt(Math.round(options.withinMs * 1e6));
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (process.hrtime.bigint() > deadline) {
      throw new DrillError('CLUSTER_FAILED', `waited ${formatMs(options.withinMs)} in vain for ${options.what}`);
    }
    await sleep(options.everyMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
