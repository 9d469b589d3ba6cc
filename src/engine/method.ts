// The steps of a drill, in order. Whatever happens, no fault is left in when this returns.
import type { ClusterView } from '../core/cluster.ts';
import type { FaultStep, StepSpec } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { StepEvent, StepState } from '../core/journal.ts';
import { evaluate } from '../core/tolerance.ts';
import { formatMs } from '../core/units.ts';
import { runAction } from './actions.ts';
import { asStepError, FaultFailed, type InjectedFault, injectFault, proveStillIn, revertFault } from './faults.ts';
import { hold, rest } from './holds.ts';
import { describePosition } from './look-up.ts';
import { enoughOrEnding, type Session } from './session.ts';
import { FIRST_STEP_SEQ } from './traces.ts';

/** A fault that is in: with the end of its hold, which a `revert` step brings forward. */
interface Held {
  readonly injected: InjectedFault;
  /** False: its inject has failed, and there is only something to undo. */
  readonly proved: boolean;
  readonly cutShort: AbortController;
  readonly over: Promise<void>;
}

export interface MethodRequest {
  /** The cluster in its steady state, before anything was done to it. */
  readonly before: ClusterView;
  /** Problems that did not end the method: the first undo that failed, a fault that did not stay in. */
  onProblem(error: unknown): void;
}

export async function runMethod(session: Session, { before, onProblem }: MethodRequest): Promise<void> {
  const held: Held[] = [];
  const endings: Promise<void>[] = [];
  const cx: MethodContext = { session, before, held, endings, onProblem };
  let seq = FIRST_STEP_SEQ;
  try {
    for (const step of session.plan.drill.method) {
      if (session.ending.aborted) break;
      if (step.verb === 'fault') await faultStep(step, seq++, cx);
      else await otherStep(step, seq++, cx);
    }
    if (!session.ending.aborted) await Promise.all([...held.map(({ over }) => over), ...endings]);
  } finally {
    const left = held.splice(0).reverse();
    // All are looked at before one is undone: two faults may share a node or a link.
    for (const one of left) await endHold(one, cx);
    for (const { injected } of left) await revertFault(injected, session).catch(onProblem);
    await Promise.all(endings);
  }
}

interface MethodContext extends MethodRequest {
  readonly session: Session;
  readonly held: Held[];
  /** Ends of overlapping holds, which come by themselves. */
  readonly endings: Promise<void>[];
}

async function faultStep(step: FaultStep, seq: number, cx: MethodContext): Promise<void> {
  const { session, held } = cx;
  const injected = await injectFault(step, seq, session).catch((error: unknown) => {
    if (error instanceof FaultFailed)
      held.push({ injected: error.injected, proved: false, cutShort: new AbortController(), over: Promise.resolve() });
    throw error instanceof FaultFailed ? error.cause : error;
  });
  const cutShort = new AbortController();
  const signal = AbortSignal.any([session.ending, cutShort.signal]);
  const over = hold(step.hold, session.clock.nowMs(), session, signal);
  const one: Held = { injected, proved: true, cutShort, over };
  held.push(one);
  if (step.hold.type === 'untilEnd') return;
  const end = async (): Promise<void> => {
    await over;
    if (!held.includes(one)) return;
    held.splice(held.indexOf(one), 1);
    await endFault(one, cx);
  };
  if (!step.overlap) return end();
  cx.endings.push(end());
}

async function endFault(one: Held, cx: MethodContext): Promise<void> {
  await endHold(one, cx);
  await revertFault(one.injected, cx.session).catch(cx.onProblem);
}

/** Says whether the fault stayed in until now. */
async function endHold({ injected, proved, cutShort }: Held, { session, onProblem }: MethodContext): Promise<void> {
  cutShort.abort();
  if (!proved) return;
  const { step, record } = injected;
  const targets = record.targets.map(({ node }) => node);
  const event = { type: 'step', step: step.name, verb: 'fault', kind: step.kind, targets } as const;
  await proveStillIn(injected, session).then(
    () => session.journal.write({ ...event, state: 'ended' }),
    (error: unknown) => {
      session.journal.write({ ...event, state: 'failed', error: asStepError(error) });
      onProblem(error);
    },
  );
}

async function otherStep(step: Exclude<StepSpec, FaultStep>, seq: number, cx: MethodContext): Promise<void> {
  const write = (state: StepState, more: Partial<StepEvent> = {}): void =>
    cx.session.journal.write({
      type: 'step',
      step: step.name,
      verb: step.verb,
      kind: kindOf(step),
      state,
      targets: [],
      ...more,
    });
  write('called');
  try {
    const evidence = await perform(step, seq, cx);
    write('confirmed', evidence === undefined ? {} : { evidence });
  } catch (error) {
    write('failed', { error: asStepError(error) });
    throw error;
  }
}

function kindOf(step: Exclude<StepSpec, FaultStep>): string {
  if (step.verb === 'action') return step.kind;
  return step.verb === 'waitFor' ? step.probe.kind : step.verb;
}

async function perform(
  step: Exclude<StepSpec, FaultStep>,
  seq: number,
  cx: MethodContext,
): Promise<StepEvent['evidence']> {
  switch (step.verb) {
    case 'pause':
      await rest(step.ms, enoughOrEnding(cx.session));
      return undefined;
    case 'revert':
      return revertStep(step.step, cx);
    case 'waitFor':
      return waitForStep(step, cx.session);
    case 'action':
      return runAction({ step, seq, before: cx.before }, cx.session);
  }
}

async function revertStep(name: string, cx: MethodContext): Promise<StepEvent['evidence']> {
  const one = cx.held.find(({ injected }) => injected.step.name === name);
  if (one === undefined) return { summary: `${name} had been reverted already`, facts: {} };
  cx.held.splice(cx.held.indexOf(one), 1);
  await endFault(one, cx);
  return { summary: `${name} reverted`, facts: {} };
}

async function waitForStep(
  step: Extract<StepSpec, { verb: 'waitFor' }>,
  session: Session,
): Promise<StepEvent['evidence']> {
  const startMs = session.clock.nowMs();
  let last = 'nothing was read';
  while (!session.ending.aborted && session.clock.nowMs() - startMs < step.atMostMs) {
    const reading = session.samplers.latest(step.probe.name);
    if (reading?.ok === true && reading.startedMs >= startMs) {
      const { holds, expected, actual } = evaluate(step.tolerance, reading.value);
      if (holds)
        return { summary: `${actual} after ${formatMs(reading.atMs - startMs)}`, facts: { value: reading.value } };
      last = `expected ${expected}, is ${actual}`;
    }
    await rest(20, session.ending);
  }
  throw new DrillError('STEADY_STATE_ABSENT', `waited ${formatMs(step.atMostMs)} in vain: ${last}`, {
    at: describePosition(step.position),
  });
}
