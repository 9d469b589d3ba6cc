import { describe, expect, it } from 'vitest';
import { openSubject } from '../../src/clients/redis.ts';
import { rulesOfWatch } from '../support/exact-rights.ts';
import { type SecuredRedis, startSecuredRedis } from '../support/secured-redis.ts';
import { plantLaggard } from './support/laggard.ts';
import { onlyFailover } from './support/only-failover.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget, redisService } from './support/targets.ts';

/** A client that follows the Sentinels, and two that were told an address. */
async function plantClients(redis: SecuredRedis): Promise<AsyncDisposable> {
  const { addresses, service, primaryName } = redis;
  const follower = openSubject({ addresses, service, primaryName, profile: 'hardened', name: 'follower' });
  await follower.redis.ping();
  const laggards = [plantLaggard(redis, 'redis-1', 'laggard-1'), plantLaggard(redis, 'redis-1', 'laggard-2')];
  return {
    [Symbol.asyncDispose]: async () => {
      follower[Symbol.dispose]();
      await Promise.all(laggards.map((laggard) => laggard[Symbol.asyncDispose]()));
    },
  };
}

describe('firedrill watch, of a failover that somebody else triggers', () => {
  it('tells the outage, the phases, who followed, and by name who did not', async () => {
    await using redis = await startSecuredRedis({ tls: false, acl: false });
    await using sandbox = await createSandbox();
    await using _ = await plantClients(redis);
    addTarget(sandbox, 'staging', { environment: 'staging', services: { 'redis-sentinel': redisService(redis) } });
    const run = sandbox.start(['watch', '--target', 'staging', '--until', 'failover', '--settled', '15s']);
    await run.untilPhase('method');
    // An upgrade, as somebody else does it.
    await redis.kill('redis-1');
    await run.until('the new primary', (event) => event.type === 'mark' && event.mark === '+switch-master');
    await redis.start('redis-1');
    await run.endsWith(0);
    const failover = onlyFailover(await run.result());
    expect(failover?.moves).toEqual([
      { from: 'redis-1', to: expect.stringMatching(/^redis-[23]$/), atMs: expect.any(Number) },
    ]);
    const outage = failover?.outages.find(({ from }) => from === 'workload');
    expect(outage?.lowMs).toBeGreaterThan(0);
    expect(outage?.highMs).toBeGreaterThan(outage?.lowMs ?? Number.POSITIVE_INFINITY);
    expect(failover?.phases.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['+sdown', '+elected-leader', 'promoted', '+promoted-slave', '+switch-master', 'demoted']),
    );
    const left = failover?.clients?.leftBehind.filter(({ still }) => still) ?? [];
    expect(left.map(({ name }) => name).sort()).toEqual(['laggard-1', 'laggard-2']);
    for (const { node, address } of left)
      expect({ node, address }).toEqual({ node: 'redis-1', address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
    expect(failover?.clients?.followed.map(({ name }) => name)).toEqual(['follower']);
    expect(run.stdout()).toMatch(/WATCHED · watch-staging/);
    expect(run.stdout()).toMatch(/LEFT BEHIND\s+laggard-[12] on redis-1 \(127\.0\.0\.1:\d+/);
    for (const node of ['redis-1', 'redis-2', 'redis-3']) expect(await redis.ask(node, 'DBSIZE')).toBe(0);
  });

  it('writes nothing where that is not wanted, needs no right besides, and ends in order with Ctrl-C', async () => {
    const rules = rulesOfWatch({ writes: false });
    await using redis = await startSecuredRedis({ rules });
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'prod', { environment: 'production', services: { 'redis-sentinel': redisService(redis) } });
    const refused = await sandbox.run(['watch', '--target', 'prod'], { env: redis.env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing is written to prod') });
    for (const rule of ['+client|list', '+psubscribe']) {
      const lacking = () => sandbox.run([...WATCH_PROD, '--for', '1s'], { env: redis.env });
      const { code, stdout } = await without(rule, redis, lacking);
      // Lines are folded to the width of the terminal.
      expect({ code, told: stdout.replaceAll(/\s+/g, ' ') }).toEqual({
        code: 3,
        told: expect.stringMatching(
          new RegExp(`does not let us do .*${named(rule)} .*rights --watch --target prod --no-writes prints`),
        ),
      });
    }
    const before = await calls(redis);
    const run = sandbox.start(WATCH_PROD, { env: redis.env });
    await run.untilPhase('method');
    await redis.ask('sentinel-1', 'SENTINEL', 'FAILOVER', redis.primaryName);
    await run.until('the new primary', (event) => event.type === 'mark' && event.mark === '+failover-end');
    run.kill('SIGINT');
    await run.endsWith(0);
    const { watched, measured, problems } = await run.result();
    expect({ measured, problems, writes: watched?.writes }).toEqual({ measured: {}, problems: [], writes: false });
    expect(watched?.episodes[0]).toMatchObject({ kind: 'failover', moves: [{ from: 'redis-1' }] });
    expect(watched?.episodes[0]?.outages.every(({ from }) => from === 'probe')).toBe(true);
    expect(run.stdout()).toMatch(/nothing was written: outages are what probes saw/);
    expect(await calls(redis)).toEqual(before);
    for (const node of redis.nodes) expect(await redis.ask(node, 'ACL', 'LOG')).toEqual([]);
  });
});

const WATCH_PROD = ['watch', '--target', 'prod', '--no-writes'];

/** `+client|list` → `CLIENT LIST`. */
function named(rule: string): string {
  return rule.slice(1).replace('|', ' ').toUpperCase();
}

/** Takes a rule away on every node, and gives it again where it was given. */
async function without<T>(rule: string, redis: SecuredRedis, work: () => Promise<T>): Promise<T> {
  const set = (one: string, nodes: readonly string[]): Promise<unknown> =>
    Promise.all(nodes.map((node) => redis.ask(node, 'ACL', 'SETUSER', 'firedrill', one)));
  const { redis: ofRedis } = rulesOfWatch({ writes: false });
  const nodes = redis.nodes.filter((node) => node.startsWith('redis') === ofRedis.includes(rule));
  await set(rule.replace('+', '-'), nodes);
  const done = await work();
  await set(rule, nodes);
  return done;
}

/** How often each command that writes was called on all nodes, by clients that are no replica and no Sentinel. */
async function calls(redis: SecuredRedis): Promise<Readonly<Record<string, string>>> {
  const counted: Record<string, string> = {};
  for (const node of ['redis-1', 'redis-2', 'redis-3']) {
    const text = String(await redis.ask(node, 'INFO', 'commandstats'));
    for (const [, command = '', count = ''] of text.matchAll(/^cmdstat_(rpush|set|del|lpush|flushall):calls=(\d+)/gm))
      counted[`${node} ${command}`] = count;
  }
  return counted;
}
