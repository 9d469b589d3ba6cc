import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DrillError } from '../../core/error.ts';
import type { NodeName } from '../../core/node.ts';
import type { ProcessIdentity } from '../../core/process-identity.ts';
import { eventually, RUN_VARIABLE } from '../own/processes.ts';
import { type NodeHome, readLaunched, readLog, writeIdentity } from './home.ts';

/** How processes get hosts files of their own on this machine, as the toolchain found out. Survives as JSON. */
export interface Isolation {
  readonly argv: readonly string[];
  readonly keepsPid: boolean;
  readonly keepsEnv: boolean;
}

export interface Program {
  readonly path: string;
  /** Before the node's own. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly seed: string | null;
}

export interface Launch {
  readonly runId: string;
  readonly directory: string;
  readonly node: NodeName;
  readonly home: NodeHome;
  readonly program: Program;
  readonly args: readonly string[];
  readonly isolation: Isolation | undefined;
}

const LAUNCHED_WITHIN_MS = 5000;

/**
 * Starts a node's program in a process group of its own, and in a mount namespace with its hosts file, when `once`
 * resolves: all but the program itself is ready by then. Resolves when the program itself is what runs. Throws
 * CLUSTER_FAILED with what was printed when it does not come to that; if `once` rejects, nothing was started.
 */
export async function launch(options: Launch, once: Promise<void> = Promise.resolve()): Promise<ProcessIdentity> {
  const { home, node } = options;
  if (!existsSync(home.data)) {
    throw new DrillError('CLUSTER_FAILED', 'cannot be started: its data is gone', { at: home.data });
  }
  await rm(home.pid, { force: true });
  const { endedHow, begin, giveUp } = spawnDetached(options);
  await once.then(begin, (error: unknown) => {
    giveUp();
    throw error;
  });
  let identity: ProcessIdentity | undefined;
  const settled = async (): Promise<boolean> => {
    // In this order: a launcher may end right after it has written the pid down.
    const how = endedHow();
    identity = await readLaunched(home);
    return identity !== undefined || how !== undefined;
  };
  await eventually(settled, LAUNCHED_WITHIN_MS);
  if (identity === undefined) {
    const why = endedHow() ?? `its launcher was not done after ${LAUNCHED_WITHIN_MS} ms`;
    throw new DrillError('CLUSTER_FAILED', `cannot be started: ${why}${await lastWords(home)}`, { at: node });
  }
  await writeIdentity(home, identity);
  return identity;
}

interface Spawned {
  /** undefined while it has not ended. */
  endedHow(): string | undefined;
  /** Lets the program begin. */
  begin(): void;
  /** Ends what has not begun. It ends by itself when this process does. */
  giveUp(): void;
}

function spawnDetached(options: Launch): Spawned {
  const { home } = options;
  const [file = '', ...args] = commandOf(options);
  const log = openSync(home.log, 'a');
  const env = { ...process.env, ...environmentOf(options) };
  const child = spawn(file, args, { cwd: home.data, env, detached: true, stdio: ['pipe', log, log] });
  closeSync(log);
  child.unref();
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  // It may have ended before it was let begin: how is what counts.
  child.stdin?.on('error', () => undefined);
  return {
    endedHow: () =>
      failure ?? child.signalCode ?? (child.exitCode === null ? undefined : `exit code ${child.exitCode}`),
    begin: () => void child.stdin?.end('begin\n'),
    giveUp: () => void child.stdin?.end(),
  };
}

function commandOf(options: Launch): string[] {
  const { directory, home, isolation, program, args } = options;
  const bare = [program.path, ...args];
  if (isolation === undefined) return ['sh', '-c', becomeIt, 'sh', home.pid, ...bare];
  const mounts = [home.hosts, join(directory, 'nsswitch.conf'), home.pid];
  if (isolation.keepsPid && isolation.keepsEnv) {
    return [...isolation.argv, 'sh', '-c', mountThem() + becomeIt, 'sh', ...mounts, ...bare];
  }
  // sudo: as root, without our environment, and with a sudo that stops when its child is stopped.
  const ourselves = [
    'setsid',
    'setpriv',
    `--reuid=${process.getuid?.()}`,
    `--regid=${process.getgid?.()}`,
    '--clear-groups',
  ];
  const own = ['env', ...Object.entries(environmentOf(options)).map(([name, value]) => `${name}=${value}`)];
  return [...isolation.argv, 'sh', '-c', mountThem() + leaveIt, 'sh', ...mounts, ...ourselves, ...own, ...bare];
}

const mountHosts = 'mount --bind "$1" /etc/hosts || exit; ';
// Some systems ask a daemon for names before they read /etc/hosts: nsswitch.conf says not to.
const mountSwitch = 'if [ -e /etc/nsswitch.conf ]; then mount --bind "$2" /etc/nsswitch.conf || exit; fi; ';
const waitForIt = 'read -r begin || exit; ';
const becomeIt = `${waitForIt}echo "$$" > "$1" || exit; shift; exec "$@" < /dev/null`;
const leaveIt = `${waitForIt}pid=$1; shift; "$@" < /dev/null & echo "$!" > "$pid"`;

function mountThem(): string {
  return `${mountHosts}${readsHostsFirst() ? '' : mountSwitch}shift 2; `;
}

function readsHostsFirst(): boolean {
  try {
    return /^hosts:\s*files\b/m.test(readFileSync('/etc/nsswitch.conf', 'utf8'));
  } catch {
    return false;
  }
}

function environmentOf({ program, runId }: Pick<Launch, 'program' | 'runId'>): Record<string, string> {
  return { ...program.env, [RUN_VARIABLE]: runId };
}

/** The end of its log, as the end of a sentence. */
async function lastWords(home: NodeHome): Promise<string> {
  const lines = (await readLog(home)).trim().split('\n').slice(-3).join(' | ');
  return lines === '' ? '' : `: ${lines}`;
}
