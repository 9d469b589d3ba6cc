// Ctrl-C once: roll back, verify, report. Ctrl-C again: leave at once, and say how to clean up.
import { writeSync } from 'node:fs';

/** npm and the terminal may deliver one Ctrl-C twice within a few milliseconds. */
const SAME_PRESS_MS = 400;

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** What came first, once something came. */
  first(): 'SIGINT' | 'SIGTERM' | undefined;
}

/** `tell` is for people; `hint` is how to clean up after a run that was left; `said` is what the first press does. */
export function watchInterrupts(
  tell: (line: string) => void,
  hint: () => string,
  said = 'Interrupted: rolling back. Once more to leave at once.',
): Interruption {
  const controller = new AbortController();
  let first: 'SIGINT' | 'SIGTERM' | undefined;
  let firstNs = 0n;
  const heard = (signal: 'SIGINT' | 'SIGTERM') => (): void => {
    const nowNs = process.hrtime.bigint();
    if (first === undefined) {
      first = signal;
      firstNs = nowNs;
      tell(said);
      controller.abort();
    } else if (nowNs - firstNs > BigInt(SAME_PRESS_MS) * 1_000_000n) {
      // At once and past whatever draws: nothing that is only queued is written any more.
      writeSync(2, `\n\nLeft without rolling back. To clean up: ${hint()}\n`);
      process.exit(first === 'SIGTERM' ? 143 : 130);
    }
  };
  const [onInt, onTerm] = [heard('SIGINT'), heard('SIGTERM')];
  // A program that started us with a channel, as firedrill/vitest does, and that has been killed: nobody is left to send
  // a signal, and its end is no second press either.
  const onAlone = (): void => {
    if (first === undefined) onTerm();
  };
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  process.on('disconnect', onAlone);
  if (process.connected === false) onAlone();
  return {
    signal: controller.signal,
    first: () => first,
    [Symbol.dispose]: () => {
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
      process.off('disconnect', onAlone);
    },
  };
}
