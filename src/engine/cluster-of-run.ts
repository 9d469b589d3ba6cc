// The cluster of one run: made ready before the gate, and taken down, or let go of, at the end.
import type { Clock } from '../core/clock.ts';
import type { Cluster } from '../core/cluster.ts';
import { DrillError } from '../core/error.ts';
import type { JournalSink } from '../core/journal.ts';
import type { LiveContext } from '../core/kinds.ts';
import { checkRights } from './dry-run/rights.ts';
import type { Plan } from './plan.ts';
import type { traceKeeper } from './traces.ts';
import type { UndoLog } from './undo-log.ts';

export interface Preparing {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly journal: JournalSink;
  readonly ending: AbortSignal;
  /** See RunRequest. */
  readonly enough?: AbortSignal | undefined;
  readonly keepTraces: ReturnType<typeof traceKeeper>;
}

/** A cluster of ours starts within the drill's time for it, and what the drill wants in it is made. */
export async function prepareCluster(cluster: Cluster, cx: Preparing): Promise<void> {
  const { plan, clock, journal, ending, keepTraces } = cx;
  const deadline = AbortSignal.timeout(plan.drill.timing.startWithinMs);
  const signal = AbortSignal.any([ending, deadline]);
  const listedBy = rightsCommand(plan, cx.enough !== undefined);
  if (!cluster.owned) await refuseWithoutRights(plan, listedBy, { cluster, clock, journal, signal });
  const preparing = [...plan.services].map(async ([name, service]) => {
    const spec = plan.serviceSpecs.get(name);
    const undoWith = keepTraces({ kind: service.kind, name });
    if (spec !== undefined) await service.prepare?.(spec, { cluster, clock, journal, signal, undoWith });
  });
  await Promise.all(preparing);
}

/**
 * A fault that is denied its second command leaves the first one done. What cannot be found out is no refusal: the cluster
 * itself says so then. Throws PLAN_REFUSED with all that is denied.
 */
async function refuseWithoutRights(plan: Plan, listedBy: string, cx: LiveContext): Promise<void> {
  const items = await checkRights({ plan }, cx);
  const denied = items.flatMap((item) => {
    if (item.about !== 'right' || item.standing !== 'refused') return [];
    return [`${item.right.act.join(' ')} on ${item.nodes.join(', ')} (for ${item.right.neededBy.join(', ')})`];
  });
  if (denied.length === 0) return;
  throw new DrillError('PLAN_REFUSED', `the cluster does not let us do what this drill needs: ${denied.join('; ')}`, {
    hint: `${listedBy} prints the access lists that allow it. Nothing was done.`,
  });
}

/** A watch of no drill goes by the target alone. */
function rightsCommand({ drill, runtime }: Plan, watches: boolean): string {
  const { name, file, workloads } = drill;
  const where = runtime.found === undefined ? '' : ` --target ${runtime.found.target}`;
  if (!watches) return `firedrill rights ${name}${where}`;
  const what = file === name ? '' : ` ${name.replace(/^watch-/, '')}`;
  return `firedrill rights --watch${what}${where}${workloads.length === 0 ? ' --no-writes' : ''}`;
}

export interface TakingDown {
  readonly plan: Plan;
  readonly undoLog: UndoLog;
  readonly withinMs: number;
  onProgress(line: string): void;
}

/**
 * What `open` left half done is adopted from its handle first. The undo log goes only once nothing is left to undo. True when
 * a cluster of ours is gone whole.
 */
export async function takeDownCluster(opened: Cluster | undefined, cx: TakingDown): Promise<boolean> {
  const { plan, undoLog, onProgress, withinMs } = cx;
  const handle = await undoLog.handle();
  const signal = AbortSignal.timeout(withinMs);
  const cluster =
    opened ?? (handle === undefined ? undefined : await plan.runtime.adopt(handle, { onProgress, signal }));
  await cluster?.[Symbol.asyncDispose]();
  const undone = (await undoLog.records()).every((record) => record.state === 'reverted');
  const removed = cluster === undefined || cluster.owned;
  if (undone || removed) await undoLog.remove();
  return removed;
}
