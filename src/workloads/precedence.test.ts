import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { takePrecedence } from './precedence.ts';

/** sched(7), as field 41 of /proc/<pid>/stat says it. */
const [SCHED_OTHER, SCHED_FIFO] = [0, 1];

function policyOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[41 - 3]);
}

function processorsOf(pid: number): string | undefined {
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}

function sleeper(...through: readonly string[]): number {
  const [program, ...args] = [...through, 'sleep', '60'];
  const child = spawn(program, args);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid ?? 0;
}

describe('precedence', () => {
  it('is had where it may be, and said where not', ({ skip }) => {
    const pid = sleeper();
    const taken = takePrecedence(pid);
    expect(policyOf(pid)).toBe(taken ? SCHED_FIFO : SCHED_OTHER);
    skip(!taken, 'one processor, no chrt, or neither root nor CAP_SYS_NICE: only the refusal was seen');
  });

  it('leaves the others all processors but one: whom it waits for has to go on', async ({ skip }) => {
    const [one, other] = [sleeper(), sleeper()];
    skip(!(takePrecedence(one) && takePrecedence(other)), 'no precedence here: see above');
    expect(processorsOf(one)).toBe(processorsOf(other));
    expect(processorsOf(process.pid)).not.toMatch(/^\d+$/);
  });

  it('is not had where there is one processor only', async () => {
    const pid = sleeper('taskset', '--cpu-list', '0');
    await vi.waitFor(() => expect(processorsOf(pid)).toBe('0'));
    expect([takePrecedence(pid), policyOf(pid)]).toEqual([false, SCHED_OTHER]);
  });

  it('is not had without chrt, and nothing else happens', () => {
    const pid = sleeper();
    vi.stubEnv('PATH', '/nonexistent');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(takePrecedence(pid)).toBe(false);
  });
});
