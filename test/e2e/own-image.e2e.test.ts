// Firedrill in a container, on a base that was made here: it reaches a cluster that is somebody else's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../scripts/image.ts';
import { runCommand } from '../../src/toolchain/command.ts';
import { buildImages } from '../../src/toolchain/images/build.ts';
import { withoutContainers } from '../support/containers.ts';
import { startSecuredRedis } from '../support/secured-redis.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget, filesWith, redisService } from './support/targets.ts';

const env = { ...process.env };
const tag = `firedrill-test:${process.pid}`;

async function docker(...argv: string[]) {
  return runCommand(['docker', ...argv], { env: { ...env, ...process.env }, timeoutMs: 120_000 });
}

describe.skipIf(await withoutContainers())('the image of Firedrill itself', () => {
  beforeAll(async () => {
    const [redis] = await buildImages({ names: ['redis'] });
    buildImage({ base: redis?.reference, tag });
  }, 300_000);
  afterAll(async () => void (await docker('rmi', '--force', tag)));

  it('says what it can, and brings the drills', async () => {
    const { code, stdout } = await docker('run', '--rm', '--network=none', tag, 'explain', 'process.kill');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('SIGKILL') });
  });

  it('drills a cluster of somebody else’s, and writes its report where it is told', async () => {
    await using redis = await startSecuredRedis();
    await using sandbox = await createSandbox();
    // Processes of the machine cannot be seen from in there.
    const service = { ...redisService(redis), control: { by: 'none' } };
    addTarget(sandbox, 'staging', { environment: 'staging', services: { 'redis-sentinel': service } });
    const mounts = ['-v', `${sandbox.dir}:/work`, '-v', `${redis.dir}:${redis.dir}:ro`];
    const variables = Object.keys(redis.env).flatMap((name) => ['-e', name]);
    const drill = ['run', 'redis-planned-failover', '--target', 'staging', '--set', 'timing.warmUp=3s'];
    const { code, output } = await docker('run', '--rm', '--network=host', ...mounts, ...variables, tag, ...drill);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('PASSED') });
    expect(filesWith(redis.secrets, sandbox.reports)).toEqual([]);
    expect(filesWith(['PASSED', 'passed'], sandbox.reports).length).toBeGreaterThan(0);
  });
});
