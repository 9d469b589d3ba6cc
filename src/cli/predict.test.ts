import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firedrill } from '../../test/command-line.ts';
import { redisService } from '../../test/e2e/support/targets.ts';
import { type SecuredRedis, startSecuredRedis } from '../../test/support/secured-redis.ts';
import { makeTargetFolder, type TargetFolder } from '../../test/support/target-folder.ts';
import { parseBaseline } from '../core/baseline.ts';
import type { PredictReport } from './predict/report.ts';

describe('predict, of the cluster of a drill', () => {
  it('tells the band of every failure, and the settings that it comes from', async () => {
    const { code, stdout } = await firedrill(['predict', 'redis-primary-kill', 'redis-replica-kill']);
    expect(code).toBe(0);
    expect(stdout).toContain('What the cluster of redis-primary-kill, redis-replica-kill would do in a\nfailure');
    expect(stdout).toMatch(/primary killed +5\.30 s to 9\.20 s +redis-1/);
    expect(stdout).toMatch(/replica killed +no outage +redis-2, redis-3/);
    expect(stdout).toMatch(/zone lost +5\.30 s to 10\.20 s +zone a/);
    expect(stdout).toContain('from down-after-milliseconds 5000');
    expect(stdout).toContain('no hazard');
  });

  it('says what a change of its settings would do', async () => {
    const set = ['--set', 'cluster.settings.topology.replicas=1', '--set', 'cluster.settings.sentinel.quorum=1'];
    const { code, stdout } = await firedrill(['predict', 'redis-primary-kill', ...set, '--json']);
    const [report] = JSON.parse(stdout) as readonly PredictReport[];
    expect(code).toBe(0);
    expect(report?.services[0]?.failures[0]).toMatchObject({ what: 'primary killed', outage: 'lasting' });
    expect(report?.services[0]?.hazards.map(({ id }) => id)).toEqual(['quorum-one', 'no-spare-replica']);
  });

  it('is of a drill or of a target', async () => {
    expect(await firedrill(['predict', 'redis-primary-kill', '--target', 'staging'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/are two clusters/),
    });
  });
});

describe('predict, of nothing that is named', () => {
  it('names both ways: a drill, and a cluster of somebody’s own', async () => {
    using folder = makeTargetFolder({});
    writeFileSync(join(folder.dir, 'firedrill.config.yaml'), 'drills: none\n');
    expect(await folder.call('predict')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/predict of what\?[\s\S]*predict <drill>[\s\S]*predict --target <name>/),
    });
  });
});

describe('what predict has to be let do', () => {
  it('is what the docs say: with these rights everything is told', async () => {
    const page = readFileSync('docs/predict-and-drift.md', 'utf8');
    const [onRedis = '', onSentinels = ''] = [...page.matchAll(/`(\+info [^`]*)`/g)].map(([, rules = '']) => rules);
    const rules = { redis: onRedis.split(/\s+/), sentinel: onSentinels.split(/\s+/) };
    await using redis = await startSecuredRedis({ rules });
    using folder = makeTargetFolder({ t: { environment: 'staging', services: { sessions: redisService(redis) } } });
    const { code, value } = await folder.json('predict', '--target', 't');
    const [service] = (value as PredictReport).services;
    expect({ code, untold: service?.untold }).toEqual({ code: 0, untold: [] });
    expect(await folder.call('baseline', '--target', 't')).toMatchObject({ code: 0 });
    for (const node of redis.nodes) expect(await redis.ask(node, 'ACL', 'LOG')).toEqual([]);
  });
});

describe('predict and baseline, of a secured Redis', () => {
  let redis: SecuredRedis;
  let folder: TargetFolder;
  beforeAll(async () => {
    redis = await startSecuredRedis({ downAfterMs: 30_000, settings: { redis: { maxmemory: 1_000_000 } } });
    const services = { sessions: redisService(redis) };
    const nobody = { kind: 'kafka', bootstrap: ['127.0.0.1:1'] };
    folder = makeTargetFolder({
      staging: { environment: 'staging', services },
      both: { environment: 'staging', services: { ...services, events: nobody } },
    });
  });
  afterAll(async () => {
    folder[Symbol.dispose]();
    await redis[Symbol.asyncDispose]();
  });

  it('only read: no command that changes anything is called, and no secret is told or written', async () => {
    const before = await state();
    const called = await calls();
    const file = join(folder.dir, 'baseline.json');
    const results = [
      await folder.call('predict', '--target', 'staging'),
      await folder.call('predict', '--target', 'staging', '--json'),
      await folder.call('baseline', '--target', 'staging', '--write', file),
      await folder.call('drift', '--target', 'staging', '--against', file),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const more = [...(await calls())].filter(([name, count]) => count > (called.get(name) ?? 0));
    expect(more.map(([name]) => name).filter((name) => !LOOKS.test(name) && !OWN.test(name))).toEqual([]);
    expect(more.map(([name]) => name)).toContain('config|get');
    expect(await state()).toEqual(before);
    const texts = [readFileSync(file, 'utf8'), ...results.flatMap(({ stdout, stderr }) => [stdout, stderr])];
    expect(redis.secrets.filter((secret) => texts.some((text) => text.includes(secret)))).toEqual([]);
    const recorded = parseBaseline(texts[0] ?? '', file).services['sessions'];
    expect(recorded?.settings['redis']?.same).toMatchObject({ masterauth: '(set)', requirepass: '' });
    expect(recorded).toMatchObject({ counts: { Sentinels: 3, replicas: 2, 'replicas in step': 2 }, hazards: [] });
    expect(results[0]?.stdout).toMatch(/primary killed +29\.30 s to 34\.20 s +sessions-redis-1/);
  });

  it('tell what does not answer, go on with the rest, and say that it is not the whole', async () => {
    const { code, stdout } = await folder.call('predict', '--target', 'both');
    expect(code).toBe(3);
    expect(stdout).toMatch(/primary killed +29\.30 s/);
    expect(stdout).toMatch(/events \(kafka\)\n {2}cannot tell: no bootstrap server of events answers/);
    expect(stdout.slice(stdout.indexOf('events (kafka)'))).not.toContain('no hazard');
    const { code: baseline, stderr } = await folder.call('baseline', '--target', 'both');
    expect({ code: baseline, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/would not be whole:\nevents/),
    });
  });

  it('do so too while a node is dead', async () => {
    await redis.kill('redis-3');
    const { code, stdout } = await folder.call('predict', '--target', 'staging');
    await redis.start('redis-3');
    await redis.untilWhole();
    expect(code).toBe(3);
    expect(stdout).toMatch(/cannot tell: sessions-redis-3 does not answer: connect ECONN/);
    expect(stdout).toMatch(/replica killed +until somebody acts +sessions-redis-2/);
    expect(stdout).toMatch(/replica-behind: sessions-redis-3 does not follow/);
  });

  it('invent nothing of nodes that do not let us in', async () => {
    const file = join(folder.dir, 'wrong.secret');
    writeFileSync(file, 'not-this-one\n', { mode: 0o600 });
    const { access, ...service } = redisService(redis) as { readonly access: { readonly redis: object } };
    const wrong = { ...service, access: { ...access, redis: { ...access.redis, password: { file } } } };
    using other = makeTargetFolder({ t: { environment: 'staging', services: { sessions: wrong } } });
    const { code, stdout } = await other.call('predict', '--target', 't');
    expect(code).toBe(3);
    expect(stdout).toMatch(/cannot tell: sessions-redis-1 does not answer: WRONGPASS/);
    expect(stdout).toMatch(
      /primary killed +cannot tell +sessions-redis-1\n +sessions-redis-2, sessions-redis-3 do not/,
    );
    expect(stdout).not.toMatch(/until somebody acts|replica-behind|not-this-one/);
  });

  /** What would be another one after a write, a failover or a changed setting. */
  async function state(): Promise<unknown> {
    const states = redis.nodes.map(async (node) => {
      const sentinel = node.startsWith('sentinel');
      if (sentinel) return redis.ask(node, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', redis.primaryName);
      const config = (await redis.ask(node, 'CONFIG', 'GET', '*')) as unknown[];
      return [await redis.ask(node, 'DBSIZE'), ((await redis.ask(node, 'ROLE')) as unknown[])[0], config];
    });
    return Promise.all(states);
  }

  /** Command → how often all nodes together were asked it. */
  async function calls(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const node of redis.nodes) {
      const text = String(await redis.ask(node, 'INFO', 'commandstats'));
      for (const [, name = '', count] of text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm))
        counts.set(name, (counts.get(name) ?? 0) + Number(count));
    }
    return counts;
  }
});

/** Commands that only look, and what nodes say to each other by themselves. */
const LOOKS =
  /^(info|config\|get|client\|(setname|id)|sentinel\|(master|masters|replicas|sentinels|ckquorum|myid|get-master-addr-by-name)|ping|auth|hello|dbsize|role)$/;
const OWN = /^(publish|subscribe|psync|replconf|select|sentinel\|is-master-down-by-addr)$/;
