// What systemd and its like do, as a process of its own: starts a Redis node again, once, when it has died.
//   node supervisor.ts <pid> <delay in ms> <program> <LD_LIBRARY_PATH> <config>
// Prints `watching`. What it starts writes the node's log and lives in the node's mounts, as the node did.
import { spawn } from 'node:child_process';
import { openSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [pid = '', delayMs = '', program = '', libraries = '', config = ''] = process.argv.slice(2);
const [cwd, log] = [readlinkSync(`/proc/${pid}/cwd`), openSync(readlinkSync(`/proc/${pid}/fd/1`), 'a')];
// Kept open: the namespaces outlive the process then.
const namespaces = ['mnt', 'user'].map((kind) => openSync(`/proc/${pid}/ns/${kind}`, 'r'));
const isOwnUser = readlinkSync(`/proc/${pid}/ns/user`) === readlinkSync('/proc/self/ns/user');
const enter = ['--mount=/proc/self/fd/3', ...(isOwnUser ? [] : ['--user=/proc/self/fd/4', '--preserve-credentials'])];
process.stdout.write('watching\n');
while (isAlive()) await sleep(1);
await sleep(Number(delayMs));
const child = spawn('nsenter', [...enter, `--wdns=${cwd}`, program, config], {
  cwd,
  env: { ...process.env, LD_LIBRARY_PATH: libraries },
  detached: true,
  stdio: ['ignore', log, log, ...namespaces],
});
child.once('error', (error) => process.stdout.write(`${error.message}\n`));
child.once('spawn', () => process.stdout.write(`started ${child.pid}\n`));

/** Its parent may not have asked for its end yet. */
function isAlive(): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
