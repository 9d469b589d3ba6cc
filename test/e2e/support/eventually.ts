import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until there is something to see. */
export async function eventually<T>(what: string, look: () => T | undefined, withinMs = 20_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`waited for ${what} in vain`);
    await sleep(10);
  }
}
