// The runner is killed, and `firedrill rollback` has to find and undo all that it has left.
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../../src/core/random.ts';
import { leftovers } from './leftovers.ts';
import type { Ended, Sandbox } from './sandbox.ts';

/** One in each of as many parts of the run. */
export function moments(count: number, overMs: number, seed: number): readonly number[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, part) => Math.round(((part + random.next()) * overMs) / count));
}

export interface Killed {
  readonly atMs: number;
  /** What the run itself said last. */
  readonly during: string;
  readonly rollback: Ended;
  readonly tookMs: number;
  readonly left: readonly string[];
}

/** Starts a drill, kills its process after that long, and rolls back. Others that run are named in `besides`. */
export async function killAndRollBack(
  sandbox: Sandbox,
  drill: string,
  { atMs, besides = [] }: { readonly atMs: number; readonly besides?: readonly string[] },
): Promise<Killed> {
  const run = sandbox.start(['run', drill]);
  await Promise.race([run.ended, sleep(atMs)]);
  run.kill('SIGKILL');
  await run.ended;
  const calledMs = performance.now();
  const rollback = await sandbox.run(['rollback']);
  const tookMs = performance.now() - calledMs;
  const during = run.stderr().trim().split('\n').at(-1)?.trim() ?? '';
  return { atMs, during, rollback, tookMs, left: leftovers(sandbox, besides) };
}
