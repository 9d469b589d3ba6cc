// What a log says while a drill runs: one line for each event that a person would want to read afterwards.
import type { JournalEvent, PhaseName, ProblemEvent, RunStarted, StepEvent } from '../../core/journal.ts';
import { formatMs } from '../../core/units.ts';
import { oneLine } from '../text.ts';

export interface EventLine {
  readonly text: string;
  /** True for what should not be overlooked. */
  readonly bad: boolean;
}

export const phaseNames: Readonly<Record<PhaseName, string>> = {
  preflight: 'preflight',
  gate: 'gate',
  warmUp: 'warm-up',
  method: 'method',
  recovery: 'recovery',
  drain: 'drain',
  restore: 'restore',
};

const phaseMeanings: Readonly<Record<PhaseName, string>> = {
  preflight: 'the cluster is started and checked',
  gate: 'nothing is hurt before the steady state is there',
  warmUp: 'workloads run, nothing is hurt yet',
  method: 'now something is hurt',
  recovery: 'until the steady state is back',
  drain: 'workloads stop, and everything is read back',
  restore: 'is the cluster as it was?',
};

/** Undefined for events that are data only (readings, views, settings, heartbeats). Never more than one line of text. */
export function describeEvent(event: JournalEvent): EventLine | undefined {
  switch (event.type) {
    case 'run':
      return good(describeRun(event));
    case 'phase':
      return describePhase(event);
    case 'step':
      return describeStep(event);
    case 'mark':
      return good(`${event.mark} (${event.source})${event.detail === '' ? '' : `: ${event.detail}`}`);
    case 'problem':
      return describeProblem(event);
    case 'predicted':
      return event.band === undefined
        ? undefined
        : good(
            `predicted: ${event.service ?? 'service'} is back ${formatMs(event.band.lowMs)} to ${formatMs(event.band.highMs)} after ${event.step}`,
          );
    case 'stop':
      return bad(`STOP CONDITION ${event.condition}: ${event.because}; everything is rolled back`);
    case 'steadyAgain':
      return good(`the steady state is back, since ${formatMs(event.byMs)} at the latest`);
    case 'restored':
      return event.clean
        ? good('the cluster is restored')
        : bad(`the cluster is NOT AS BEFORE: ${event.differences.join('; ')}`);
    case 'workload':
      return event.state === 'readBack' ? good(`${event.workload}: read back`) : undefined;
    case 'probe':
    case 'view':
    case 'settings':
    case 'offsets':
    case 'heartbeat':
    case 'machine':
    case 'end':
    case 'rolledBack':
    case 'dryRun':
      return undefined;
  }
}

function describeProblem({ code, at, message, hint }: ProblemEvent): EventLine {
  const next = hint === undefined ? '' : ` → ${hint}`;
  return bad(`PROBLEM ${code}: ${at === undefined ? '' : `${at}: `}${message}${next}`);
}

function describeRun({ runId, runtime, target, seed, warm }: RunStarted): string {
  const where = target === undefined ? runtime : `target ${target}`;
  return `run ${runId} on ${where}${warm === undefined ? '' : ` (cluster: warm, ${warm.name})`}, seed ${seed}`;
}

function describePhase({ phase, state, note }: PhaseEvent): EventLine | undefined {
  return state === 'begin' ? good(`${phaseNames[phase]}: ${note ?? phaseMeanings[phase]}`) : undefined;
}

type PhaseEvent = Extract<JournalEvent, { readonly type: 'phase' }>;

const doing: Readonly<Record<StepEvent['verb'], string>> = {
  fault: 'injecting ',
  action: '',
  waitFor: 'waiting for ',
  revert: 'reverting a step before',
  pause: 'waiting, and nothing is done',
};

function describeStep({ step, verb, kind, state, targets, evidence, error }: StepEvent): EventLine | undefined {
  const proof = evidence === undefined ? '' : `: ${evidence.summary}`;
  const trouble = error === undefined ? '' : `: ${error.message}`;
  const on = targets.length === 0 ? '' : ` on ${targets.join(', ')}`;
  const what = `step ${step}`;
  switch (state) {
    case 'called':
      return good(`${what}: ${doing[verb]}${kind === verb ? '' : kind}${on}`);
    case 'confirmed':
      return good(`${what}: ${verb === 'fault' ? 'in effect' : 'done'}${proof}`);
    case 'failed':
      return bad(`${what}: ${verb === 'fault' ? 'NOT PROVED' : 'FAILED'}${trouble}`);
    case 'ended':
      return undefined;
    case 'revertCalled':
      return good(`${what}: ${verb === 'action' ? 'removing what it left' : 'reverting'}`);
    case 'reverted':
      return good(`${what}: reverted${proof}`);
    case 'revertFailed':
      return bad(`${what}: REVERT FAILED${trouble}`);
  }
}

function good(text: string): EventLine {
  return { text: oneLine(text), bad: false };
}

function bad(text: string): EventLine {
  return { text: oneLine(text), bad: true };
}
