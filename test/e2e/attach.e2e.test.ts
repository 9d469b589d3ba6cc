import { describe, expect, it } from 'vitest';
import { waitFor } from '../../src/core/wait.ts';
import { type SecuredRedis, startSecuredRedis } from '../support/secured-redis.ts';
import { FIREDRILL_RULES } from '../support/secured-redis-config.ts';
import { quickDrill } from './support/quick-drill.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget, commandLinesWith, filesWith, redisService } from './support/targets.ts';

const QUICKER = ['--set', 'timing.warmUp=3s', '--set', 'timing.heldFor=1s'];

/** Replicas follow: one that has just come back may be reading what there was before the keys were removed. */
async function untilEmpty(redis: SecuredRedis): Promise<void> {
  const sizes = (): Promise<readonly unknown[]> =>
    Promise.all(['redis-1', 'redis-2', 'redis-3'].map((node) => redis.ask(node, 'DBSIZE')));
  const look = async (): Promise<true | undefined> => ((await sizes()).every((size) => size === 0) ? true : undefined);
  await waitFor(look, { withinMs: 15_000, everyMs: 50, what: 'every node to hold no key' });
}

describe('a secured Redis of somebody else’s', () => {
  it('is drilled as any other, restored, and nothing of ours or of its secrets is left anywhere', async () => {
    await using redis = await startSecuredRedis();
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'staging', { environment: 'staging', services: { 'redis-sentinel': redisService(redis) } });
    const run = sandbox.start(['run', 'redis-primary-kill', '--target', 'staging', ...QUICKER], { env: redis.env });
    await run.untilStep('kill', 'confirmed');
    expect(commandLinesWith(redis.secrets)).toEqual([]);
    await run.endsWith(0);
    const report = await run.result();
    expect(report).toMatchObject({
      runtime: 'attach',
      target: 'staging',
      status: 'completed',
      verdict: 'passed',
      cluster: 'restored',
      problems: [],
    });
    expect(report.faults[0]?.evidence).toMatch(/^gone and not answering: redis-1, running \d+ \d+$/);
    await redis.untilWhole();
    await untilEmpty(redis);
    expect(
      [run.stdout(), run.stderr()].filter((text) => redis.secrets.some((secret) => text.includes(secret))),
    ).toEqual([]);
    expect(filesWith(redis.secrets, sandbox.dir)).toEqual([]);
  });

  it('is left as it was by a rollback, when the runner was killed while its primary was dead', async () => {
    await using redis = await startSecuredRedis();
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'staging', { environment: 'staging', services: { 'redis-sentinel': redisService(redis) } });
    const run = sandbox.start(['run', 'redis-primary-kill', '--target', 'staging', ...QUICKER], { env: redis.env });
    await run.untilStep('kill', 'confirmed');
    run.kill('SIGKILL');
    await run.ended;
    expect(await redis.status('redis-1')).toBe('gone');
    const { code, stdout } = await sandbox.run(['rollback'], { env: redis.env });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/started again: redis-1/) });
    await redis.untilWhole();
    await untilEmpty(redis);
    expect(filesWith(redis.secrets, sandbox.dir)).toEqual([]);
  });

  it('is left alone by the other runs when one could not undo what it did', async () => {
    await using redis = await startSecuredRedis({ tls: false });
    await using sandbox = await createSandbox();
    const service = redisService(redis);
    const control = { ...('control' in service ? (service.control as object) : {}), start: ['/bin/false'] };
    addTarget(sandbox, 'staging', { environment: 'staging', services: { 'redis-sentinel': { ...service, control } } });
    const timing = { recoveryWithin: '1s' };
    const drill = sandbox.addDrill('left', quickDrill({ timing, cluster: { services: ['redis-sentinel'] } }));
    const run = ['run', drill, '--target', 'staging', '--repeat', '3'];
    const { code, stdout } = await sandbox.run(run, { env: redis.env });
    // Where its lines break depends on where the project lies.
    const said = stdout.replace(/\s+/g, ' ');
    expect({ code, said }).toEqual({
      code: 4,
      said: expect.stringMatching(/1 of 3 drills ran.* 2 drills NOT RUN: \S+ did not leave staging/),
    });
    expect(said).toMatch(/left: step "kill" could not be undone.*rollback \S+ tries again/);
    expect(sandbox.runIds().filter((id) => id.includes('-left-'))).toHaveLength(1);
  });

  it('has nothing done to it that cannot be proved, or is not allowed there', async () => {
    await using redis = await startSecuredRedis({ replicas: 1, sentinels: 1 });
    await using sandbox = await createSandbox();
    const services = { 'redis-sentinel': redisService(redis) };
    addTarget(sandbox, 'staging', { environment: 'staging', services });
    addTarget(sandbox, 'prod', { environment: 'production', services });
    const refused = async (...argv: string[]): Promise<unknown> => {
      const { code, stderr } = await sandbox.run(['run', ...argv], { env: redis.env });
      return { code, why: /firedrill: (.*)/.exec(stderr)?.[1] };
    };
    const cut = { name: 'cut', fault: 'network.partition', with: { isolate: 'redis-2' }, hold: '3s' };
    const drill = sandbox.addDrill('cut', quickDrill({ method: [cut] }));
    expect(await refused(drill, '--target', 'staging')).toEqual({
      code: 2,
      why: 'not all of these drills can be run there:',
    });
    expect(await refused('redis-primary-kill', '--target', 'prod')).toEqual({
      code: 2,
      why: expect.stringContaining('nothing is injected into prod: its environment is production'),
    });
    expect(await refused('redis-primary-kill', '--target', 'staging', '--selftest')).toMatchObject({ code: 2 });
    expect(await refused('redis-primary-kill', '--target', 'stagin')).toEqual({
      code: 2,
      why: 'there is no target "stagin" in targets',
    });
    const env = Object.fromEntries(Object.keys(redis.env).map((name) => [name, '']));
    const { code, stderr } = await sandbox.run(['run', 'redis-primary-kill', '--target', 'staging'], { env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/environment variable \w+ is not set/) });
    expect(await redis.ask('redis-1', 'DBSIZE')).toBe(0);
  });

  it('is not begun with where a right is missing: a failover would be left half done', async () => {
    const asking = ['+acl|whoami', '+acl|dryrun'];
    const redisRules = [...FIREDRILL_RULES.redis.filter((rule) => rule !== '+client|kill'), ...asking];
    const rules = { redis: redisRules, sentinel: [...FIREDRILL_RULES.sentinel, ...asking] };
    await using redis = await startSecuredRedis({ rules });
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'staging', { environment: 'staging', services: { 'redis-sentinel': redisService(redis) } });
    const run = ['run', 'redis-planned-failover', '--target', 'staging'];
    const { code, stderr } = await sandbox.run(run, { env: redis.env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/does not let us do .*: CLIENT KILL/) });
    expect(stderr).not.toContain('now something is hurt');
  });
});
