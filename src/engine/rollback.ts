// Finishes what a run left behind when its process died: undo, last in first out, then takes an owned cluster down.
import { readSecret } from '../core/access.ts';
import { createClock } from '../core/clock.ts';
import type { ClusterHandle, ClusterSpec } from '../core/cluster.ts';
import { DrillError, describeError } from '../core/error.ts';
import type { LiveContext, Registry, UndoRecord } from '../core/kinds.ts';
import { withoutMembers } from './members.ts';
import { removerOf } from './traces.ts';
import { listRuns, openUndoLog, runsDir, sweepDrafts, type UndoLog } from './undo-log.ts';
import { adoptLent, type SweptCluster, sweepClusters } from './warm/rollback.ts';

export interface RolledBack {
  readonly runId: string;
  /** What was done, a line each. */
  readonly done: readonly string[];
  /** What could not be done; empty = nothing is left. */
  readonly failures: readonly string[];
  /** The cluster was ours, and was taken down whole. */
  readonly removed: boolean;
  /** Where the run's journal is, if it has one. */
  readonly reportDir: string | undefined;
}

/** A run whose owner is dead, before anything is done about it. */
export interface LeftRun {
  readonly runId: string;
  readonly handle: ClusterHandle | undefined;
  readonly reportDir: string | undefined;
  /** How much is left to be undone. */
  readonly open: number;
}

export interface RollbackOptions {
  /** Only this run; without it, every run whose owner is dead. */
  readonly runId?: string | undefined;
  /** True: this run is left as it is, for somebody else to roll back. Default: none is. */
  leaves?(run: LeftRun): boolean;
  onProgress(line: string): void;
  /** Called for each run before it is forgotten, so that what was done can be kept. What it throws is a failure. */
  onRolledBack?(result: RolledBack): Promise<void>;
  /** Called for each warm cluster that was only half made, once it is taken down. */
  onSwept?(cluster: SweptCluster): void;
}

/** Runs of living owners are left alone, and named when they were asked for. */
export async function rollback(registry: Registry, options: RollbackOptions): Promise<readonly RolledBack[]> {
  const results: RolledBack[] = [];
  for (const log of options.runId === undefined ? await deadRuns() : [await requireDead(options.runId)]) {
    if (options.leaves?.(await leftRun(log)) === true) continue;
    results.push(await finish(log, registry, options));
  }
  await sweepDrafts();
  for (const cluster of await sweepClusters(registry, options.onProgress)) options.onSwept?.(cluster);
  for (const runtime of registry.runtimes.values()) await runtime.sweep?.();
  return results;
}

async function deadRuns(): Promise<readonly UndoLog[]> {
  const logs = (await listRuns()).map(openUndoLog);
  const owners = await Promise.all(logs.map((log) => log.livingOwner()));
  return logs.filter((_, at) => owners[at] === undefined);
}

/** A run that has something left, and no process. Throws USAGE for any other. */
export async function requireDead(runId: string): Promise<UndoLog> {
  const left = await listRuns();
  if (!left.includes(runId)) {
    throw new DrillError('USAGE', `there is no run "${runId}" to roll back in ${runsDir()}`, {
      hint: whatIsLeft(
        left,
        (await deadRuns()).map(({ runId: dead }) => dead),
      ),
    });
  }
  const log = openUndoLog(runId);
  if ((await log.livingOwner()) === undefined) return log;
  throw new DrillError('USAGE', `run ${runId} is alive: its own process will roll it back`, {
    hint: `firedrill abort ${runId}`,
  });
}

function whatIsLeft(left: readonly string[], dead: readonly string[]): string {
  if (left.length === 0) return 'Nothing is left of any run.';
  if (dead.length > 0) return `Runs whose processes have died: ${dead.join(', ')}`;
  return left.length === 1
    ? `The only run that is left is alive: ${left[0]}`
    : `All ${left.length} runs that are left are alive.`;
}

async function leftRun(log: UndoLog): Promise<LeftRun> {
  const [handle, reportDir, open] = await Promise.all([log.handle(), log.reportDir(), openRecords(log)]);
  return { runId: log.runId, handle, reportDir, open: open.length };
}

/** A run that is rolled back whole is forgotten, and one that is not can be rolled back again. */
async function finish(log: UndoLog, registry: Registry, options: RollbackOptions): Promise<RolledBack> {
  const undone = await rollBackRun(log, registry, options);
  const result = { runId: log.runId, reportDir: await log.reportDir(), ...undone };
  await options.onRolledBack?.(result);
  if (result.failures.length === 0) await log.remove();
  return result;
}

type Undone = Pick<RolledBack, 'done' | 'failures' | 'removed'>;

async function rollBackRun(log: UndoLog, registry: Registry, options: RollbackOptions): Promise<Undone> {
  const done: string[] = [];
  const failures: string[] = [];
  let removed = false;
  const handle = await log.handle();
  if (handle === undefined) return { done: ['nothing had been started'], failures, removed };
  const runtime = registry.runtimes.get(handle.runtime);
  if (runtime === undefined)
    return { done, failures: [`there is no runtime "${handle.runtime}" to adopt the cluster with`], removed };
  try {
    const signal = AbortSignal.timeout(120_000);
    const adopting = { runtime, runId: log.runId, onProgress: options.onProgress, signal };
    const cluster =
      handle.lent === undefined ? await runtime.adopt(handle, adopting) : await adoptLent(handle, adopting);
    if (cluster === undefined) return { done: ['the warm cluster that it used is gone'], failures, removed: true };
    const cx: LiveContext = { cluster, clock: createClock(), journal: { write: () => undefined }, signal };
    // A cluster of ours goes whole: starting a dead node again only to kill it would prove nothing.
    if (!cluster.owned) await undoAll(log, registry, cx, { done, failures });
    await cluster[Symbol.asyncDispose]();
    removed = cluster.owned;
    if (removed) done.push('the cluster was taken down');
  } catch (error) {
    failures.push(describeError(error));
  }
  return { done, failures, removed };
}

async function undoAll(
  log: UndoLog,
  registry: Registry,
  cx: LiveContext,
  out: { done: string[]; failures: string[] },
): Promise<void> {
  const open = await openRecords(log);
  if (open.length > 0) checkSecrets(cx.cluster.spec);
  for (const record of [...open].reverse()) await undoOne(record, log, { registry, cx, out });
}

/** What is not undone yet, in the order in which it was done. */
export async function openRecords(log: UndoLog): Promise<readonly UndoRecord[]> {
  return (await log.records()).filter((record) => record.state !== 'reverted');
}

/** Before anybody is asked: later a missing password looks like nodes that do not answer. Throws USAGE. */
function checkSecrets({ nodes }: ClusterSpec): void {
  for (const { access } of nodes) if (access?.password !== undefined) readSecret(access.password);
}

async function undoOne(
  record: UndoRecord,
  log: UndoLog,
  { registry, cx, out }: { registry: Registry; cx: LiveContext; out: { done: string[]; failures: string[] } },
): Promise<void> {
  const what = `${record.kind} of step "${record.step}"`;
  const kind =
    registry.faults.get(record.kind) ?? registry.actions.get(record.kind) ?? removerOf(record.kind, registry);
  if (kind?.revert === undefined) {
    out.failures.push(`${what}: nothing of that name can be undone here`);
    return;
  }
  if (!(await log.claim(record.seq))) {
    out.failures.push(`${what}: another process is undoing it`);
    return;
  }
  try {
    const left = await withoutMembers(record);
    const isDone = left.targets.length < record.targets.length && left.targets.length === 0;
    const signal = AbortSignal.timeout(record.deadlineMs);
    const summary = isDone ? 'ended with its runner' : (await kind.revert(left, { ...cx, signal })).summary;
    await log.mark(record.seq, 'reverted');
    out.done.push(`${what}: ${summary}`);
  } catch (error) {
    await log.release(record.seq);
    out.failures.push(`${what}: ${describeError(error)}`);
  }
}
