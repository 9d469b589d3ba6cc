// What differences do: the predictions and hazards of a cluster as it is, against those with something changed back. Pure.
import { outcomeText, type RecordedFailure, type ServiceBaseline } from '../../core/baseline.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Hazard, Service } from '../../core/kinds.ts';
import { type Assessment, assess, type Outcome, type ServiceState } from '../predict/assess.ts';
import type { SettingDifference } from './compare.ts';

export interface Effect {
  readonly failures: readonly ChangedOutcome[];
  /** Hazards that are there because of it. */
  readonly brings: readonly RecordedHazard[];
  /** Those that would be there without it. */
  readonly removes: readonly RecordedHazard[];
  /** Those that would be there of more nodes without it. */
  readonly narrows: readonly NarrowedHazard[];
}

interface NarrowedHazard extends Pick<Hazard, 'id' | 'severity'> {
  readonly goneFrom: readonly string[];
  readonly staysOn: readonly string[];
}

type RecordedHazard = Pick<Hazard, 'id' | 'severity' | 'what'>;

export interface ChangedOutcome {
  readonly what: string;
  readonly who: string;
  /** In words: `5.30 s to 7.20 s`, `no outage`. */
  readonly expected: string;
  readonly live: string;
  /** How much later service is back at the latest; undefined where either has no such moment. */
  readonly laterMs: number | undefined;
}

/** Of one setting: everything else is as it is. */
export function effectOfSetting(service: Service, state: ServiceState, difference: SettingDifference): Effect {
  return effectOf(
    assess(service, { ...state, settings: changedBack(state.settings, [difference]) }),
    assess(service, state),
  );
}

interface StructureExpected {
  readonly differences: readonly SettingDifference[];
  readonly expected: ServiceBaseline;
  /** False = something of the live cluster was not told. */
  readonly isWhole: boolean;
}

/** Of all that is no setting, together: settings are taken out of it by changing them back. */
export function effectOfStructure(
  service: Service,
  state: ServiceState,
  { differences, expected, isWhole }: StructureExpected,
): Effect {
  const live = assess(service, { ...state, settings: changedBack(state.settings, differences) });
  const hazards = hazardsBetween(expected.hazards, live.hazards);
  const before = new Map(expected.failures.map((failure) => [failure.what, failure]));
  return {
    failures: distinct(
      live.failures.flatMap((outcome) => {
        const alike = expected.failures.filter(({ what }) => what === outcome.what);
        const was = before.get(outcome.what);
        if (was === undefined || alike.some((failure) => wordsOf(failure) === wordsFor(outcome))) return [];
        return [change(outcome, was)];
      }),
    ),
    ...hazards,
    // What was not told is not gone.
    removes: isWhole ? hazards.removes : [],
  };
}

function effectOf(back: Assessment, live: Assessment): Effect {
  const before = new Map(back.failures.map((outcome) => [keyOf(outcome), outcome]));
  const failures = live.failures.flatMap((outcome) => {
    const was = before.get(keyOf(outcome));
    if (was === undefined || wordsFor(was) === wordsFor(outcome)) return [];
    return [change(outcome, recorded(was))];
  });
  return { failures: distinct(failures), ...hazardsBetween(back.hazards, live.hazards) };
}

function change(outcome: Outcome, was: RecordedFailure): ChangedOutcome {
  const isBand = outcome.outage === 'band' && was.outage === 'band';
  const laterMs = isBand ? (outcome.band?.highMs ?? 0) - (was.highMs ?? 0) : undefined;
  return { what: outcome.what, who: outcome.who, expected: wordsOf(was), live: wordsFor(outcome), laterMs };
}

/** The same of several nodes is told of the first one. */
function distinct(changes: readonly ChangedOutcome[]): readonly ChangedOutcome[] {
  const told = new Set<string>();
  return changes.filter(({ what, expected, live }) => {
    const key = JSON.stringify([what, expected, live]);
    return !told.has(key) && told.add(key);
  });
}

type SomeHazard = RecordedHazard & Partial<Pick<Hazard, 'where'>>;

function hazardsBetween(
  before: readonly SomeHazard[],
  now: readonly SomeHazard[],
): Pick<Effect, 'brings' | 'removes' | 'narrows'> {
  const left = new Map(now.map((hazard) => [hazard.id, hazard]));
  return {
    brings: beyond(now, before),
    removes: before.filter(({ id }) => !left.has(id)).map(({ id, severity, what }) => ({ id, severity, what })),
    narrows: before.flatMap(({ id, severity, where = [] }) => {
      const staysOn = left.get(id)?.where ?? [];
      const goneFrom = where.filter((node) => !staysOn.includes(node));
      return staysOn.length === 0 || goneFrom.length === 0 ? [] : [{ id, severity, goneFrom, staysOn }];
    }),
  };
}

/** Hazards of `some` that `others` do not have, or have of fewer nodes. */
function beyond(some: readonly SomeHazard[], others: readonly SomeHazard[]): readonly RecordedHazard[] {
  return some
    .filter((hazard) => {
      const other = others.find(({ id }) => id === hazard.id);
      if (other === undefined) return true;
      const { where } = other;
      return where !== undefined && (hazard.where ?? []).some((node) => !where.includes(node));
    })
    .map(({ id, severity, what }) => ({ id, severity, what }));
}

/** Settings with the expected values in the place of the live ones. */
function changedBack(settings: Json, differences: readonly SettingDifference[]): Json {
  const changed = structuredClone(settings) as Record<string, Record<string, Json>>;
  for (const { scope, setting, expected, where } of differences) {
    const own = changed[scope];
    if (own === undefined) continue;
    if (where.length === 0) changed[scope] = withValue(own, setting, expected);
    for (const node of where) {
      const config = own[node];
      own[node] = withValue(isJsonObject(config) ? config : {}, setting, expected);
    }
  }
  return changed;
}

function withValue(config: JsonObject, setting: string, value: string | null): Record<string, Json> {
  const { [setting]: _, ...rest } = config;
  return value === null ? rest : { ...rest, [setting]: value };
}

function keyOf({ what, who }: Outcome): string {
  return JSON.stringify([what, who]);
}

function recorded({ what, who, outage, band }: Outcome): RecordedFailure {
  return { what, who: [who], outage, ...(band && { lowMs: band.lowMs, highMs: band.highMs }) };
}

function wordsFor(outcome: Outcome): string {
  return wordsOf(recorded(outcome));
}

function wordsOf(failure: RecordedFailure): string {
  return outcomeText(failure);
}
