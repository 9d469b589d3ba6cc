// What `predict` says of a cluster of somebody else's before anything happens, against what a drill then measures there, for
// five configurations of Redis. `npm run bench -- predict-truth [rounds]`
import { createSandbox } from '../test/e2e/support/sandbox.ts';
import { addTarget, redisService } from '../test/e2e/support/targets.ts';
import { startSecuredRedis } from '../test/support/secured-redis.ts';
import type { SecuredRedisOptions } from '../test/support/secured-redis-config.ts';

interface Predicted {
  readonly services: readonly {
    readonly failures: readonly {
      readonly what: string;
      readonly band?: { readonly lowMs: number; readonly highMs: number; readonly allowanceMs: number };
    }[];
  }[];
}

const configurations: Readonly<Record<string, SecuredRedisOptions>> = {
  'as runbook 000 has it': {},
  'down-after 3 s': { downAfterMs: 3000 },
  'down-after 10 s': { downAfterMs: 10_000 },
  'no replica needed to write': { settings: { redis: { 'min-replicas-to-write': 0 } } },
  'quorum 3, and three replicas': { quorum: 3, replicas: 3 },
};
const rounds = Number(process.argv[3] ?? 1);
let missed = 0;
for (let round = 1; round <= rounds; round++) {
  for (const [name, options] of Object.entries(configurations)) {
    await using redis = await startSecuredRedis(options);
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'theirs', { environment: 'staging', services: { 'redis-sentinel': redisService(redis) } });
    const before = await sandbox.run(['predict', '--target', 'theirs', '--json'], { env: redis.env });
    const { services } = JSON.parse(before.stdout) as Predicted;
    const band = services[0]?.failures.find(({ what }) => what === 'primary killed')?.band;
    const options20 = ['--param', 'rto=20s', '--set', 'timing.warmUp=3s', '--set', 'timing.heldFor=2s'];
    const run = sandbox.start(['run', 'redis-primary-kill', '--target', 'theirs', ...options20], { env: redis.env });
    await run.ended;
    const { measured, verdict, phases, faults } = await run.result();
    const { low, high } = measured['writes']?.recoveryTimeMs ?? { low: Number.NaN, high: undefined };
    const isMet =
      band !== undefined && high !== undefined && low <= band.highMs + band.allowanceMs && high >= band.lowMs;
    if (!isMet) missed += 1;
    const seconds = (ms: number | undefined): string => (ms === undefined ? '?' : (ms / 1000).toFixed(2));
    if (!isMet) {
      const calledMs = faults[0]?.calledAtMs ?? 0;
      const story = phases.map(({ name: phase, atMs }) => `${phase} ${seconds(atMs - calledMs)}`);
      process.stdout.write(`  ${story.join(', ')}\n`);
    }
    process.stdout.write(
      `${name}: predicted ${seconds(band?.lowMs)} to ${seconds(band?.highMs)} s (+ ${seconds(band?.allowanceMs)}), measured ${seconds(low)} to ${seconds(high)} s, ${isMet ? 'overlaps' : 'DOES NOT OVERLAP'}; the drill ${verdict}\n`,
    );
  }
}
process.exitCode = missed === 0 ? 0 : 1;
