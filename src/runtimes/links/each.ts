import { DrillError } from '../../core/error.ts';

/** Toxiproxy answers one proxy at a time anyway; this many requests keep it busy. */
const AT_ONCE = 16;

/** Does it for all of them, some at once, and to the end: what failed for one is thrown after the others are done. */
export async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const queue = items.values();
  const work = async (): Promise<void> => {
    for (const item of queue) await act(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  throwFirst(failures, items.length);
}

/** Nothing if there is none. The first stands for all of them, and says how many there were. */
export function throwFirst(failures: readonly unknown[], of: number): void {
  const [first] = failures;
  if (failures.length === 0) return;
  if (failures.length === 1 || !(first instanceof DrillError)) throw first;
  const message = `${first.message} (and ${failures.length - 1} more of ${of})`;
  throw new DrillError(first.code, message, { at: first.at, hint: first.hint, cause: new AggregateError(failures) });
}
