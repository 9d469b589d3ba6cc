// `node controlled-process.ts <act> <file>`: a process that somebody else has started, as his systemctl would control it.
// The file holds its pid.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { identityOf, isStopped } from '../../src/core/process-identity.ts';

const [act = '', file = ''] = process.argv.slice(2);

function running() {
  try {
    return identityOf(Number(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function send(signal: NodeJS.Signals): void {
  const found = running();
  if (found !== undefined) process.kill(found.pid, signal);
}

const acts: Readonly<Record<string, () => void>> = {
  start: () => {
    const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    writeFileSync(file, String(child.pid));
    child.unref();
  },
  kill: () => send('SIGKILL'),
  pause: () => send('SIGSTOP'),
  resume: () => send('SIGCONT'),
  status: () => {
    const found = running();
    const state = found === undefined ? 'gone' : isStopped(found) ? 'paused' : 'running';
    process.stdout.write(`${state} ${found === undefined ? '' : `${found.pid} ${found.startTime}`}\n`);
  },
  fails: () => {
    process.stderr.write('ssh: no route to host\n');
    process.exitCode = 255;
  },
};
acts[act]?.();
