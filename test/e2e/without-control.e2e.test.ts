// Drills whose faults the system offers itself, on somebody else's Redis, of which nobody lets us stop a process.
import { describe, expect, it } from 'vitest';
import { startSecuredRedis } from '../support/secured-redis.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget, redisService } from './support/targets.ts';

describe('without any control of nodes', () => {
  it.each(['redis-planned-failover', 'redis-primary-stalled'])(
    '%s passes on a secured Redis, and restores it',
    async (drill) => {
      await using redis = await startSecuredRedis({ settings: { redis: { 'min-replicas-to-write': 1 } } });
      await using sandbox = await createSandbox();
      const services = { 'redis-sentinel': { ...redisService(redis), control: { by: 'none' } } };
      addTarget(sandbox, 'staging', { environment: 'staging', services });
      const run = sandbox.start(['run', drill, '--target', 'staging'], { env: redis.env });
      await run.endsWith(0);
      const report = await run.result();
      expect(report).toMatchObject({ runtime: 'attach', verdict: 'passed', cluster: 'restored', problems: [] });
      await redis.untilWhole();
      for (const node of ['redis-1', 'redis-2', 'redis-3']) expect(await redis.ask(node, 'DBSIZE')).toBe(0);
    },
  );
});
