import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

const PATIENCE_MS = 2000;

/**
 * Has the scheduler run a thread as soon as it wants to (SCHED_FIFO, sched(7)), on the last processor that it may use;
 * without a pid, the thread that calls. On two processors that were four fifths idle, a thread without it waited for its
 * turn for 20 to 50 ms several times a run, and bounds got that much wider. Threads and processes that it makes are not
 * preferred. False where it may not be done: it takes Linux, `chrt` and `taskset`, root or CAP_SYS_NICE, and a second
 * processor.
 *
 * On one processor, and all of them on the same, because such a thread may turn without end while it waits for one that
 * has no precedence: after a collection of garbage its event loop asks again and again whether V8's own thread has swept.
 * Two of them on two processors kept the whole machine from working for 0.95 s, until the kernel stopped them.
 */
export function takePrecedence(pid?: number): boolean {
  try {
    const thread = pid === undefined ? (readlinkSync('/proc/thread-self').split('/').at(-1) ?? '') : String(pid);
    const processors = processorsOf(thread);
    const last = processors.at(-1);
    if (last === undefined || processors.length < 2) return false;
    run('taskset', '--cpu-list', '--pid', String(last), thread);
    run('chrt', '--reset-on-fork', '--fifo', '--pid', '1', thread);
    return true;
  } catch {
    return false;
  }
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: 'ignore', timeout: PATIENCE_MS });
}

/** `0-2,5`, as the kernel says it, one by one. */
function processorsOf(thread: string): readonly number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${thread}/status`, 'utf8')) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
