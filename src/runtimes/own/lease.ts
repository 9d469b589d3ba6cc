// Which N of 127.N.S.T a run has to itself.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeClaim } from '../../core/claim.ts';
import { DrillError } from '../../core/error.ts';
import type { Address } from '../../core/node.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../../core/process-identity.ts';
import { stateDirectory } from '../../core/state-dir.ts';
import { readListeners } from './listeners.ts';

interface Claim {
  readonly runId: string;
  readonly owner: ProcessIdentity;
}

export interface LeaseOptions {
  /** Where the lock files are; firedrill's state directory, if not said. */
  readonly directory?: string;
  /** What listens on this machine, where that is known; else it is looked up. */
  readonly listeners?: readonly Address[];
}

const FIRST = 64;
const LAST = 127;

/**
 * Takes a subnet that no living run has and nobody listens in. Exclusive between processes: a lock file is made whole
 * or not at all. Those of dead owners are taken over. Throws CLUSTER_FAILED when all 64 are taken.
 */
export async function leaseSubnet(runId: string, options: LeaseOptions = {}): Promise<number> {
  const directory = options.directory ?? leaseDirectory();
  const listeners = options.listeners ?? (await readListeners());
  await mkdir(directory, { recursive: true });
  const draft = await writeDraft(directory, runId);
  try {
    for (let subnet = FIRST; subnet <= LAST; subnet++) {
      if (listeners.some(({ host }) => host.startsWith(`127.${subnet}.`))) continue;
      if (await claim(draft, leaseFile(directory, subnet))) return subnet;
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new DrillError('CLUSTER_FAILED', `no free subnet: 127.${FIRST}.0.0 to 127.${LAST}.0.0 are all in use`, {
    at: directory,
    hint: '"firedrill rollback" removes what dead runs left behind.',
  });
}

/** Gives it back if it is still this run's. Idempotent, from any process. */
export async function releaseSubnet(runId: string, subnet: number, options: LeaseOptions = {}): Promise<void> {
  const path = leaseFile(options.directory ?? leaseDirectory(), subnet);
  if ((await readClaim(path))?.runId === runId) await rm(path, { force: true });
}

/**
 * Removes what processes left that died between taking a lease and writing down that they have it: leases of dead
 * owners where nobody listens, and drafts.
 */
export async function sweepLeases(options: LeaseOptions = {}): Promise<void> {
  const directory = options.directory ?? leaseDirectory();
  const listeners = options.listeners ?? (await readListeners());
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const path = join(directory, name);
    const subnet = /^(127\.\d+)\.json$/.exec(name)?.[1];
    const holder = await readClaim(path);
    if (isHeld(holder)) continue;
    if (subnet === undefined) {
      if (identityOf(Number.parseInt(name, 10)) === undefined) await rm(path, { force: true });
    } else if (!listeners.some(({ host }) => host.startsWith(`${subnet}.`))) await giveUp(path, directory);
  }
}

/** Takes it over first: it may have become another one's meanwhile. */
async function giveUp(path: string, directory: string): Promise<void> {
  const draft = await writeDraft(directory, 'nobody');
  try {
    if (await claim(draft, path)) await rm(path, { force: true });
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDraft(directory: string, runId: string): Promise<string> {
  const owner = identityOf(process.pid);
  if (owner === undefined) throw new DrillError('INTERNAL', 'this process has no identity in /proc');
  const draft = join(directory, `${process.pid}.${Math.random().toString(36).slice(2)}.claim`);
  await writeFile(draft, JSON.stringify({ runId, owner } satisfies Claim));
  return draft;
}

function leaseDirectory(): string {
  return join(stateDirectory(), 'leases');
}

function leaseFile(directory: string, subnet: number): string {
  return join(directory, `127.${subnet}.json`);
}

function claim(draft: string, path: string): Promise<boolean> {
  return takeClaim(draft, path, (content) => isHeld(content as Claim | undefined));
}

function isHeld(holder: Claim | undefined): boolean {
  return holder !== undefined && isAlive(holder.owner);
}

async function readClaim(path: string): Promise<Claim | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Claim;
  } catch {
    return undefined;
  }
}
