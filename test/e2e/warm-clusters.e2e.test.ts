import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { eventually } from './support/eventually.ts';
import { everything } from './support/everything.ts';
import { moments } from './support/kill-nine.ts';
import { leftovers } from './support/leftovers.ts';
import { quickDrill } from './support/quick-drill.ts';
import { createSandbox, type Sandbox } from './support/sandbox.ts';

/** Looking at the cluster first takes a second, and a minute on a machine that is forty times too busy. */
const BUSY_MS = 120_000;

const topology = { kind: 'redis.topology', every: '100ms', timeout: '400ms' };
/** Moves the primary away from redis-1. */
const moving = quickDrill({ method: [{ fault: 'redis.failover', with: { form: 'safe' }, hold: '1s' }] });
/** Two workloads more, and a node by name: it would fail where the primary has moved. */
const naming = quickDrill({
  workloads: ['writes', 'more', 'most'].map((name) => ({ name, workload: 'redis.ledger', client: 'oracle' })),
  assertions: [
    { assert: 'rpo', of: 'writes', with: { lostWrites: 0 } },
    { assert: 'always', name: 'no-failover', probe: topology, tolerance: { primary: 'redis-1' }, during: 'kill' },
  ],
});
const other = quickDrill({ settings: { redis: { 'min-replicas-max-lag': 11 } } });

/** For as long as it takes to look at it from outside. */
const held = { name: 'cut', fault: 'network.partition', with: { isolate: 'redis-2' }, hold: '10m' };

interface Seen {
  readonly name: string;
  readonly state: string;
  readonly healthy: boolean;
  readonly ailments: readonly string[];
  readonly drills: readonly string[];
  readonly nodes: Readonly<Record<string, string>>;
}

async function status(sandbox: Sandbox): Promise<readonly Seen[]> {
  const { code, stdout } = await sandbox.run(['cluster', 'status', '--json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as readonly Seen[];
}

async function runOn(sandbox: Sandbox, drill: string): Promise<{ readonly report: Report; readonly said: string }> {
  const run = sandbox.start(['run', drill]);
  await run.ended;
  return { report: await run.result(), said: run.stderr() };
}

/** Leases bear the id of the cluster, which nobody prints. */
function leasesOf(sandbox: Sandbox): readonly string[] {
  const dir = join(sandbox.state, 'leases');
  return readdirSync(dir).filter((name) => readFileSync(join(dir, name), 'utf8').includes('cluster-redis-sentinel'));
}

describe('a warm cluster', () => {
  it('serves runs of different drills as a new one would, and is gone after down', async () => {
    await using sandbox = await createSandbox();
    sandbox.addDrill('moving', moving);
    sandbox.addDrill('naming', naming);
    sandbox.addDrill('other', other);
    // Two at once make one.
    const ups = await Promise.all([sandbox.run(['cluster', 'up', 'moving']), sandbox.run(['cluster', 'up', 'naming'])]);
    expect(ups.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: expect.anything() },
      { code: 0, stderr: expect.anything() },
    ]);
    const [up, ...more] = await status(sandbox);
    expect(more).toEqual([]);
    expect(up).toMatchObject({
      state: 'up',
      ailments: [],
      healthy: true,
      drills: expect.arrayContaining(['moving', 'naming']),
    });
    expect(up?.drills).not.toContain('other');
    expect(Object.keys(up?.nodes ?? {})).toHaveLength(6);
    const warm = { name: up?.name, since: expect.any(String) };

    const first = await runOn(sandbox, 'moving');
    expect(first.report).toMatchObject({ cluster: 'restored', warm, problems: [] });
    expect(first.report.moved.join()).toContain('redis-1 was redis-primary and is redis-replica');
    const second = await runOn(sandbox, 'naming');
    expect(second.report).toMatchObject({ cluster: 'restored', warm, problems: [] });
    const findings = second.report.assertions.map(({ name, verdict }) => [name, verdict]);
    expect(findings).toEqual(expect.arrayContaining([['rpo', 'passed']]));
    expect(findings).not.toContainEqual(['no-failover', 'failed']);
    expect(second.report.measured['writes']).toMatchObject({ lostWrites: 0, duplicates: 0 });
    expect(readdirSync(join(sandbox.reports, second.report.runId, 'logs'))).toHaveLength(6);

    const third = await runOn(sandbox, 'other');
    expect(third.said).toContain(
      `Starting a cluster of its own: the warm cluster ${up?.name} has other settings: redis-1`,
    );
    expect(third.report.warm).toBeUndefined();

    expect(await status(sandbox)).toMatchObject([{ name: up?.name, state: 'up', ailments: [] }]);
    expect(await sandbox.run(['cluster', 'down'])).toMatchObject({ code: 0, stdout: `${up?.name} was taken down.\n` });
    expect(await status(sandbox)).toEqual([]);
    expect([...leftovers(sandbox), ...leasesOf(sandbox)]).toEqual([]);
  }, 600_000);

  it('that is being made when the process is killed with -9 is gone after down, and after rollback', async () => {
    await using sandbox = await createSandbox();
    mkdirSync(sandbox.reports);
    const drill = sandbox.addDrill('quick', quickDrill());
    for (const [at, afterMs] of moments(4, 2500, 7).entries()) {
      const up = sandbox.start(['cluster', 'up', drill]);
      await Promise.race([up.ended, sleep(afterMs)]);
      up.kill('SIGKILL');
      await up.ended;
      // One that was made whole is no half made one.
      const isWhole = (await status(sandbox)).some(({ state }) => state === 'up');
      const command = at % 2 === 0 || isWhole ? ['cluster', 'down'] : ['rollback'];
      expect({ command, ...(await sandbox.run(command)) }).toMatchObject({ command, code: 0 });
      const left = [...leftovers(sandbox), ...leasesOf(sandbox)];
      expect({ command, afterMs, left }).toEqual({ command, afterMs, left: [] });
    }
  });

  it('is given back by rollback when a run on it is killed with -9, and is in use by one run at a time', async () => {
    await using sandbox = await createSandbox();
    const drill = sandbox.addDrill('held', { ...everything, method: [held] });
    expect(await sandbox.run(['cluster', 'up', drill])).toMatchObject({ code: 0 });
    const [up] = await status(sandbox);
    const run = sandbox.start(['run', drill]);
    await eventually('the run', () => (run.stderr().includes('cluster: warm') ? true : undefined), BUSY_MS);
    await run.untilStep('cut', 'confirmed');
    expect(await status(sandbox)).toMatchObject([{ state: 'in use', by: expect.stringContaining(await run.runId()) }]);
    expect(await sandbox.run(['cluster', 'down'])).toMatchObject({ code: 2 });
    const besides = await runOn(sandbox, sandbox.addDrill('besides', quickDrill()));
    expect(besides.said).toContain(`the warm cluster ${up?.name} is in use by run ${await run.runId()}`);
    run.kill('SIGKILL');
    await run.ended;
    const rollback = await sandbox.run(['rollback']);
    expect(rollback).toMatchObject({ code: 0, stdout: expect.stringContaining(`Rolled back: ${await run.runId()}`) });
    expect((await run.result().catch(() => undefined))?.cluster ?? 'undone').toBe('undone');
    expect(await status(sandbox)).toMatchObject([{ name: up?.name, state: 'up', ailments: [] }]);
    const again = await runOn(sandbox, 'besides');
    expect(again.report).toMatchObject({ cluster: 'restored', warm: { name: up?.name } });
    expect(await sandbox.run(['cluster', 'down'])).toMatchObject({ code: 0 });
    expect([...leftovers(sandbox), ...leasesOf(sandbox)]).toEqual([]);
  }, 600_000);
});
