// What a service says of itself in the face of each failure, and what its settings break. Pure.
import type { ServiceView } from '../../core/cluster.ts';
import type { Json } from '../../core/json.ts';
import type { Hazard, NoBand, Service, Zones } from '../../core/kinds.ts';
import type { Band } from '../../core/verdict.ts';

/** As `view` and `settings` returned them, or as they are planned. */
export interface ServiceState {
  readonly view: ServiceView;
  readonly settings: Json;
  readonly zones: Zones;
}

export interface Assessment {
  readonly failures: readonly Outcome[];
  /** The worst first. */
  readonly hazards: readonly Hazard[];
}

/** What becomes of service in one failure of one of those whom it can happen to. */
export interface Outcome {
  /** `primary killed`. */
  readonly what: string;
  /** `redis-1`, `zone a`. */
  readonly who: string;
  /** `band`: it is back by itself, within it. `lasting`: not before somebody acts. */
  readonly outage: 'band' | 'none' | 'lasting' | 'unknown';
  /** Of a lasting one: that of what fails over all the same. */
  readonly band: Band | undefined;
  readonly because: string | undefined;
}

export function assess(service: Service, state: ServiceState): Assessment {
  const { view, settings, zones } = state;
  const failures = (service.failures ?? []).flatMap(({ what, fault, params = {}, cases }) =>
    cases(view, zones).map(({ who, targets }) => ({
      what,
      who,
      ...outcomeOf(service.predict({ fault, params, targets, view, settings })),
    })),
  );
  return { failures, hazards: service.hazards?.(state) ?? [] };
}

function outcomeOf(answer: Band | NoBand): Pick<Outcome, 'outage' | 'band' | 'because'> {
  if (!('because' in answer)) return { outage: 'band', band: answer, because: undefined };
  return { outage: answer.outage ?? 'unknown', band: answer.rest, because: answer.because };
}

/** Failures with all of whom the same is true. */
export interface OutcomeOfSeveral extends Omit<Outcome, 'who'> {
  readonly who: readonly string[];
}

export function inGroups(failures: readonly Outcome[]): readonly OutcomeOfSeveral[] {
  const alike = Map.groupBy(failures, (outcome) => JSON.stringify({ ...outcome, who: '' }));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, who: group.map(({ who }) => who) }];
  });
}
