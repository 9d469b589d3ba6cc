// Warm clusters on disk: `<state>/clusters/<name>/`, beside it `<name>.lock` of who uses it now. They are nobody's run.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterHandle } from '../../core/cluster.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ServiceSpec } from '../../core/kinds.ts';
import { stateDirectory } from '../../core/state-dir.ts';
import { claim, isLiving, namesIn, readJson, writeDurably } from '../durable.ts';

/** What it was made from. On disk before anything of it lives. */
export interface WarmRecord {
  readonly v: 1;
  readonly runtime: string;
  /** Name in the cluster → kind, and what it was made from. */
  readonly services: Readonly<Record<string, { readonly kind: string; readonly spec: ServiceSpec }>>;
}

/** On disk once it was prepared and healthy: a cluster without it is half made. */
export interface WarmReady {
  /** Wall clock, ISO 8601. */
  readonly since: string;
  /** Live settings as they were then. */
  readonly settings: JsonObject;
}

/** Who uses a cluster now: `run 2026…`, `cluster up`. */
export interface Holder {
  readonly pid: number;
  readonly by: string;
}

export interface WarmStore {
  readonly name: string;
  record(): Promise<WarmRecord | undefined>;
  begin(record: WarmRecord): Promise<void>;
  handle(): Promise<ClusterHandle | undefined>;
  saveHandle(handle: ClusterHandle): Promise<void>;
  ready(): Promise<WarmReady | undefined>;
  markReady(ready: WarmReady): Promise<void>;
  /** Forgets the cluster: nothing of it is left. The lock stays. */
  remove(): Promise<void>;
  /** False when a living process has it. */
  lock(by: string): Promise<boolean>;
  unlock(): Promise<void>;
  holder(): Promise<Holder | undefined>;
}

export function clustersDir(): string {
  return join(stateDirectory(), 'clusters');
}

/** All that there are, half made ones among them. */
export async function listClusters(): Promise<readonly WarmStore[]> {
  const names = (await namesIn(clustersDir())).filter((name) => !name.includes('.'));
  return [...names].sort().map(openWarmStore);
}

/** Of a cluster that may not be there yet. */
export function openWarmStore(name: string): WarmStore {
  const dir = join(clustersDir(), name);
  const lockFile = `${dir}.lock`;
  const read = async <T>(file: string): Promise<T | undefined> =>
    (await readJson(join(dir, file)).catch(() => undefined)) as T | undefined;
  const write = (file: string, value: object): Promise<void> => writeDurably(join(dir, file), value);
  return {
    name,
    record: () => read<WarmRecord>('cluster.json'),
    begin: async (record) => {
      await mkdir(dir, { recursive: true });
      await write('cluster.json', record);
    },
    handle: () => read<ClusterHandle>('handle.json'),
    saveHandle: (handle) => write('handle.json', handle),
    ready: () => read<WarmReady>('ready.json'),
    markReady: (ready) => write('ready.json', ready),
    remove: () => rm(dir, { recursive: true, force: true }),
    lock: async (by) => {
      await mkdir(clustersDir(), { recursive: true });
      return claim(lockFile, { by });
    },
    unlock: () => rm(lockFile, { force: true }),
    holder: async () => {
      const owner = await readJson(lockFile).catch(() => undefined);
      return isLiving(owner) ? (owner as typeof owner & Holder) : undefined;
    },
  };
}
