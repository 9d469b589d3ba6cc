// A fault that did not land, or did not stay: nothing was proved, whatever the assertions say.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { leftovers } from '../support/leftovers.ts';
import { handleOf, pidOf } from '../support/nodes.ts';
import { quickDrill } from '../support/quick-drill.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

describe.concurrent('a fault', () => {
  it('on a node that is dead already proves nothing', async () => {
    await using sandbox = await createSandbox();
    const kill = { fault: 'process.kill', targets: 'redis-2' };
    const method = [
      { ...kill, name: 'first', hold: 'untilEnd', overlap: true },
      { ...kill, name: 'second', hold: '1s' },
    ];
    const run = sandbox.start(['run', sandbox.addDrill('twice', quickDrill({ method }))]);
    await run.endsWith(3);
    const { verdict, problems, faults } = await run.result();
    expect(verdict).toBe('inconclusive');
    expect(problems.map(({ code }) => code)).toEqual(['FAULT_NOT_PROVED']);
    expect(faults.map(({ step, confirmedAtMs }) => [step, confirmedAtMs !== undefined])).toEqual([
      ['first', true],
      ['second', false],
    ]);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('on a node whose pid another process has by now proves nothing, and leaves that process alone', async ({
    skip,
  }) => {
    const lastPid = '/proc/sys/kernel/ns_last_pid';
    skip(!isWritable(lastPid), `${lastPid} is not writable here: a pid cannot be given to another process`);
    await using sandbox = await createSandbox();
    const method = [
      { name: 'meanwhile', pause: '4s' },
      { name: 'kill', fault: 'process.kill', targets: 'redis-2', hold: '2s' },
    ];
    const run = sandbox.start(['run', sandbox.addDrill('reused', quickDrill({ method }))]);
    await run.untilStep('meanwhile', 'called');
    const pid = await pidOf(sandbox, 'redis-2');
    process.kill(pid, 'SIGKILL');
    const bystander = await takePid(pid, lastPid);
    sandbox.defer(() => void bystander.kill('SIGKILL'));
    await run.endsWith(3);
    expect((await run.result()).problems.map(({ code }) => code)).toEqual(['FAULT_NOT_PROVED']);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    expect(leftovers(sandbox)).toEqual([]);
  });

  it.each([
    ['at once', 0],
    ['after a second', 1000],
  ])('that a supervisor undoes %s proves nothing', async (_, delayMs) => {
    await using sandbox = await createSandbox();
    const method = [{ name: 'kill', fault: 'process.kill', targets: 'redis-2', hold: '3s' }];
    const run = sandbox.start(['run', sandbox.addDrill('supervised', quickDrill({ method }))]);
    await run.untilPhase('warmUp');
    const supervisor = await supervise(sandbox, await run.runId(), delayMs);
    await run.endsWith(3);
    expect(supervisor.said()).toMatch(/started \d+/);
    const { verdict, problems } = await run.result();
    expect(verdict).toBe('inconclusive');
    expect(problems.map(({ code }) => code)).toEqual(['FAULT_NOT_PROVED']);
    expect(leftovers(sandbox)).toEqual([]);
  });
});

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A process that sleeps and has this pid. Others may be given it first, and end. */
async function takePid(pid: number, lastPid: string): Promise<ChildProcess> {
  for (let attempt = 0; attempt < 200; attempt++) {
    await eventually(`pid ${pid} to be free`, () => (existsSync(`/proc/${pid}`) ? undefined : true));
    writeFileSync(lastPid, String(pid - 1));
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    if (child.pid === pid) return child;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  throw new Error(`no process was given the pid ${pid}`);
}

async function supervise(sandbox: Sandbox, runId: string, delayMs: number): Promise<{ said(): string }> {
  const pid = await pidOf(sandbox, 'redis-2');
  const { programs, directory } = handleOf(sandbox, runId).state as unknown as {
    readonly directory: string;
    readonly programs: Record<string, { readonly path: string; readonly env: Record<string, string> }>;
  };
  const program = programs['redis-server'];
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../support/supervisor.ts'),
      String(pid),
      String(delayMs),
      program?.path ?? '',
      program?.env['LD_LIBRARY_PATH'] ?? '',
      join(directory, 'redis-2/config/redis.conf'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  sandbox.defer(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await eventually('the supervisor', () => (text.includes('watching') ? true : undefined));
  return { said: () => text };
}
