import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { leftovers } from './support/leftovers.ts';
import { quickDrill } from './support/quick-drill.ts';
import { createSandbox } from './support/sandbox.ts';

const cut = { name: 'cut', fault: 'network.partition', with: { isolate: 'redis-2' }, hold: '60s' };
const drill = quickDrill({ method: [cut] });

describe('a run that is interrupted', () => {
  it.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
  ] as const)('by %s heals, reports and leaves nothing', async (_, signal, code) => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', sandbox.addDrill('held', drill)]);
    await run.untilStep('cut', 'confirmed');
    run.kill(signal);
    await run.endsWith(code);
    expect(run.stderr()).toContain('Interrupted: rolling back.');
    const { status, verdict, cluster, faults } = await run.result();
    expect({ status, verdict, cluster }).toEqual({
      status: 'interrupted',
      verdict: 'inconclusive',
      cluster: 'restored',
    });
    expect(faults[0]?.revertedAtMs).toBeGreaterThan(0);
    expect(run.stdout()).toContain('interrupted');
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('by abort is rolled back, also when abort is called again meanwhile', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', sandbox.addDrill('held', drill)]);
    await run.untilStep('cut', 'confirmed');
    const runId = await run.runId();
    // It must not be over before it is asked to end again.
    run.kill('SIGSTOP');
    const first = await sandbox.run(['abort', runId]);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('it rolls back and reports') });
    const second = await sandbox.run(['abort', runId]);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('has been interrupted already') });
    run.kill('SIGCONT');
    await run.endsWith(130);
    expect(await run.result()).toMatchObject({ status: 'interrupted', cluster: 'restored' });
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('before there is anything to undo, leaves nothing either', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', sandbox.addDrill('held', drill)]);
    await run.untilPhase('preflight');
    run.kill('SIGINT');
    await run.endsWith(130);
    expect(await run.result()).toMatchObject({ status: 'interrupted', cluster: 'restored', faults: [] });
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('by Ctrl-C twice leaves at once, and rollback does the rest', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', sandbox.addDrill('held', drill)]);
    await run.untilStep('cut', 'confirmed');
    run.kill('SIGINT');
    // Sooner than that it counts as the same press.
    await sleep(500);
    run.kill('SIGINT');
    await run.endsWith(130);
    const runId = await run.runId();
    expect(run.stderr()).toMatch(
      new RegExp(`Left without rolling back\\. To clean up: .*firedrill.* rollback ${runId}`),
    );
    expect(leftovers(sandbox).length).toBeGreaterThan(7);
    const rollback = await sandbox.run(['rollback', runId]);
    expect(rollback).toMatchObject({ code: 0, stdout: expect.stringContaining(`Rolled back: ${runId}`) });
    expect(leftovers(sandbox)).toEqual([]);
  });
});
