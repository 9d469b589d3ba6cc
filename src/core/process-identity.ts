// Which process a pid means: a pid is used again, a pid with its start time and the machine's boot id is not.
import { readdirSync, readFileSync } from 'node:fs';
import type { Identity } from './node.ts';

export type ProcessIdentity = Extract<Identity, { type: 'process' }>;

/** What /proc/<pid>/stat says. Linux only. */
export interface ProcessStat {
  /** `R`, `S`, `T` (stopped), `Z` (ended, its parent has not asked yet), … */
  readonly state: string;
  readonly groupId: number;
  /** Field 22: clock ticks since boot, as text. */
  readonly startTime: string;
}

/** undefined when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, and may itself hold brackets and spaces.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields?.[0], fields?.[19]];
  if (fields === undefined || state === undefined || startTime === undefined) return undefined;
  return { state, groupId: Number(fields[2]), startTime };
}

/** The identity of the process that has this pid now; undefined when there is none that runs. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = readProcessStat(pid);
  if (stat === undefined || hasEnded(pid, stat)) return undefined;
  return { type: 'process', pid, startTime: stat.startTime, bootId: bootId() };
}

/** True while the very process that the identity names runs (stopped counts as running). */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now !== undefined && now.startTime === identity.startTime && now.bootId === identity.bootId;
}

/** True when every thread of it is stopped. A JVM's first thread does none of its work. */
export function isStopped(identity: ProcessIdentity): boolean {
  const states = threadsOf(identity.pid).map((thread) => readProcessStat(Number(thread))?.state);
  return isAlive(identity) && states.every((state) => state === 'T');
}

/** A zombie has ended, unless other threads of it still do: they hold its sockets. */
function hasEnded(pid: number, stat: ProcessStat): boolean {
  return (stat.state === 'Z' || stat.state === 'X') && threadsOf(pid).length <= 1;
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

let boot: string | undefined;
function bootId(): string {
  boot ??= readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return boot;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
