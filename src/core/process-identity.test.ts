import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityOf, isAlive, readProcessStat } from './process-identity.ts';

describe('a process’s identity', () => {
  it('is the same while it runs and nobody’s after it', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    const identity = identityOf(child.pid ?? 0);
    expect(identity).toEqual(identityOf(child.pid ?? 0));
    expect(identity && isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(identityOf(child.pid ?? 0)).toBeUndefined();
    expect(identity && isAlive(identity)).toBe(false);
  });

  it('is not that of a later process with the same pid, or of another boot', () => {
    const own = identityOf(process.pid);
    expect(own && isAlive({ ...own, startTime: `${Number(own.startTime) - 1}` })).toBe(false);
    expect(own && isAlive({ ...own, bootId: 'another boot' })).toBe(false);
  });

  it('is nobody’s when it has ended and its parent has not asked yet', async () => {
    // The shell becomes a sleep, which never asks what became of the shell's child.
    const script = 'exec 3<&0; (read -r line <&3) & echo $!; exec sleep 60';
    const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(said));
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n');
    parent.stdin.end();
    await expect.poll(() => readProcessStat(pid)?.state).toBe('Z');
    expect(identityOf(pid)).toBeUndefined();
  });

  it('is read whatever the program is called', async () => {
    const child = spawn('sh', ['-c', 'printf "a) b (" > /proc/$$/comm; exec 2>&-; read -r line'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    await expect.poll(() => readProcessStat(child.pid ?? 0)?.state).toBe('S');
    expect(readProcessStat(child.pid ?? 0)?.startTime).toMatch(/^\d+$/);
  });
});
