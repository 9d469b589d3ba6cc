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

function sleeper(): number {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid ?? 0;
}

describe('precedence', () => {
  it('is had where it may be, and said where not', ({ skip }) => {
    const pid = sleeper();
    const taken = takePrecedence(pid);
    expect(policyOf(pid)).toBe(taken ? SCHED_FIFO : SCHED_OTHER);
    skip(!taken, 'no chrt, or neither root nor CAP_SYS_NICE: only the refusal was seen');
  });

  it('is not had without chrt, and nothing else happens', () => {
    const pid = sleeper();
    vi.stubEnv('PATH', '/nonexistent');
    expect(takePrecedence(pid)).toBe(false);
  });
});
