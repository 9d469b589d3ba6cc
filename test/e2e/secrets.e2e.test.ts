// A password is nowhere but where it belongs: on every path on which a command ends, also where it is the wrong one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SecuredRedis, startSecuredRedis } from '../support/secured-redis.ts';
import { createSandbox, type Sandbox } from './support/sandbox.ts';
import { addTarget, commandLinesWith, filesWith, redisService } from './support/targets.ts';

let redis: SecuredRedis;
beforeAll(async () => {
  redis = await startSecuredRedis();
});
afterAll(() => redis?.[Symbol.asyncDispose]());

const WRONG = 'not-the-password-5f1c';
const QUICK = ['--set', 'timing.warmUp=2s', '--set', 'timing.heldFor=500ms', '--set', 'timing.startWithin=3s'];
const FAILOVER = ['redis-planned-failover', '--target', 'theirs', ...QUICK];

type Access = Readonly<Record<'redis' | 'sentinel', Readonly<Record<string, unknown>>>>;

/** The target, with something else about its rights. */
function target(sandbox: Sandbox, over: Partial<Access> = {}, more: object = {}): void {
  const service = redisService(redis) as { readonly access: Access };
  const access = {
    redis: { ...service.access.redis, ...over.redis },
    sentinel: { ...service.access.sentinel, ...over.sentinel },
  };
  addTarget(sandbox, 'theirs', {
    environment: 'staging',
    services: { 'redis-sentinel': { ...service, access, ...more } },
  });
}

interface Ending {
  readonly argv: readonly string[];
  readonly code: number;
  /** What the target file says otherwise. */
  prepare?(sandbox: Sandbox): void;
}

/** Beside the cluster's own, where a secret belongs. */
function wrongInFile(): { readonly file: string } {
  const file = join(redis.dir, 'wrong.secret');
  writeFileSync(file, WRONG);
  return { file };
}

const endings: Readonly<Record<string, Ending>> = {
  'a drill that passes': { argv: ['run', ...FAILOVER], code: 0 },
  'a drill that fails': { argv: ['run', ...FAILOVER, '--set', 'assertions.availability.with.longest=1ms'], code: 1 },
  'a dry run': { argv: ['plan', ...FAILOVER], code: 3 },
  'a prediction, as JSON': { argv: ['predict', '--target', 'theirs', '--json'], code: 0 },
  'a baseline': { argv: ['baseline', '--target', 'theirs', '--write', 'baselines/theirs.json'], code: 0 },
  'a drift against a drill': {
    argv: ['drift', '--target', 'theirs', '--against', 'redis-primary-kill', '--json'],
    code: 0,
  },
  'a run that is asked for too much': { argv: ['run', 'redis-primary-partition', '--target', 'theirs'], code: 2 },
  'Sentinels that want another password': {
    argv: ['run', ...FAILOVER],
    code: 6,
    prepare: (sandbox) => target(sandbox, { sentinel: { password: wrongInFile() } }),
  },
  'Redis that wants another password': {
    argv: ['run', ...FAILOVER],
    code: 3,
    prepare: (sandbox) => target(sandbox, { redis: { password: wrongInFile() } }),
  },
  'a prediction of Redis that wants another password': {
    argv: ['predict', '--target', 'theirs'],
    code: 3,
    prepare: (sandbox) => target(sandbox, { redis: { password: wrongInFile() } }),
  },
  'an authority that is not theirs': {
    argv: ['run', ...FAILOVER],
    code: 6,
    prepare: (sandbox) => target(sandbox, { sentinel: { tls: {} } }),
  },
  'a control that fails': {
    argv: ['run', 'redis-primary-kill', '--target', 'theirs', ...QUICK],
    code: 4,
    prepare: (sandbox) => {
      const fails = ['sh', '-c', 'echo no way to the node >&2; exit 255'];
      target(
        sandbox,
        {},
        { control: { by: 'command', kill: fails, start: fails, status: { run: fails, gone: '^gone' } } },
      );
    },
  },
};

describe('no password is told', () => {
  it.each(Object.entries(endings))('by %s', async (_, { argv, code, prepare }) => {
    await using sandbox = await createSandbox();
    target(sandbox);
    prepare?.(sandbox);
    await redis.untilWhole();
    const run = sandbox.start(argv, { env: redis.env });
    const secrets = [...redis.secrets, WRONG];
    const told: string[] = [];
    const watch = setInterval(() => told.push(...commandLinesWith(secrets)), 200);
    await run.ended.finally(() => clearInterval(watch));
    const said = `${run.stdout()}\n${run.stderr()}`;
    await run.endsWith(code);
    expect({ told, said: secrets.filter((secret) => said.includes(secret)) }).toEqual({ told: [], said: [] });
    expect(filesWith(secrets, sandbox.dir)).toEqual([]);
  });
});
