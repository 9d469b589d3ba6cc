import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

const PATIENCE_MS = 2000;

/**
 * Has the scheduler run a thread as soon as it wants to (SCHED_FIFO, sched(7)); without a pid, the one that calls. On
 * two processors that were four fifths idle, a thread without it waited for its turn for 20 to 50 ms several times a
 * run, and bounds got that much wider. Threads and processes that it makes are not preferred. False where it may not be
 * done: it takes Linux, `chrt`, and root or CAP_SYS_NICE.
 */
export function takePrecedence(pid?: number): boolean {
  try {
    const thread = pid === undefined ? readlinkSync('/proc/thread-self').split('/').at(-1) : String(pid);
    const argv = ['--reset-on-fork', '--fifo', '--pid', '1', thread ?? ''];
    execFileSync('chrt', argv, { stdio: 'ignore', timeout: PATIENCE_MS });
    return true;
  } catch {
    return false;
  }
}
