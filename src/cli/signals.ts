// Ctrl-C once: roll back, verify, report. Ctrl-C again: leave at once, and say how to clean up.

/** npm and the terminal may deliver one Ctrl-C twice within a few milliseconds. */
const SAME_PRESS_MS = 400;

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** 130 or 143, once interrupted. */
  exitCode(): number | undefined;
}

export function watchInterrupts(stderr: NodeJS.WritableStream, hint: () => string): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  let firstNs = 0n;
  const heard = (number: number) => (): void => {
    const nowNs = process.hrtime.bigint();
    if (code === undefined) {
      code = 128 + number;
      firstNs = nowNs;
      stderr.write('\nInterrupted: rolling back. Once more to leave at once.\n');
      controller.abort();
    } else if (nowNs - firstNs > BigInt(SAME_PRESS_MS) * 1_000_000n) {
      stderr.write(`\nLeft without rolling back. To clean up: ${hint()}\n`);
      process.exit(code);
    }
  };
  const [onInt, onTerm] = [heard(2), heard(15)];
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  return {
    signal: controller.signal,
    exitCode: () => code,
    [Symbol.dispose]: () => {
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
    },
  };
}
