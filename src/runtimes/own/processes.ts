// The processes of a run, found without a pid: none is missed, even if nobody has written it down.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrillError } from '../../core/error.ts';
import { identityOf, isAlive, type ProcessIdentity, readProcessStat } from '../../core/process-identity.ts';

/** In the environment of every process of a run. Redis wipes its own: so where stdout goes counts too. */
export const RUN_VARIABLE = 'FIREDRILL_RUN';

/** Whose processes. */
export interface Run {
  readonly runId: string;
  /** Every process of the run writes its log in here. */
  readonly directory?: string;
}

export interface RunProcess {
  readonly identity: ProcessIdentity;
  /** The file that is its stdout, if it is one. */
  readonly log: string | undefined;
  /** It leads its process group, as each node's first process does. Forks of it (a Redis that saves) do not. */
  readonly isLeader: boolean;
}

/** All processes of a run that can be seen, but this one. */
export function findProcesses({ runId, directory }: Run): readonly RunProcess[] {
  const pids = readdirSync('/proc').map(Number);
  return pids
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .flatMap((pid) => {
      const stdout = ifReadable(() => readlinkSync(`/proc/${pid}/fd/1`));
      const log =
        directory !== undefined && stdout?.startsWith(`${directory}/`)
          ? stdout.replace(/ \(deleted\)$/, '')
          : undefined;
      if (log === undefined && !readEnvironment(pid).includes(`${RUN_VARIABLE}=${runId}`)) return [];
      const identity = identityOf(pid);
      return identity === undefined ? [] : [{ identity, log, isLeader: readProcessStat(pid)?.groupId === pid }];
    });
}

function readEnvironment(pid: number): readonly string[] {
  return ifReadable(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))?.split('\0') ?? [];
}

/** undefined for what is somebody else's, and for what has ended. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Signals that very process and its group, or nobody when it is gone: a pid that was used again is never touched. */
export function signalGroup(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  const isLeader = readProcessStat(identity.pid)?.groupId === identity.pid;
  send(isLeader ? -identity.pid : identity.pid, signal);
}

/** Signals that very process alone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (isAlive(identity)) send(identity.pid, signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** True once the process has ended, false if it has not within the deadline. */
export function ended(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  return eventually(() => !isAlive(identity), withinMs);
}

const POLL_MS = 2;

/** Asks until it is so. False when it is not within the deadline. */
export async function eventually(isSo: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const until = process.hrtime.bigint() + BigInt(Math.round(withinMs * 1e6));
  while (!(await isSo())) {
    if (process.hrtime.bigint() > until) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Ends every process of a run, and those that they started meanwhile, with SIGKILL. Throws when one does not go. */
export async function killAll(run: Run, withinMs: number): Promise<void> {
  let left: readonly RunProcess[] = [];
  const isOver = await eventually(() => {
    left = findProcesses(run);
    for (const { identity } of left) signalGroup(identity, 'SIGKILL');
    return left.length === 0;
  }, withinMs);
  if (isOver) return;
  const pids = left.map(({ identity }) => identity.pid).join(', ');
  throw new DrillError('UNDO_FAILED', `these processes of run ${run.runId} do not end: ${pids}`, {
    hint: 'Look at them with "ps", end them, and call "firedrill rollback" again.',
  });
}

const ENDED_WITHIN_MS = 10_000;

/** What every runtime of our own promises of a run whose process died: see `Runtime`. */
export function endProcesses(runId: string): Promise<void> {
  return killAll({ runId }, ENDED_WITHIN_MS);
}
