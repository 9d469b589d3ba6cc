// Five configurations of a Redis of somebody else's.
import { redisService } from '../../test/e2e/support/targets.ts';
import { startSecuredRedis } from '../../test/support/secured-redis.ts';
import type { SecuredRedisOptions } from '../../test/support/secured-redis-config.ts';
import { predictAndDrill } from './predict-and-drill.ts';

const CONFIGURATIONS: Readonly<Record<string, SecuredRedisOptions>> = {
  'as runbook 000 has it': {},
  'down-after 3 s': { downAfterMs: 3000 },
  'down-after 10 s': { downAfterMs: 10_000 },
  'no replica needed to write': { settings: { redis: { 'min-replicas-to-write': 0 } } },
  'quorum 3, and three replicas': { quorum: 3, replicas: 3 },
};

/** How many of them were not as predicted. */
export async function predictRedis(): Promise<number> {
  let missed = 0;
  for (const [name, options] of Object.entries(CONFIGURATIONS)) {
    await using redis = await startSecuredRedis(options);
    const isMet = await predictAndDrill({
      name,
      services: { 'redis-sentinel': redisService(redis) },
      env: redis.env,
      failure: 'primary killed',
      drill: 'redis-primary-kill',
      options: ['--param', 'rto=20s', '--set', 'timing.warmUp=3s', '--set', 'timing.heldFor=2s'],
    });
    if (!isMet) missed += 1;
  }
  return missed;
}
