// What has to be undone, on disk and fsynced before it is done: `<state>/runs/<run-id>/`. Another process finishes it
// when we die. Nothing here is judged, and nothing of it is under reports/.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterHandle } from '../core/cluster.ts';
import type { UndoRecord, UndoState } from '../core/kinds.ts';
import { identityOf, type ProcessIdentity } from '../core/process-identity.ts';
import { stateDirectory } from '../core/state-dir.ts';
import { claim, isLiving, namesIn, readJson, syncDirectory, unwritable, writeDurably } from './durable.ts';

export interface UndoLog {
  readonly runId: string;
  /** The process that owns the run, while it lives. */
  livingOwner(): Promise<ProcessIdentity | undefined>;
  /** Says that somebody has ended the run early; false when that was said before. */
  markInterrupted(): Promise<boolean>;
  saveHandle(handle: ClusterHandle): Promise<void>;
  handle(): Promise<ClusterHandle | undefined>;
  /** Where the run's journal is, if it has one: `reports/<run-id>`. */
  reportDir(): Promise<string | undefined>;
  write(record: UndoRecord): Promise<void>;
  mark(seq: number, state: UndoState): Promise<void>;
  records(): Promise<readonly UndoRecord[]>;
  /** Claims one undo by exclusive create; false when another living process has it. */
  claim(seq: number): Promise<boolean>;
  release(seq: number): Promise<void>;
  /** Forgets the run: everything is undone. */
  remove(): Promise<void>;
}

export function runsDir(): string {
  return join(stateDirectory(), 'runs');
}

/** Runs that have state left, ours among them. */
export async function listRuns(): Promise<readonly string[]> {
  return (await namesIn(runsDir())).filter((name) => !name.startsWith('.')).sort();
}

/** Begins the log of a run that this process owns. It is there with its owner or not at all: without one it counts as dead. */
export async function createUndoLog(runId: string, reportDir?: string): Promise<UndoLog> {
  const draft = join(runsDir(), `.${process.pid}-${runId}`);
  await mkdir(draft, { recursive: true }).catch((cause: Error) => {
    throw unwritable(runsDir(), cause);
  });
  await writeDurably(join(draft, 'owner.json'), identityOf(process.pid));
  if (reportDir !== undefined) await writeDurably(join(draft, 'report.json'), { dir: reportDir });
  await rename(draft, join(runsDir(), runId));
  await syncDirectory(runsDir());
  return openUndoLog(runId);
}

/** Removes logs that processes had only begun when they died. */
export async function sweepDrafts(): Promise<void> {
  for (const name of await namesIn(runsDir())) {
    const pid = /^\.(\d+)-/.exec(name)?.[1];
    if (pid === undefined || identityOf(Number(pid)) !== undefined) continue;
    await rm(join(runsDir(), name), { recursive: true, force: true });
  }
}

/** Opens the log of any run. */
export function openUndoLog(runId: string): UndoLog {
  const dir = join(runsDir(), runId);
  const undoFile = (seq: number): string => join(dir, `undo-${String(seq).padStart(4, '0')}.json`);
  const claimFile = (seq: number): string => join(dir, `undo-${String(seq).padStart(4, '0')}.claim`);
  const records = async (): Promise<readonly UndoRecord[]> => {
    const names = (await readdir(dir)).filter((name) => /^undo-\d+\.json$/.test(name)).sort();
    return Promise.all(names.map(async (name) => (await readJson(join(dir, name))) as UndoRecord));
  };
  return {
    runId,
    records,
    livingOwner: async () => {
      const owner = await readJson(join(dir, 'owner.json')).catch(() => undefined);
      return isLiving(owner) ? owner : undefined;
    },
    markInterrupted: () =>
      writeFile(join(dir, 'interrupted'), '', { flag: 'wx' }).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      ),
    saveHandle: (handle) => writeDurably(join(dir, 'handle.json'), handle),
    handle: async () => (await readJson(join(dir, 'handle.json')).catch(() => undefined)) as ClusterHandle | undefined,
    reportDir: async () => {
      const report = (await readJson(join(dir, 'report.json')).catch(() => undefined)) as { dir: string } | undefined;
      return report?.dir;
    },
    write: (record) => writeDurably(undoFile(record.seq), record),
    mark: async (seq, state) => {
      const record = (await readJson(undoFile(seq))) as UndoRecord;
      await writeDurably(undoFile(seq), { ...record, state });
    },
    claim: (seq) => claim(claimFile(seq)),
    release: (seq) => rm(claimFile(seq), { force: true }),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
