// What has to be undone, on disk and fsynced before it is done: `<state>/runs/<run-id>/`. Another process finishes it
// when we die. Nothing here is judged, and nothing of it is under reports/.
import { mkdir, open, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterHandle } from '../core/cluster.ts';
import { DrillError } from '../core/error.ts';
import type { UndoRecord, UndoState } from '../core/kinds.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../core/process-identity.ts';
import { stateDirectory } from '../core/state-dir.ts';

export interface UndoLog {
  readonly runId: string;
  /** The process that owns the run, while it lives. */
  livingOwner(): Promise<ProcessIdentity | undefined>;
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

function namesIn(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch(() => []);
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

async function claim(file: string): Promise<boolean> {
  const mine = JSON.stringify(identityOf(process.pid));
  const create = (): Promise<boolean> =>
    writeFile(file, mine, { flag: 'wx' }).then(
      () => true,
      () => false,
    );
  if (await create()) return true;
  if (isLiving(await readJson(file).catch(() => undefined))) return false;
  // A claimant that died: whoever moves its claim away first may try again.
  const aside = `${file}.${process.pid}.stale`;
  const moved = await rename(file, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return false;
  await unlink(aside);
  return create();
}

function isLiving(owner: unknown): owner is ProcessIdentity {
  return owner !== undefined && owner !== null && isAlive(owner as ProcessIdentity);
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Whole or not at all, and on the disk when it resolves. */
async function writeDurably(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(join(file, '..'));
  } catch (error) {
    throw unwritable(file, error as Error);
  }
}

function unwritable(path: string, cause: Error): DrillError {
  return new DrillError('JOURNAL_FAILED', `could not write ${path}: ${cause.message}`, {
    at: path,
    hint: 'Without an undo record on disk nothing is injected. Is the disk full, or the directory read-only?',
    cause,
  });
}

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
