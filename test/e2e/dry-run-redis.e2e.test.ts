import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DryRunReport } from '../../src/core/dry-run.ts';
import { firedrill } from '../command-line.ts';
import { exactRules } from '../support/exact-rights.ts';
import { type SecuredRedis, startSecuredRedis } from '../support/secured-redis.ts';
import { createSandbox, type Sandbox } from './support/sandbox.ts';
import { addTarget, filesWith, redisService } from './support/targets.ts';
import { changesOf, redisState } from './support/untouched.ts';

/** The one that needs most: it hands the primary over, and counts who has followed. */
const DRILL = 'redis-planned-failover';

const home = process.cwd();

let redis: SecuredRedis;
let sandbox: Sandbox;
let rules: Awaited<ReturnType<typeof exactRules>>;
beforeAll(async () => {
  rules = await exactRules(DRILL);
  redis = await startSecuredRedis({ rules });
  sandbox = await createSandbox();
  process.chdir(sandbox.dir);
  addTarget(sandbox, 'staging', { environment: 'production', services: { 'redis-sentinel': redisService(redis) } });
});
afterAll(async () => {
  process.chdir(home);
  await sandbox?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

const call = (...argv: string[]) => firedrill(argv, { cwd: sandbox.dir, env: process.env });

/** `+client|pause` → `client pause`, `~firedrill:*` → `firedrill:`, `&*` → `*`. */
function named(rule: string): string {
  const name = rule.slice(1).replace('|', ' ');
  return rule.startsWith('~') ? name.replace('*', '') : name;
}

/** The rights that were not proved; or why nobody was found, where even that needs the right. */
function missing(stdout: string, stderr: string): string {
  if (stdout === '') return stderr.replaceAll('|', ' ');
  const [report] = JSON.parse(stdout) as readonly DryRunReport[];
  const rights = report?.items.filter((item) => item.about === 'right') ?? [];
  const acts = rights.filter(({ standing }) => standing !== 'proved').map(({ right }) => right.act.join(' '));
  return acts.join('\n').toLowerCase();
}

describe('a dry run on somebody else’s Redis', () => {
  it('proves all that can be known, with the rights that the drill needs and no other', async () => {
    const ended = await call('plan', DRILL, '--target', 'staging');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was changed.') });
    const { stdout } = ended;
    expect(stdout).toMatch(/redis\.failover: redis-1 now; stays 1 s/);
    const file = /(\S+result\.json)/.exec(stdout)?.[1] ?? '';
    const report = JSON.parse(readFileSync(file, 'utf8')) as DryRunReport;
    expect(report).toMatchObject({
      schema: 'firedrill.dry-run/1',
      dryRun: true,
      target: 'staging',
      standing: 'wouldDo',
    });
    expect(report.items.filter(({ standing }) => standing === 'proved').length).toBeGreaterThan(20);
    const refused = { code: 2, stdout: '', stderr: expect.stringContaining('was a dry run') };
    expect(await call('judge', report.runId)).toMatchObject(refused);
    expect(await call('report', join('reports', report.runId))).toMatchObject(refused);
    expect(filesWith(redis.secrets, sandbox.dir)).toEqual([]);
  });

  it.each([
    ['plan', DRILL],
    ['plan', 'redis-primary-kill'],
    ['plan', 'redis-primary-pause'],
    ['predict'],
    ['drift', '--against', 'redis-primary-kill'],
    ['baseline'],
  ])('changes nothing: %s %s', async (...argv) => {
    const before = await redisState(redis);
    expect(await call(...argv, '--target', 'staging')).toMatchObject({ stdout: expect.stringMatching(/\S/) });
    expect(changesOf(before, await redisState(redis))).toEqual([]);
  });

  it('would not hide a write, a setting or a rule: the comparison sees each', async () => {
    const before = await redisState(redis);
    await redis.ask('redis-1', 'SET', 'x', '1');
    await redis.ask('redis-2', 'CONFIG', 'SET', 'maxmemory-samples', '6');
    await redis.ask('sentinel-1', 'ACL', 'SETUSER', 'stranger', 'on');
    expect(changesOf(before, await redisState(redis))).toEqual(
      expect.arrayContaining([
        'redis-1 has served set',
        'redis-1: keys was 0 and is 1',
        expect.stringMatching(/^redis-2: config was /),
        expect.stringMatching(/^sentinel-1: acl was /),
      ]),
    );
    await redis.ask('redis-1', 'DEL', 'x');
    await redis.ask('redis-2', 'CONFIG', 'SET', 'maxmemory-samples', '5');
  });

  it('names each right that is missing', async () => {
    for (const role of ['redis', 'sentinel'] as const) {
      const nodes = redis.nodes.filter((node) => node.includes('sentinel') === (role === 'sentinel'));
      const set = async (all: readonly string[]): Promise<void> => {
        for (const node of nodes)
          await redis.ask(node, 'ACL', 'SETUSER', 'firedrill', 'resetkeys', 'resetchannels', '-@all', ...all);
      };
      for (const rule of rules[role]) {
        await set(rules[role].filter((other) => other !== rule));
        const { code, stdout, stderr } = await call('plan', DRILL, '--target', 'staging', '--json');
        expect(code, `${role} without ${rule}`).toBeGreaterThan(0);
        expect(missing(stdout, stderr), `${role} without ${rule}`).toContain(named(rule));
      }
      await set(rules[role]);
    }
    expect((await call('plan', DRILL, '--target', 'staging')).code).toBe(0);
  }, 180_000);

  it('is of a drill that passes with exactly those rights', async () => {
    addTarget(sandbox, 'open', { environment: 'staging', services: { 'redis-sentinel': redisService(redis) } });
    const { code, stdout, stderr } = await sandbox.run(['run', DRILL, '--target', 'open'], { env: redis.env });
    expect({ code, stdout }, `${stdout}${stderr}`).toEqual({ code: 0, stdout: expect.stringContaining('PASSED') });
    await redis.untilWhole();
  }, 120_000);
});
