// Settings changed one by one on a real Redis under Sentinels, with TLS and access lists: each is found, and what it does.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisService } from '../../test/e2e/support/targets.ts';
import { type SecuredRedis, startSecuredRedis } from '../../test/support/secured-redis.ts';
import { makeTargetFolder, type TargetFolder } from '../../test/support/target-folder.ts';
import type { DriftReport } from './drift/report.ts';
import { effectLines } from './drift/text.ts';

let redis: SecuredRedis;
let folder: TargetFolder;
const baseline = (): string => join(folder.dir, 'baselines', 'staging.json');

beforeAll(async () => {
  redis = await startSecuredRedis();
  const zones = Object.fromEntries(
    redis.addresses.rows.map(({ announced }, at) => [`${announced.host}:${announced.port}`, 'abc'[at % 3]]),
  );
  folder = makeTargetFolder({
    staging: { environment: 'staging', services: { 'redis-sentinel': redisService(redis) }, zones },
  });
  await folder.call('baseline', '--target', 'staging', '--write', baseline());
});
afterAll(async () => {
  folder[Symbol.dispose]();
  await redis[Symbol.asyncDispose]();
});

const REDIS = ['redis-1', 'redis-2', 'redis-3'];
const SENTINELS = ['sentinel-1', 'sentinel-2', 'sentinel-3'];
const NOTHING = /no effect on any predicted time, and no hazard/;

async function set(nodes: readonly string[], name: string, value: string): Promise<void> {
  for (const node of nodes) {
    if (node.startsWith('sentinel')) await redis.ask(node, 'SENTINEL', 'SET', redis.primaryName, name, value);
    else await redis.ask(node, 'CONFIG', 'SET', name, value);
  }
}

async function drift(...argv: readonly string[]): Promise<{ code: number; report: DriftReport }> {
  const { code, value } = await folder.json('drift', '--target', 'staging', ...argv);
  return { code, report: value as DriftReport };
}

describe('drift of a Redis under Sentinels', () => {
  it.each<[name: string, value: string, before: string, nodes: readonly string[], effect: RegExp]>([
    [
      'down-after-milliseconds',
      '30000',
      '5000',
      SENTINELS,
      /primary killed \+25\.00 s: 29\.30 s to 34\.20 s instead of 4\.30 s to 9\.20 s; and primary hung, primary cut off, zone lost/,
    ],
    ['down-after-milliseconds', '1000', '5000', SENTINELS, /-4\.00 s: .* brings short-down-after/],
    ['down-after-milliseconds', '60000', '5000', ['sentinel-2'], /brings sentinels-differ: .* 60000 on sentinel-2/],
    ['quorum', '1', '2', SENTINELS, /brings quorum-one: the quorum is 1 on sentinel-1, sentinel-2, sentinel-3/],
    [
      'quorum',
      '3',
      '2',
      SENTINELS,
      /zone lost until somebody acts instead of 5\.30 s to 10\.20 s .*brings quorum-above-majority/,
    ],
    ['failover-timeout', '180000', '10000', SENTINELS, /brings slow-retry/],
    ['parallel-syncs', '2', '1', SENTINELS, NOTHING],
    ['min-replicas-to-write', '0', '1', REDIS, /primary killed -200 ms: .* brings split-brain-loses-writes/],
    ['min-replicas-to-write', '0', '1', ['redis-2'], /brings split-brain-loses-writes: .* off on redis-2/],
    [
      'min-replicas-to-write',
      '2',
      '1',
      REDIS,
      /primary killed until somebody acts instead of .*brings no-spare-replica/,
    ],
    ['min-replicas-max-lag', '0', '10', REDIS, /brings split-brain-loses-writes/],
    ['appendonly', 'no', 'yes', REDIS, /brings no-persistence/],
    ['appendfsync', 'no', 'everysec', REDIS, NOTHING],
    ['save', '3600 1', '', REDIS, NOTHING],
    ['maxmemory', '104857600', '0', REDIS, /removes no-memory-limit/],
    [
      'maxmemory',
      '104857600',
      '0',
      ['redis-2'],
      /^→ narrows no-memory-limit: gone from redis-2, still on redis-1, redis-3$/,
    ],
    ['maxmemory-policy', 'allkeys-lru', 'noeviction', REDIS, NOTHING],
    ['replica-priority', '0', '100', REDIS, /primary killed until somebody acts instead of .*brings nobody-promotable/],
    ['replica-priority', '0', '100', ['redis-3'], NOTHING],
    ['repl-diskless-sync-delay', '5', '0', REDIS, NOTHING],
    ['repl-timeout', '10', '60', ['redis-1', 'redis-2'], NOTHING],
    ['repl-backlog-size', '16777216', '1048576', REDIS, NOTHING],
    ['replica-serve-stale-data', 'no', 'yes', REDIS, NOTHING],
    ['tcp-keepalive', '60', '300', REDIS, NOTHING],
  ])('finds and names %s %s', async (name, value, before, nodes, effect) => {
    await set(nodes, name, value);
    try {
      const { code, report } = await drift();
      expect(code).toBe(1);
      const [service] = report.services;
      const found = service?.settings ?? [];
      const scope = nodes === SENTINELS || nodes[0]?.startsWith('sentinel') ? 'sentinel' : 'redis';
      expect(found).toMatchObject([
        { name: `${scope}.${name}`, scope, setting: name, expected: before, live: value, where: nodes },
      ]);
      expect(service?.structure).toEqual([]);
      expect(found.flatMap((one) => effectLines(one.effect, 500)).join(' ')).toMatch(effect);
    } finally {
      await set(nodes, name, before);
    }
    expect((await drift()).code).toBe(0);
  });

  it('is none against what the drills are proved with, where it is set as they are', async () => {
    expect(await drift('--against', 'redis-primary-kill')).toMatchObject({ code: 0, report: { drifted: false } });
    await set(REDIS, 'repl-timeout', '10');
    await set(SENTINELS, 'down-after-milliseconds', '30000');
    const { stdout, code } = await folder.call('drift', '--target', 'staging', '--against', 'redis-primary-kill');
    await set(REDIS, 'repl-timeout', '60');
    await set(SENTINELS, 'down-after-milliseconds', '5000');
    expect(code).toBe(1);
    expect(stdout).toMatch(/what redis-primary-kill is proved with/);
    expect(stdout).toMatch(/redis\.repl-timeout: expected 60, is 10 \(redis-1, redis-2, redis-3\)\n {4}→ no effect/);
    expect(stdout).toMatch(/sentinel\.down-after-milliseconds: expected 5000, is 30000/);
  });

  it('is also of nodes, and what those do is told', async () => {
    const recorded = readFileSync(baseline(), 'utf8');
    const other = join(folder.dir, 'other.json');
    writeFileSync(
      other,
      recorded.replace('"replicas": 2', '"replicas": 3').replace('"redis-1": "a"', '"redis-1": "b"'),
    );
    const { report } = await drift('--against', other);
    expect(report.services[0]?.structure).toEqual([
      { name: 'replicas', expected: '3', live: '2', where: [] },
      { name: 'zone', expected: 'b', live: 'a', where: ['redis-1'] },
    ]);
  });

  it.each([
    ['nothing.json', /the baseline cannot be read: ENOENT/],
    ['firedrill.config.yaml.json', /cannot be read/],
    ['no-such-drill', /there is no drill "no-such-drill"/],
  ])('is refused against %s', async (against, why) => {
    const { code, stderr } = await folder.call('drift', '--target', 'staging', '--against', against);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(why) });
  });
});
