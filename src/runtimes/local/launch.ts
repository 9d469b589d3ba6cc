import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DrillError } from '../../core/error.ts';
import type { NodeName } from '../../core/node.ts';
import type { ProcessIdentity } from '../../core/process-identity.ts';
import { type NodeHome, readLaunched, readLog, writeIdentity } from './home.ts';
import { eventually, RUN_VARIABLE } from './processes.ts';

/** How processes get hosts files of their own on this machine, as the toolchain found out. Survives as JSON. */
export interface Isolation {
  readonly argv: readonly string[];
  readonly keepsPid: boolean;
  readonly keepsEnv: boolean;
}

export interface Program {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
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
 * Starts a node's program in a process group of its own, and in a mount namespace with its hosts file. Resolves when
 * the program itself is what runs. Throws CLUSTER_FAILED with what was printed when it does not come to that.
 */
export async function launch(options: Launch): Promise<ProcessIdentity> {
  const { home, node } = options;
  await rm(home.pid, { force: true });
  const [file = '', ...args] = commandOf(options);
  const log = openSync(home.log, 'a');
  const env = { ...process.env, ...environmentOf(options) };
  const child = spawn(file, args, { cwd: home.data, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  let failure: string | undefined;
  once(child, 'exit').then(
    ([code, signal]) => {
      failure = `it ended at once (${signal ?? `exit code ${code}`})`;
    },
    (error: unknown) => {
      failure = String(error);
    },
  );
  let identity: ProcessIdentity | undefined;
  const settled = async (): Promise<boolean> => {
    identity = await readLaunched(home);
    return identity !== undefined || failure !== undefined;
  };
  const inTime = await eventually(settled, LAUNCHED_WITHIN_MS);
  if (identity === undefined) {
    const why = inTime ? failure : `its launcher was not done after ${LAUNCHED_WITHIN_MS} ms`;
    throw new DrillError('CLUSTER_FAILED', `cannot be started: ${why}${await lastWords(home)}`, { at: node });
  }
  await writeIdentity(home, identity);
  return identity;
}

/** sudo starts a program as root, with no environment and in its own process group: all three are put right here. */
function commandOf({ directory, home, program, args, isolation, ...options }: Launch): string[] {
  const bare = [program.path, ...args];
  if (isolation === undefined) return ['sh', '-c', `${writePid}exec "$@"`, 'sh', home.pid, ...bare];
  const mounts = [home.hosts, join(directory, 'nsswitch.conf')];
  const own = isolation.keepsEnv ? [] : ['env', ...asAssignments({ ...environmentOf({ program, ...options }) })];
  const user = isolation.keepsPid ? [] : ['setsid', 'setpriv', ...asOurselves()];
  return [
    ...isolation.argv,
    'sh',
    '-c',
    `${mountThem}${writePid}exec "$@"`,
    'sh',
    ...mounts,
    home.pid,
    ...user,
    ...own,
    ...bare,
  ];
}

// Some systems ask a daemon for names before they read /etc/hosts: nsswitch.conf says not to.
const mountThem =
  'mount --bind "$1" /etc/hosts || exit; if [ -e /etc/nsswitch.conf ]; then mount --bind "$2" /etc/nsswitch.conf || exit; fi; shift 2; ';
const writePid = 'echo "$$" > "$1" || exit; shift; ';

function environmentOf({ program, runId }: Pick<Launch, 'program' | 'runId'>): Record<string, string> {
  return { ...program.env, [RUN_VARIABLE]: runId };
}

function asAssignments(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}

function asOurselves(): string[] {
  return [`--reuid=${process.getuid?.()}`, `--regid=${process.getgid?.()}`, '--clear-groups'];
}

/** The end of its log, as the end of a sentence. */
async function lastWords(home: NodeHome): Promise<string> {
  const lines = (await readLog(home)).trim().split('\n').slice(-3).join(' | ');
  return lines === '' ? '' : `: ${lines}`;
}
