// What a phase is where the usual words for it would not be true: who only watches, and clusters that were there before.
import type { PhaseName, WarmCluster } from '../core/journal.ts';
import type { Plan } from './plan.ts';

type Notes = Partial<Record<PhaseName, string>>;

const WATCHING: Notes = {
  gate: 'how does it stand?',
  warmUp: 'what is healthy is learnt',
  method: 'it is watched, and nothing is done to it',
};
const ON_TARGET: Notes = { preflight: 'the cluster is connected to and looked at; nothing is started' };
const ON_WARM: Notes = { preflight: 'the warm cluster is made ready and checked; nothing is started' };

interface Circumstances {
  readonly plan: Plan;
  readonly header: { readonly warm?: WarmCluster };
  readonly enough?: AbortSignal | undefined;
}

/** Undefined = the usual words are true. */
export function phaseNote(phase: PhaseName, { plan, header, enough }: Circumstances): string | undefined {
  if (enough !== undefined && WATCHING[phase] !== undefined) return WATCHING[phase];
  if (plan.runtime.found !== undefined) return ON_TARGET[phase];
  return header.warm === undefined ? undefined : ON_WARM[phase];
}
