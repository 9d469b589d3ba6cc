import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityOf, isAlive, type ProcessIdentity } from '../../core/process-identity.ts';
import { newDirectory, removeDirectory } from '../own/directory.ts';
import { findProcesses, killAll } from '../own/processes.ts';
import { homeOf, writeIdentity } from './home.ts';
import type { Isolation, Launch } from './launch.ts';
import { createLifecycle } from './lifecycle.ts';

let counter = 0;

/** A node `n` that runs a shell script, in a run of its own. */
async function nodeOf(script: string, isolation?: Isolation): Promise<Launch> {
  counter++;
  const runId = `lifecycle-${process.pid}-${counter}`;
  const directory = newDirectory(runId);
  const home = homeOf(directory, 'n');
  await mkdir(home.data, { recursive: true });
  await writeFile(home.hosts, '127.0.0.1 localhost\n');
  await writeFile(join(directory, 'nsswitch.conf'), 'hosts: files dns\n');
  onTestFinished(async () => {
    await killAll({ runId, directory }, 5000);
    await removeDirectory(directory, runId);
  });
  const program = { path: '/bin/sh', args: [], env: { MARK: 'ours' }, seed: null };
  return { runId, directory, node: 'n', home, program, args: ['-c', script], isolation };
}

async function bystander(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const identity = identityOf(child.pid ?? 0);
  if (identity === undefined) throw new Error('the bystander is gone');
  return identity;
}

describe('the life of a local node', () => {
  it('never touches a process that has its pid now', async () => {
    const node = await nodeOf('exec sleep 60');
    const other = await bystander();
    await writeIdentity(node.home, { ...other, startTime: '1' });
    const lifecycle = createLifecycle(() => node);
    expect(await lifecycle.status('n')).toEqual({ state: 'gone', identity: undefined });
    await lifecycle.kill('n');
    await lifecycle.stop('n', 10);
    await lifecycle.resume('n');
    await expect(lifecycle.pause('n')).rejects.toThrow('does not run');
    const started = await lifecycle.start('n');
    expect(started).not.toEqual(other);
    expect(isAlive(other)).toBe(true);
  });

  it('finds a process that nobody wrote down, also one that wiped its environment', async () => {
    const node = await nodeOf('exec env -i sleep 60');
    const lifecycle = createLifecycle(() => node);
    const identity = await lifecycle.start('n');
    await rm(node.home.identity);
    expect(await lifecycle.status('n')).toEqual({ state: 'running', identity });
    await rm(node.home.identity);
    await lifecycle.kill('n');
    expect(findProcesses(node)).toEqual([]);
  });

  it('kills what it started with it, and finds orphans that write elsewhere by their environment', async () => {
    const node = await nodeOf('sleep 60 & setsid sleep 61 > /dev/null 2>&1 & exec sleep 62');
    const lifecycle = createLifecycle(() => node);
    await lifecycle.start('n');
    await expect.poll(() => findProcesses(node).filter((each) => each.isLeader).length).toBe(2);
    await expect.poll(() => findProcesses(node).length).toBe(3);
    await lifecycle.kill('n');
    await expect.poll(() => findProcesses(node).length).toBe(1);
    expect((await lifecycle.status('n')).state).toBe('gone');
    await killAll(node, 5000);
    expect(findProcesses(node)).toEqual([]);
  });

  it('says why a program cannot be started, in its own words', async () => {
    const unmountable = {
      argv: ['sh', '-c', 'echo no such namespace >&2; exit 3', 'sh'],
      keepsPid: true,
      keepsEnv: true,
    };
    const node = await nodeOf('exit 0', unmountable);
    await expect(createLifecycle(() => node).start('n')).rejects.toMatchObject({
      code: 'CLUSTER_FAILED',
      at: 'n',
      message: 'cannot be started: exit code 3: no such namespace',
    });
    const gone = { ...node, home: homeOf('/nowhere', 'n') };
    await expect(createLifecycle(() => gone).start('n')).rejects.toThrow('its data is gone');
  });

  it('is the program’s own where the way to a namespace forks and wipes the environment, as sudo does', async ({
    skip,
  }) => {
    if (process.getuid?.() !== 0) return skip('only root can stand in for sudo');
    // Stands for `sudo -n unshare -m`: a parent that stays, and an environment that does not get through.
    const asSudo = {
      argv: ['sh', '-c', 'env -i PATH="$PATH" unshare -m "$@"; exit $?', 'sh'],
      keepsPid: false,
      keepsEnv: false,
    };
    const node = await nodeOf('echo "$MARK $FIREDRILL_RUN" && exec sleep 60', asSudo);
    const lifecycle = createLifecycle(() => node);
    const identity = await lifecycle.start('n');
    await expect.poll(() => readFile(node.home.log, 'utf8')).toBe(`ours ${node.runId}\n`);
    await expect.poll(() => findProcesses(node).map((each) => each.identity)).toEqual([identity]);
    await lifecycle.pause('n');
    expect((await lifecycle.status('n')).state).toBe('paused');
    await lifecycle.resume('n');
    await lifecycle.stop('n', 5000);
    expect(findProcesses(node)).toEqual([]);
  });
});
