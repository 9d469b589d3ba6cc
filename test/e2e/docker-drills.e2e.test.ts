import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docker, imageIds, inEngine, labelled, whyNoEngine } from './support/engine.ts';
import { startEngineRelay } from './support/engine-relay.ts';
import { everything } from './support/everything.ts';
import { killAndRollBack, moments } from './support/kill-nine.ts';
import { leftovers } from './support/leftovers.ts';
import { quickDrill } from './support/quick-drill.ts';
import { createSandbox } from './support/sandbox.ts';

const whyNot = whyNoEngine();
if (whyNot !== undefined) console.warn(`nothing is drilled in containers: ${whyNot}`);

describe.skipIf(whyNot !== undefined)('in containers', { timeout: 300_000 }, () => {
  it('a shipped drill passes unchanged inside its predicted band, and leaves nothing', async () => {
    await using sandbox = await createSandbox({ runtime: 'docker' });
    const run = sandbox.start(['run', 'redis-primary-kill']);
    await run.endsWith(0);
    const report = await run.result();
    expect(report).toMatchObject({ runtime: 'docker', verdict: 'passed', cluster: 'restored', problems: [] });
    expect(report.versions).toMatchObject({ docker: expect.any(String), 'image redis': expect.any(String) });
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('a primary whose cable is pulled is replaced, and plugged in again it follows', async () => {
    await using sandbox = await createSandbox({ runtime: 'docker' });
    const unplug = {
      name: 'unplug',
      fault: 'network.unplug',
      targets: 'redis-primary',
      hold: { until: 'recovered', atMost: '15s' },
    };
    const rto = { assert: 'rto', of: 'writes', since: 'unplug', with: { atMost: '14s' } };
    const predicted = { assert: 'predicted', of: 'writes', since: 'unplug' };
    const drill = quickDrill({ method: [unplug], assertions: [rto, predicted] });
    const run = sandbox.start(['run', sandbox.addDrill('unplugged', drill)]);
    await run.endsWith(0);
    const report = await run.result();
    expect(report).toMatchObject({ verdict: 'passed', cluster: 'restored', problems: [] });
    expect(report.faults).toMatchObject([{ kind: 'network.unplug', targets: ['redis-1'] }]);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('a runner that is killed with -9 is cleaned up after by rollback', async () => {
    await using sandbox = await createSandbox({ runtime: 'docker' });
    const images = imageIds();
    const name = sandbox.addDrill('everything', everything);
    for (const atMs of moments(3, 24_000, 5)) {
      const killed = await killAndRollBack(sandbox, name, { atMs });
      console.log(killed.atMs, killed.during, killed.tookMs, killed.rollback.stdout);
      expect(killed).toMatchObject({ rollback: { code: 0 }, left: [] });
    }
    expect(imageIds()).toEqual(images);
  });

  it('an engine that vanishes is an error of the tool, and what it still has is said and can be rolled back', async () => {
    await using sandbox = await createSandbox({ runtime: 'docker' });
    await using relay = await startEngineRelay(join(sandbox.dir, 'engine.sock'));
    const held = quickDrill({ method: [{ ...kill, hold: '10s' }], timing: SHORT });
    const run = sandbox.start(['run', sandbox.addDrill('held', held)], { env: { DOCKER_HOST: relay.host } });
    await run.untilStep('kill', 'confirmed');
    await relay.vanish();
    await run.endsWith(4);
    const { verdict, problems, cluster } = await run.result();
    expect({ verdict, cluster }).toEqual({ verdict: 'inconclusive', cluster: 'dirty' });
    expect(problems.map(({ code }) => code)).toContain('TOOL_BROKEN');
    expect(inEngine(await run.runId())).not.toEqual([]);
    expect(await sandbox.run(['rollback'])).toMatchObject({ code: 0 });
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('a Toxiproxy that was restarted meanwhile, and has forgotten the cuts, proves nothing', async () => {
    await using sandbox = await createSandbox({ runtime: 'docker' });
    const cut = { name: 'cut', fault: 'network.partition', with: { isolate: 'redis-2' }, hold: '5s' };
    const run = sandbox.start(['run', sandbox.addDrill('cut', quickDrill({ method: [cut], timing: SHORT }))]);
    await run.untilStep('cut', 'confirmed');
    docker('restart', '--time', '0', ...docker('ps', '--quiet', ...labelled(await run.runId(), 'toxiproxy')));
    expect(await run.ended).toBeOneOf([3, 6]);
    const { verdict, problems } = await run.result();
    expect(verdict).toBe('inconclusive');
    expect(problems.map(({ code }) => code)).toSatisfy((codes: string[]) =>
      codes.some((code) => FORGOTTEN.includes(code)),
    );
    expect(leftovers(sandbox)).toEqual([]);
  });
});

const kill = { name: 'kill', fault: 'process.kill', targets: 'redis-2' };
const SHORT = { recoveryWithin: '10s', drainWithin: '5s' };
const FORGOTTEN = ['FAULT_NOT_PROVED', 'TOOL_BROKEN'];
