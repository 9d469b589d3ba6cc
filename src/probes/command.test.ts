import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveContext } from '../core/kinds.ts';
import { readProcessStat } from '../core/process-identity.ts';
import { waitFor } from '../core/wait.ts';
import { commandProbe } from './command.ts';

const book = {
  from: 'probe',
  rows: [
    {
      node: 'redis-1',
      service: 'cache',
      role: 'redis',
      listener: 'redis',
      announced: { host: 'redis-1', port: 7000 },
      address: { host: '127.64.0.1', port: 7000 },
    },
  ],
};
const cx = {
  cluster: { addresses: () => book, can: () => undefined, handle: { runId: 'run-1' } },
} as unknown as LiveContext;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'firedrill-command-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function read(run: readonly string[], more: { signal?: AbortSignal; with?: object } = {}): Promise<unknown> {
  await using probe = await commandProbe.open(commandProbe.params.parse({ run, ...more.with }), cx);
  return await probe.read(more.signal ?? AbortSignal.timeout(10_000));
}

describe('command', () => {
  it('reads the exit code and what was printed', async () => {
    expect(await read(['sh', '-c', 'echo " two words "; exit 3'])).toEqual({ exitCode: 3, stdout: 'two words' });
  });

  it('parses JSON', async () => {
    expect(await read(['echo', '{"lag": 7}'])).toEqual({ exitCode: 0, stdout: '{"lag": 7}', json: { lag: 7 } });
  });

  it('does not use a shell', async () => {
    expect(await read(['echo', '$HOME; ls'])).toEqual({ exitCode: 0, stdout: '$HOME; ls' });
  });

  it('tells the program where the nodes are, and where to work', async () => {
    const script = 'printf "%s %s %s %s" "$FIREDRILL_REDIS" "$FIREDRILL_RUN" "$EXTRA" "$PWD"';
    const value = await read(['sh', '-c', script], { with: { env: { EXTRA: 'e' }, cwd: directory } });
    expect(value).toMatchObject({ stdout: `127.64.0.1:7000 run-1 e ${directory}` });
  });

  it('puts addresses where arguments ask for them, and nothing where there are none', async () => {
    expect(await read(['echo', '-h {redis}', '{"x": {}}'])).toMatchObject({ stdout: '-h 127.64.0.1:7000 {"x": {}}' });
    await expect(read(['echo', '{bootstrap}'])).rejects.toThrow('nothing can be put for {bootstrap}');
  });

  it('finds the tools of the cluster before any others', async () => {
    const tool = join(directory, 'kafka-topics.sh');
    await writeFile(tool, '#!/bin/sh\necho "ours: $*"\n', { mode: 0o755 });
    const can = () => ({ directory: async () => directory });
    const having = { cluster: { ...cx.cluster, can } } as unknown as LiveContext;
    const params = commandProbe.params.parse({ run: ['kafka-topics.sh', '--list'] });
    await using probe = await commandProbe.open(params, having);
    expect(await probe.read(AbortSignal.timeout(10_000))).toMatchObject({ stdout: 'ours: --list' });
  });

  it('cuts long output, lets the program finish, and does not parse what was cut', async () => {
    const value = await read([process.execPath, '-e', 'process.stdout.write("1".repeat(5_000_000))']);
    expect(value).toEqual({ exitCode: 0, stdout: '1'.repeat(64 * 1024) });
  });

  it('has no reading when the program is not there', async () => {
    await expect(read(['firedrill-no-such-program'])).rejects.toThrow(/could not be started: .*ENOENT/);
    await expect(read(['true'], { with: { cwd: join(directory, 'none') } })).rejects.toThrow('could not be started');
  });

  it('has no reading when a signal ended it', async () => {
    await expect(read(['sh', '-c', 'kill -SEGV $$'])).rejects.toThrow('sh was ended by SIGSEGV');
  });

  it('kills a program that does not end, with all that it started', async () => {
    const pidFile = join(directory, 'pid');
    const abort = new AbortController();
    const reading = read(['sh', '-c', `trap "" TERM; sleep 600 & echo $! > ${pidFile}; wait`], {
      signal: abort.signal,
    });
    reading.catch(() => undefined);
    const pid = await waitFor(() => pidIn(pidFile), { withinMs: 5000, everyMs: 10, what: 'the grandchild' });
    abort.abort();
    await expect(reading).rejects.toThrow('had not ended in time and was killed');
    await waitFor(() => hasEnded(pid), { withinMs: 5000, everyMs: 10, what: 'the end of the grandchild' });
  });

  it('does not wait for what a program leaves running', async () => {
    const pidFile = join(directory, 'left');
    expect(await read(['sh', '-c', `sleep 600 & echo $! > ${pidFile}; echo done`])).toMatchObject({ stdout: 'done' });
    const pid = pidIn(pidFile) ?? 0;
    await waitFor(() => hasEnded(pid), { withinMs: 5000, everyMs: 10, what: 'the end of what was left' });
  });

  it('starts nothing once it is aborted', async () => {
    const file = join(directory, 'touched');
    await expect(read(['touch', file], { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(existsSync(file)).toBe(false);
  });
});

function pidIn(file: string): number | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return text.endsWith('\n') ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function hasEnded(pid: number): true | undefined {
  const stat = readProcessStat(pid);
  return stat === undefined || stat.state === 'Z' ? true : undefined;
}
