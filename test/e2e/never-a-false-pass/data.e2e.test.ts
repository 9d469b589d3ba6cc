// Nothing was there to be measured, or what measures was in doubt: nothing was proved.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { leftovers } from '../support/leftovers.ts';
import { pidOf } from '../support/nodes.ts';
import { quickDrill } from '../support/quick-drill.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

describe.concurrent('a run proves nothing', () => {
  it('with a workload that cannot connect', async () => {
    await using sandbox = await createSandbox();
    const dead = { name: 'application', workload: 'http.requests', with: { url: 'http://127.0.0.1:9/' } };
    const assertions = [{ assert: 'availability', of: 'application', with: { longest: '1s' } }];
    const run = sandbox.start(['run', sandbox.addDrill('dead', quickDrill({ workloads: [dead], assertions }))]);
    await run.endsWith(3);
    const { verdict, problems, faults } = await run.result();
    expect({ verdict, faults }).toEqual({ verdict: 'inconclusive', faults: [] });
    expect(problems.map(({ code }) => code)).toEqual(['WORKLOAD_FAILED']);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('without the steady state, and then hurts nobody', async () => {
    await using sandbox = await createSandbox();
    const probes = [{ probe: 'redis.topology', every: '100ms', timeout: '400ms', tolerance: { primaries: 2 } }];
    const steadyStateHypothesis = { title: 'Two primaries', probes };
    const name = sandbox.addDrill('absent', quickDrill({ use: [], steadyStateHypothesis }));
    const run = sandbox.start(['run', name, '--set', 'timing.startWithin=2s']);
    await run.endsWith(3);
    const { verdict, problems } = await run.result();
    expect(verdict).toBe('inconclusive');
    expect(problems.map(({ code }) => code)).toEqual(['STEADY_STATE_ABSENT']);
    expect((await run.events()).filter(({ type }) => type === 'step' || type === 'workload')).toEqual([]);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('where a probe has no data', async () => {
    await using sandbox = await createSandbox();
    const probe = { kind: 'command', with: { run: ['/nowhere/check-sessions'] }, every: '200ms', timeout: '1s' };
    const assertions = [{ assert: 'always', name: 'checked', probe, tolerance: { exitCode: 0 }, during: 'kill' }];
    const run = sandbox.start(['run', sandbox.addDrill('blind', quickDrill({ assertions }))]);
    await run.endsWith(3);
    const { verdict, problems, assertions: findings } = await run.result();
    expect({ verdict, problems }).toEqual({ verdict: 'inconclusive', problems: [] });
    expect(findings.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['checked', 'inconclusive'],
      ['steady-state', 'passed'],
    ]);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('with a Sentinel in TILT before the fault, and then hurts nobody', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', sandbox.addDrill('tilt', quickDrill()), '--set', 'timing.startWithin=6s']);
    // It has to have looked at its clock before.
    await run.until('an answer of all Sentinels', (event) => /"sentinels":3,/.test(JSON.stringify(event)));
    await standStill(sandbox, 'sentinel-1');
    await run.endsWith(3);
    const { problems, faults } = await run.result();
    expect(problems).toMatchObject([
      { code: 'STEADY_STATE_ABSENT', message: expect.stringContaining('expected tilt 0, is tilt 1') },
      { code: 'NOT_TRUSTED', at: 'sentinel-1' },
    ]);
    expect(faults).toEqual([]);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('with a Sentinel that goes into TILT meanwhile', async () => {
    await using sandbox = await createSandbox();
    // What the others see is steady again long before the 30 s of the TILT are over.
    const tolerance = { primaries: 1, replicasInStep: 2 };
    const probes = [{ probe: 'redis.topology', every: '100ms', timeout: '400ms', tolerance }];
    const steadyStateHypothesis = { title: 'A primary and two replicas', probes };
    const drill = quickDrill({ use: [], steadyStateHypothesis, timing: { warmUp: '5s' } });
    const run = sandbox.start(['run', sandbox.addDrill('tilt', drill)]);
    await run.untilPhase('warmUp');
    await standStill(sandbox, 'sentinel-1');
    await run.endsWith(3);
    const { verdict, problems, assertions } = await run.result();
    expect(verdict).toBe('inconclusive');
    expect(problems).toMatchObject([{ at: 'sentinel-1', message: expect.stringContaining('TILT') }]);
    expect(assertions.map(({ verdict }) => verdict)).toEqual(['passed', 'passed']);
    expect(leftovers(sandbox)).toEqual([]);
  });
});

/** Longer than the 2 s from which on a Sentinel does not trust its clock. */
async function standStill(sandbox: Sandbox, node: string): Promise<void> {
  const pid = await pidOf(sandbox, node);
  process.kill(pid, 'SIGSTOP');
  await sleep(2500);
  process.kill(pid, 'SIGCONT');
}
