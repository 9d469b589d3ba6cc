// What a run makes in somebody else's cluster besides what its steps do there: topics, keys, groups. Each is on disk before it
// is made, and removed when the run is over, by whoever comes to do it.
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { Json } from '../core/json.ts';
import type { LiveContext, Registry, UndoRecord } from '../core/kinds.ts';
import { UNDO_DEADLINE_MS } from './faults.ts';
import type { Session } from './session.ts';
import type { UndoLog } from './undo-log.ts';

/** Undone last, so numbered first: steps begin here. */
export const FIRST_STEP_SEQ = 1000;

/** Who leaves something: the kind that can remove it, and its name in the drill. */
interface Maker {
  readonly kind: string;
  readonly name: string;
}

export interface TraceContext {
  readonly runId: string;
  readonly undoLog: UndoLog;
  /** Of ours: it goes whole, and nothing has to be removed from it. */
  readonly owned: boolean;
}

/** For one maker each: says what its traces will be. */
export function traceKeeper({ runId, undoLog, owned }: TraceContext): (maker: Maker) => (prior: Json) => Promise<void> {
  let next = 0;
  return ({ kind, name }) => {
    const seq = next++;
    const record: Omit<UndoRecord, 'prior' | 'state'> = {
      v: 1,
      runId,
      seq,
      step: name,
      kind,
      params: null,
      targets: [],
      deadlineMs: UNDO_DEADLINE_MS,
    };
    if (owned) return async () => {};
    return (prior) => undoLog.write({ ...record, prior, state: prior === null ? 'reverted' : 'planned' });
  };
}

/** Who can remove what a record names. */
export function removerOf(
  kind: string,
  { workloads, services }: Registry,
): { revert?(record: UndoRecord, cx: LiveContext): Promise<Evidence> } | undefined {
  return workloads.get(kind) ?? services.get(kind);
}

type RunToClear = Pick<Session, 'undoLog' | 'plan' | 'journal' | 'runId'>;

/** All that is left of them, the last first. The first that could not be removed is thrown at the end. */
export async function removeTraces(session: RunToClear, cx: LiveContext): Promise<void> {
  const { undoLog, plan } = session;
  const left = (await undoLog.records()).filter(
    ({ seq, state }) => seq < FIRST_STEP_SEQ && (state === 'planned' || state === 'injected'),
  );
  const failures: unknown[] = [];
  for (const record of left.reverse()) {
    if (!(await undoLog.claim(record.seq))) continue;
    const remove = removerOf(record.kind, plan.registry)?.revert;
    try {
      const evidence = await remove?.(record, { ...cx, signal: AbortSignal.timeout(record.deadlineMs) });
      await undoLog.mark(record.seq, 'reverted');
      const facts = { what: evidence?.summary ?? 'nothing was left' };
      session.journal.write({ type: 'workload', workload: record.step, state: 'removed', facts });
    } catch (error) {
      await undoLog.mark(record.seq, 'failed');
      failures.push(notRemoved(record, session.runId, error));
    }
  }
  if (failures.length > 0) throw failures[0];
}

function notRemoved({ step }: UndoRecord, runId: string, cause: unknown): DrillError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DrillError('UNDO_FAILED', `what ${step} has made in the cluster could not be removed: ${why}`, {
    hint: `firedrill rollback ${runId}`,
    cause,
  });
}
