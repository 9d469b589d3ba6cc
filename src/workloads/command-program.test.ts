import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkloadRun } from '../../test/run-workload.ts';
import { type ScriptedClient, startScriptedClient } from '../../test/start-scripted-client.ts';
import type { EventBody } from '../core/journal.ts';
import { readProcessStat } from '../core/process-identity.ts';
import { waitFor } from '../core/wait.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-command-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function start(options: Omit<ScriptedClient, 'dir'> = {}): Promise<WorkloadRun> {
  return startScriptedClient({ dir, ...options });
}

describe('a program that goes wrong', () => {
  it('is told by the number of the line that is not understood, and goes on', async () => {
    await using run = await start({ behaviour: 'garbage' });
    await run.until('20 operations', ({ ok }) => ok >= 20);
    const { ops } = await run.finish();
    expect(ops.every((op) => op.outcome === 'ok' && op.i < 999)).toBe(true);
    const messages = run.problems().map(({ code, message, at }) => `${code} ${at}: ${message}`);
    expect(messages).toHaveLength(3);
    expect(messages[0]).toMatch(
      /^WORKLOAD_FAILED workload writes, line \d+ of its output: not understood: .*not valid JSON: hello, I am a log line$/,
    );
    expect(messages[1]).toContain('operation 999 was settled and never sent');
    expect(messages[2]).toContain('unit nowhere: expected one of all');
    expect(run.events.at(-1)).toMatchObject({ state: 'stopped', facts: { linesNotUnderstood: 5 } });
  });

  it('may print a line that is too long for memory', async () => {
    await using run = await start({ behaviour: 'one long line' });
    await run.until('20 operations', ({ ok }) => ok >= 20);
    await run.finish();
    expect(run.problems()).toHaveLength(1);
  });

  it('is a problem when it ends by itself, with its exit code and last words', async () => {
    const events: EventBody[] = [];
    await using run = await start({ behaviour: 'exits early', events });
    await waitFor(() => run.problems()[0], { withinMs: 5000, everyMs: 10, what: 'the problem' });
    expect(run.problems()[0]).toMatchObject({
      code: 'WORKLOAD_FAILED',
      message: 'it ended by itself (exit code 7: it was a bad day)',
      at: 'workload writes',
    });
    await expect(run.workload.firstOk(5000)).rejects.toThrow('ended before its first ok (exit code 7)');
    await run.finish();
    expect(run.problems()).toHaveLength(1);
  });

  it('may report a problem itself', async () => {
    await using run = await start({ behaviour: 'reports a problem' });
    await run.until('an ok', ({ ok }) => ok > 0);
    await run.finish();
    expect(run.problems()).toMatchObject([{ code: 'WORKLOAD_FAILED', message: 'it reports: no such topic' }]);
  });

  it('has a clock that jumps found out', async () => {
    await using run = await start({ behaviour: 'wall clock that jumps' });
    const problem = await waitFor(() => run.problems().find(({ message }) => message.includes('its clock moved')), {
      withinMs: 5000,
      everyMs: 20,
      what: 'the clock',
    });
    expect(problem.message).toMatch(/its clock moved by [\d.]+ ms against CLOCK_MONOTONIC/);
  });

  it('is killed when it does not stop, and what it sent is complete', async () => {
    await using run = await start({ behaviour: 'never stops', with: { stopWithin: '100ms' } });
    await run.until('an ok', ({ ok }) => ok > 0);
    const { ops } = await run.finish();
    expect(ops.length).toBeGreaterThan(0);
    expect(run.problems()).toMatchObject([{ message: expect.stringContaining('in vain for "stopped"') }]);
  });

  it('is not heard after it has stopped', async () => {
    await using run = await start({ behaviour: 'sends after the stop' });
    await run.until('an ok', ({ ok }) => ok > 0);
    const { ops } = await run.finish();
    await waitFor(() => run.problems()[0], { withinMs: 5000, everyMs: 10, what: 'the problem' });
    expect(run.problems()).toMatchObject([{ message: expect.stringContaining('an operation after "stopped"') }]);
    expect(ops.every((op) => op.i < 10_000_000)).toBe(true);
  });

  it.each(['never exits', 'leaves a child'])('leaves no process behind: %s', async (behaviour) => {
    const run = await start({ behaviour });
    const log = await readFile(join(dir, 'writes.stderr.log'), 'utf8');
    const child = Number(/child (\d+)/.exec(log)?.[1]);
    expect(readProcessStat(child)).toBeDefined();
    await run[Symbol.asyncDispose]();
    await untilGone(child);
  });
});

describe('a runner that is killed', () => {
  it('takes its program with it: the end of its input tells it', async () => {
    const helper = new URL('../../test/start-scripted-client.ts', import.meta.url).href;
    const script = `import { startScriptedClient } from '${helper}';
      await startScriptedClient({ dir: '${dir}', behaviour: 'tells its pid' });
      console.log('started');`;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(runner.stdout, 'data');
    const log = await readFile(join(dir, 'writes.stderr.log'), 'utf8');
    const program = Number(/program (\d+)/.exec(log)?.[1]);
    expect(readProcessStat(program)).toBeDefined();
    runner.kill('SIGKILL');
    await untilGone(program);
  });
});

describe('a program that cannot start', () => {
  it.each([
    ['never says hello', '100ms', 'waited 100 ms in vain for its hello'],
    ['never answers', '3s', 'waited 3.00 s in vain for an answer to "clock"'],
    ['is from the future', '10s', 'it speaks version 2 of the protocol, and this is version 1'],
  ])('%s', async (behaviour, patience, message) => {
    await expect(start({ behaviour, with: { startWithin: patience } })).rejects.toMatchObject({
      code: 'WORKLOAD_FAILED',
      at: 'workload writes',
      message: expect.stringContaining(message),
    });
  });

  it('is to be a ledger and cannot read back', async () => {
    const started = start({ behaviour: 'cannot read', with: { ledger: true } });
    await expect(started).rejects.toThrow('its hello does not say that it can read back');
  });

  it('is not there', async () => {
    const started = start({ with: { run: ['firedrill-no-such-program'] } });
    await expect(started).rejects.toThrow(/ended before its hello \(it could not be started: .*ENOENT/);
  });

  it('ends at once', async () => {
    const started = start({ with: { run: ['sh', '-c', 'echo no config >&2; exit 1'] } });
    await expect(started).rejects.toMatchObject({
      message: 'it ended before its hello (exit code 1: no config)',
      hint: `all that it wrote on standard error is in ${join(dir, 'writes.stderr.log')}`,
    });
  });

  it('is interrupted', async () => {
    const abort = new AbortController();
    const started = start({ behaviour: 'never says hello', signal: abort.signal });
    abort.abort();
    await expect(started).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

async function untilGone(pid: number): Promise<void> {
  const gone = (): true | undefined => (['Z', undefined].includes(readProcessStat(pid)?.state) ? true : undefined);
  await waitFor(gone, { withinMs: 5000, everyMs: 10, what: `the end of process ${pid}` });
}
