import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityOf } from '../core/process-identity.ts';
import { acquireLock } from './lock.ts';

async function lockPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-lock-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'a', 'tool.lock');
}

/** Another process that says `held` once it has the lock, and keeps it until it is killed. */
async function holdElsewhere(path: string): Promise<ChildProcess> {
  const lock = JSON.stringify(new URL('./lock.ts', import.meta.url).href);
  const script = `import { acquireLock } from ${lock};
    await acquireLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('acquireLock', () => {
  it('lets one in at a time', async () => {
    const path = await lockPath();
    let inside = 0;
    let most = 0;
    const enter = async (): Promise<void> => {
      await using _lock = await acquireLock(path);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, enter));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('waits for an owner that lives, and says whom it waits for', async () => {
    const path = await lockPath();
    const owner = await holdElsewhere(path);
    const waitedFor: number[] = [];
    const attempt = acquireLock(path, { signal: AbortSignal.timeout(300), onWait: (pid) => waitedFor.push(pid) });
    await expect(attempt).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(waitedFor).toEqual([owner.pid]);
    expect(existsSync(path)).toBe(true);
  });

  it('takes over from an owner that was killed', async () => {
    const path = await lockPath();
    const owner = await holdElsewhere(path);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(existsSync(path)).toBe(true);
    await using _lock = await acquireLock(path);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('takes over from an owner that is dead and not yet reaped', async ({ skip }) => {
    if (process.platform !== 'linux') return skip('the state of a process is read from /proc');
    const path = await lockPath();
    await (await acquireLock(path))[Symbol.asyncDispose]();
    // Stopped, its parent cannot reap it.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; kill -STOP $$'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(line.toString());
    const identity = identityOf(zombie);
    process.kill(zombie, 'SIGKILL');
    await writeFile(path, JSON.stringify(identity));
    await using _lock = await acquireLock(path, { signal: AbortSignal.timeout(2_000) });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('does not take a process with a pid that was used again for the owner', async () => {
    const path = await lockPath();
    await (await acquireLock(path))[Symbol.asyncDispose]();
    await writeFile(path, JSON.stringify({ ...identityOf(process.pid), startTime: '1' }));
    await using _lock = await acquireLock(path, { signal: AbortSignal.timeout(2_000) });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(identityOf(process.pid));
  });

  it('takes over a lock that nobody can read', async () => {
    const path = await lockPath();
    await (await acquireLock(path))[Symbol.asyncDispose]();
    await writeFile(path, '');
    await using _lock = await acquireLock(path, { signal: AbortSignal.timeout(2_000) });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
  });
});
