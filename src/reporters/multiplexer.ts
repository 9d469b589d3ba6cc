// All reporters as one. What happens in one of them happens to nobody else: not to the others, and never to the run.
import type { Reporter } from '../core/kinds.ts';

type Hook = Exclude<keyof Reporter, 'name'>;

export interface ReporterFailure {
  readonly reporter: string;
  readonly hook: Hook;
  /** Of the first time; the other times are only counted. */
  readonly error: unknown;
  readonly count: number;
}

export interface Multiplexer extends Required<Reporter> {
  /** Empty = every reporter did its work. Else the invocation ends with code 6. */
  failures(): readonly ReporterFailure[];
}

/** For how long the run waits for one hook of one reporter: one that hangs must not keep a cluster busy. */
const HOOK_DEADLINE_MS = 10_000;

/**
 * Calls the reporters in the order of the list, one after the other; a reporter that prints how it all ended comes last,
 * because it can then say that another one failed. `onReporterError` is called the first time that a hook of a reporter
 * fails. No hook of the result ever throws or rejects.
 */
export function createMultiplexer(
  reporters: readonly Reporter[],
  onReporterError: (reporter: string, error: unknown) => void,
  deadlineMs: number = HOOK_DEADLINE_MS,
): Multiplexer {
  const failures = createFailures(onReporterError);

  async function tell(hook: Hook, call: (reporter: Reporter) => unknown): Promise<void> {
    for (const reporter of reporters) {
      try {
        await within(deadlineMs, call(reporter));
      } catch (error) {
        failures.add(reporter.name, hook, error);
      }
    }
  }

  function tellNow(hook: Hook, call: (reporter: Reporter) => unknown): void {
    for (const reporter of reporters) {
      try {
        const result = call(reporter);
        // An async function fits the type, and its rejection would end the process in the middle of a drill.
        if (result instanceof Promise) result.catch((error: unknown) => failures.add(reporter.name, hook, error));
      } catch (error) {
        failures.add(reporter.name, hook, error);
      }
    }
  }

  return {
    name: 'multiplexer',
    failures: failures.all,
    onInvocationStart: (info) => tell('onInvocationStart', (reporter) => reporter.onInvocationStart?.(info)),
    onRunStart: (info) => tell('onRunStart', (reporter) => reporter.onRunStart?.(info)),
    onEvent: (event) => tellNow('onEvent', (reporter) => reporter.onEvent?.(event)),
    onProgress: (line) => tellNow('onProgress', (reporter) => reporter.onProgress?.(line)),
    onRunEnd: (report, info) => tell('onRunEnd', (reporter) => reporter.onRunEnd?.(report, info)),
    onInvocationEnd: (reports, info) =>
      tell('onInvocationEnd', (reporter) => reporter.onInvocationEnd?.(reports, info)),
  };
}

interface Failures {
  readonly all: () => readonly ReporterFailure[];
  readonly add: (reporter: string, hook: Hook, error: unknown) => void;
}

function createFailures(onFirst: (reporter: string, error: unknown) => void): Failures {
  const known = new Map<string, ReporterFailure>();
  return {
    all: () => [...known.values()],
    add(reporter, hook, error) {
      const key = JSON.stringify([reporter, hook]);
      const before = known.get(key);
      known.set(key, { reporter, hook, error: before?.error ?? error, count: (before?.count ?? 0) + 1 });
      if (before !== undefined) return;
      try {
        onFirst(reporter, error);
      } catch {
        // Remembered all the same: whoever asks for the failures hears of it.
      }
    },
  };
}

async function within(deadlineMs: number, work: unknown): Promise<void> {
  if (!(work instanceof Promise)) return;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`did not finish within ${deadlineMs / 1000} s`)), deadlineMs);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
