// Acts, and what they leave behind: undone, last in first out, before the cluster is looked at in the end.
import type { ClusterView } from '../core/cluster.ts';
import type { ActionStep } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence, StepEvent, StepState } from '../core/journal.ts';
import type { Json } from '../core/json.ts';
import type { UndoRecord } from '../core/kinds.ts';
import { asStepError, faultInput, UNDO_DEADLINE_MS } from './faults.ts';
import { describePosition, lookUp } from './look-up.ts';
import { observe } from './observe.ts';
import { liveContext, type Session } from './session.ts';

export interface Act {
  readonly step: ActionStep;
  /** Its own among all steps of the run: its undo is kept under it. */
  readonly seq: number;
  /** The cluster in its steady state, before anything was done to it. */
  readonly before: ClusterView;
}

export async function runAction({ step, seq, before }: Act, session: Session): Promise<Evidence> {
  const action = lookUp(session.plan.registry.actions, step.kind, 'action', describePosition(step.position));
  const view = await observe(session.plan.services, liveContext(session));
  const input = faultInput(step, view, session);
  const record: Omit<UndoRecord, 'prior' | 'state'> = {
    v: 1,
    runId: session.runId,
    seq,
    step: step.name,
    kind: step.kind,
    params: step.params as Json,
    targets: input.targets.map((node) => ({ node, identity: undefined })),
    deadlineMs: UNDO_DEADLINE_MS,
  };
  const undoWith = (prior: Json): Promise<void> =>
    session.undoLog.write({ ...record, prior, state: prior === null ? 'reverted' : 'planned' });
  return action.run(input, { ...liveContext(session), workloads: session.workloads, before, undoWith });
}

/** Whatever ended the run. What was undone already is left alone; the first that could not be is thrown at the end. */
export async function undoActions(session: Session): Promise<void> {
  const { undoLog, plan } = session;
  const failures: unknown[] = [];
  const left = (await undoLog.records()).filter(
    ({ kind, state }) => plan.registry.actions.has(kind) && (state === 'planned' || state === 'injected'),
  );
  for (const record of left.reverse())
    await undoAction(record, session).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function undoAction(record: UndoRecord, session: Session): Promise<void> {
  const { undoLog, journal, plan, runId } = session;
  if (!(await undoLog.claim(record.seq))) return;
  const write = (state: StepState, more: Partial<StepEvent> = {}): void => {
    const { step, kind } = record;
    const targets = record.targets.map(({ node }) => node);
    journal.write({ type: 'step', step, verb: 'action', kind, state, targets, ...more });
  };
  const action = lookUp(plan.registry.actions, record.kind, 'action', record.step);
  write('revertCalled');
  try {
    const evidence = await action.revert?.(record, liveContext(session, AbortSignal.timeout(record.deadlineMs)));
    write('reverted', evidence === undefined ? {} : { evidence });
    await undoLog.mark(record.seq, 'reverted');
  } catch (error) {
    write('revertFailed', { error: asStepError(error) });
    await undoLog.mark(record.seq, 'failed');
    throw new DrillError('UNDO_FAILED', `step "${record.step}" could not be undone: ${(error as Error).message}`, {
      hint: `firedrill rollback ${runId}`,
      cause: error,
    });
  }
}
