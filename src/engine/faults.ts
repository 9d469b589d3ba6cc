// One fault in a live cluster: resolve who, judge the blast radius, write the undo, inject, and later revert.
import type { ActionStep, FaultStep, Selector } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence, StepEvent, StepState } from '../core/journal.ts';
import type { Json } from '../core/json.ts';
import type { Fault, FaultInput, UndoRecord } from '../core/kinds.ts';
import type { NodeName } from '../core/node.ts';
import { checkBlastRadius } from './blast-radius.ts';
import { describePosition, lookUp } from './look-up.ts';
import { membersOf } from './members.ts';
import { observe, readSettings } from './observe.ts';
import type { Plan } from './plan.ts';
import { liveContext, type Session } from './session.ts';
import { resolveTargets } from './targets.ts';

/** How long an undo may take before it counts as failed. Nothing that ends the run shortens it. */
export const UNDO_DEADLINE_MS = 30_000;
/** How long an inject may take: with this passed, it cannot be said when the fault took effect. */
const INJECT_DEADLINE_MS = 60_000;

export interface InjectedFault {
  readonly step: FaultStep;
  readonly fault: Fault<unknown>;
  readonly record: UndoRecord;
}

/** Resolves once the fault is proved; throws otherwise, and then its undo is in the log all the same. */
export async function injectFault(step: FaultStep, seq: number, session: Session): Promise<InjectedFault> {
  const fault = lookUp(session.plan.registry.faults, step.kind, 'fault', describePosition(step.position));
  const view = await observe(session.plan.services, liveContext(session));
  session.journal.write({ type: 'view', moment: 'inject', view });
  const input = faultInput(step, view, session);
  const touched = fault.touches(input);
  checkBlastRadius(touched, session.plan.drill.blastRadius, session.plan.spec.nodes);
  await writePrediction(step, input, session);
  const record = await undoRecord(step, { seq, fault, input, touched }, session);
  await session.undoLog.write(record);
  session.journal.write(stepEvent(step, 'called', touched));
  try {
    const deadline = AbortSignal.timeout(INJECT_DEADLINE_MS);
    const evidence = await fault.inject(input, liveContext(session, AbortSignal.any([session.ending, deadline])));
    session.journal.write(stepEvent(step, 'confirmed', touched, { evidence }));
  } catch (error) {
    session.journal.write(stepEvent(step, 'failed', touched, { error: asStepError(error) }));
    throw new FaultFailed({ step, fault, record }, error);
  }
  await session.undoLog.mark(seq, 'injected');
  return { step, fault, record };
}

/** An inject that threw may be half done: whoever catches this has something to revert. */
export class FaultFailed extends Error {
  readonly injected: InjectedFault;
  constructor(injected: InjectedFault, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.injected = injected;
  }
}

/** At the end of a hold: throws when the fault is not in any more. */
export async function proveStillIn({ fault, record }: InjectedFault, session: Session): Promise<void> {
  await fault.still?.(record, liveContext(session, AbortSignal.timeout(UNDO_DEADLINE_MS)));
}

/** Undoes it, once, whoever else tries. Throws UNDO_FAILED when it could not. */
export async function revertFault({ step, fault, record }: InjectedFault, session: Session): Promise<void> {
  const targets = record.targets.map(({ node }) => node);
  if (!(await session.undoLog.claim(record.seq))) return;
  session.journal.write(stepEvent(step, 'revertCalled', targets));
  try {
    const evidence = await fault.revert(record, liveContext(session, AbortSignal.timeout(record.deadlineMs)));
    session.journal.write(stepEvent(step, 'reverted', targets, { evidence }));
    await session.undoLog.mark(record.seq, 'reverted');
  } catch (error) {
    session.journal.write(stepEvent(step, 'revertFailed', targets, { error: asStepError(error) }));
    await session.undoLog.mark(record.seq, 'failed');
    throw new DrillError('UNDO_FAILED', `step "${step.name}" could not be undone: ${(error as Error).message}`, {
      at: targets.join(', '),
      hint: `firedrill rollback ${session.runId}`,
      cause: error,
    });
  }
}

export function faultInput(
  step: FaultStep | ActionStep,
  view: FaultInput<unknown>['view'],
  session: Pick<Session, 'plan' | 'cluster' | 'random' | 'workloads'>,
): FaultInput<unknown> {
  const { plan, cluster, random, workloads } = session;
  const members = hurtsProcesses(step, plan) ? { members: membersOf(plan, workloads) } : {};
  const cx = { spec: cluster.spec, view, services: plan.services, random, ...members };
  // A selector is asked several times for one fault, and `oneOf` must choose the same one each time.
  const resolved = new Map<string, readonly string[]>();
  const resolve = (selector: Selector): readonly string[] => {
    const key = JSON.stringify(selector);
    const names = resolved.get(key) ?? resolveTargets(selector, cx);
    resolved.set(key, names);
    return names;
  };
  return {
    params: step.params,
    targets: step.targets === undefined ? [] : resolve(step.targets),
    view,
    cluster,
    resolve,
  };
}

/** A workload among the targets means its processes to what hurts processes, and its links to what hurts links. */
function hurtsProcesses(step: FaultStep | ActionStep, { registry }: Plan): boolean {
  const needs = (step.verb === 'fault' ? registry.faults : registry.actions).get(step.kind)?.needs(step.params) ?? [];
  return needs.includes('lifecycle') && !needs.includes('links');
}

async function undoRecord(
  step: FaultStep,
  {
    seq,
    fault,
    input,
    touched,
  }: { seq: number; fault: Fault<unknown>; input: FaultInput<unknown>; touched: readonly NodeName[] },
  session: Session,
): Promise<UndoRecord> {
  const identities = touched.map(async (node) => ({
    node,
    identity: (await session.cluster.can('lifecycle', node)?.status(node))?.identity,
  }));
  return {
    v: 1,
    runId: session.runId,
    seq,
    step: step.name,
    kind: step.kind,
    params: step.params as Json,
    targets: await Promise.all(identities),
    prior: fault.undo(input),
    deadlineMs: UNDO_DEADLINE_MS,
    state: 'planned',
  };
}

async function writePrediction(step: FaultStep, input: FaultInput<unknown>, session: Session): Promise<void> {
  const { services, registry } = session.plan;
  const settings = await readSettings(services, liveContext(session));
  const fault = lookUp(registry.faults, step.kind, 'fault', step.name);
  for (const [name, service] of services) {
    const view = input.view.services[name];
    if (view === undefined) continue;
    const answer = service.predict({
      fault: step.kind,
      params: step.params,
      targets: fault.touches(input),
      view,
      settings: settings[name] ?? null,
    });
    session.journal.write(
      'because' in answer
        ? {
            type: 'predicted',
            step: step.name,
            service: name,
            band: answer.rest,
            because: answer.because,
            ...(answer.outage === undefined ? {} : { outage: answer.outage }),
          }
        : { type: 'predicted', step: step.name, service: name, band: answer },
    );
  }
}

function stepEvent(
  step: FaultStep,
  state: StepState,
  targets: readonly NodeName[],
  more: { evidence?: Evidence; error?: StepEvent['error'] } = {},
): StepEvent {
  return {
    type: 'step',
    step: step.name,
    verb: 'fault',
    kind: step.kind,
    state,
    targets,
    ...(more.evidence === undefined ? {} : { evidence: more.evidence }),
    ...(more.error === undefined ? {} : { error: more.error }),
  };
}

export function asStepError(error: unknown): NonNullable<StepEvent['error']> {
  if (error instanceof DrillError) return { code: error.code, message: error.message };
  return { code: 'FAULT_NOT_PROVED', message: error instanceof Error ? error.message : String(error) };
}
