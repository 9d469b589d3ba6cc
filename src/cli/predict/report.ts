// What `predict` says, as data: what `--json` prints, and what its text is made of.
import type { SettingsFrom } from '../../core/drill.ts';
import type { Hazard } from '../../core/kinds.ts';
import { assess, inGroups, type OutcomeOfSeveral } from './assess.ts';
import type { ReadService } from './read.ts';

export interface PredictReport {
  readonly schema: 'firedrill.predict/1';
  /** A target by name, or drills. */
  readonly of: { readonly target: string; readonly environment: string } | OfDrills;
  readonly services: readonly PredictedService[];
  /** True if there was nothing that could not be told. */
  readonly complete: boolean;
}

interface OfDrills {
  readonly drills: readonly string[];
  /** Whose settings their cluster would have. */
  readonly settingsFrom?: SettingsFrom;
}

export interface PredictedService {
  readonly name: string;
  readonly kind: string;
  /** False = nothing of it could be read: that it shows no hazard says nothing. */
  readonly told: boolean;
  readonly failures: readonly OutcomeOfSeveral[];
  readonly hazards: readonly Hazard[];
  /** What could not be told of it this time. */
  readonly untold: readonly string[];
  /** What nobody can tell of it, and the rest depends on. */
  readonly unseen: readonly string[];
}

export function reportOn(of: PredictReport['of'], services: readonly ReadService[]): PredictReport {
  const reports = services.map(describe);
  const complete = reports.every(
    ({ untold, failures }) => untold.length === 0 && failures.every(({ outage }) => outage !== 'unknown'),
  );
  return { schema: 'firedrill.predict/1', of, services: reports, complete };
}

function describe({ name, service, state, untold }: ReadService): PredictedService {
  const { failures, hazards } = state === undefined ? { failures: [], hazards: [] } : assess(service, state);
  return {
    name,
    kind: service.kind,
    told: state !== undefined,
    failures: inGroups(failures),
    hazards,
    untold,
    unseen: state === undefined ? [] : (service.unseen?.(state.view) ?? []),
  };
}
