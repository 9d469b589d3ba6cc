// The runner is killed, and `firedrill rollback` has to find and undo all that it has left.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../../src/core/random.ts';
import { leftovers } from './leftovers.ts';
import { quickDrill } from './quick-drill.ts';
import type { Ended, Sandbox } from './sandbox.ts';

const hold = '600ms';

/** Something of everything that may be left behind, one after the other: about eight seconds. */
export const everything = quickDrill({
  title: 'Everything that may be left behind',
  workloads: [
    { name: 'writes', workload: 'redis.ledger', client: 'oracle', with: { rate: '100/s' } },
    { name: 'application', workload: 'redis.ledger', client: 'ioredis/hardened', with: { rate: '20/s' } },
    {
      name: 'program',
      workload: 'command',
      with: { run: [process.execPath, join(import.meta.dirname, 'stubborn-client.ts')], rate: '50/s' },
    },
  ],
  method: [
    {
      name: 'slow',
      fault: 'network.latency',
      targets: 'redis-3',
      with: { latency: '20ms' },
      hold: '3s',
      overlap: true,
    },
    { name: 'pause', fault: 'process.pause', targets: 'sentinel-2', hold },
    { name: 'cut', fault: 'network.partition', with: { isolate: 'redis-2' }, hold },
    { name: 'refuse', fault: 'network.partition', with: { isolate: 'redis-2', mode: 'refuse' }, hold },
    { name: 'kill', fault: 'process.kill', targets: 'redis-2', hold },
    { name: 'crash', fault: 'host.crash', targets: 'redis-2', hold },
  ],
  assertions: [
    { assert: 'rpo', of: 'writes', with: { lostWrites: 0 } },
    {
      assert: 'always',
      name: 'asked',
      probe: { kind: 'command', with: { run: ['sleep', '0.2'] }, every: '300ms', timeout: '2s' },
      tolerance: { exitCode: 0 },
    },
  ],
});

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
