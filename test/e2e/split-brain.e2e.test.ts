import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftovers } from './support/leftovers.ts';
import { acknowledged } from './support/ops.ts';
import type { Copies } from './support/redis-copies.ts';
import { createSandbox } from './support/sandbox.ts';

const WORKLOADS = ['outside', 'inside-plain', 'inside-confirmed'];
const PLUGIN = join(import.meta.dirname, 'support/redis-copies.ts');
/** Shorter than it ships: the old primary stops acknowledging 4 s after the cut instead of 10. */
const QUICKER = {
  'timing.warmUp': '2s',
  'timing.heldFor': '1s',
  'cluster.settings.sentinel.down-after-milliseconds': 3000,
  'cluster.settings.redis.min-replicas-max-lag': 4,
  'method.cut.hold': '8s',
};

describe('a split brain', () => {
  it.each([
    ['with min-replicas-to-write 1', 1, 0],
    ['with min-replicas-to-write 0', 0, 1],
  ])('%s: the losses that are reported are those that an independent count finds', async (_, minReplicas, exitCode) => {
    await using sandbox = await createSandbox({ plugins: [PLUGIN], runtime: 'counted' });
    const file = join(sandbox.dir, 'copies.json');
    const sets = Object.entries({ ...QUICKER, 'cluster.settings.redis.min-replicas-to-write': minReplicas });
    const run = sandbox.start(
      ['run', 'redis-primary-partition', ...sets.flatMap(([path, value]) => ['--set', `${path}=${value}`])],
      { env: { FIREDRILL_COPIES: file } },
    );
    await run.endsWith(exitCode);
    const { measured, assertions } = await run.result();
    const copies = JSON.parse(readFileSync(file, 'utf8')) as Copies;
    for (const workload of WORKLOADS) {
      const [first, ...others] = Object.values(copies[workload] ?? {});
      expect(others).toEqual([first, first]);
      const stored = new Set(first);
      const lost = acknowledged(join(sandbox.reports, await run.runId()), workload).filter(
        (i) => !stored.has(String(i)),
      );
      expect({ workload, lost: measured[workload]?.lostWrites }).toEqual({ workload, lost: lost.length });
    }
    const failed = assertions.filter(({ verdict }) => verdict === 'failed').map(({ name }) => name);
    console.log(
      Object.entries(measured).map(([name, m]) => [name, m.ok, m.lostWrites]),
      failed,
      await run.runId(),
    );
    expect(leftovers(sandbox)).toEqual([]);
  });
});
