// What `drift` says, as data: what `--json` prints, and what its text is made of.
import { recordService } from '../baseline/record.ts';
import type { ReadService } from '../predict/read.ts';
import { type Difference, differingSettings, type SettingDifference } from './compare.ts';
import { type Effect, effectOfSetting, effectOfStructure } from './effect.ts';
import type { Expected } from './expected.ts';
import { differingStructure } from './structure.ts';

export interface DriftReport {
  readonly schema: 'firedrill.drift/1';
  readonly target: string;
  readonly environment: string;
  /** In words. */
  readonly against: string;
  readonly services: readonly DriftedService[];
  readonly drifted: boolean;
  /** True if there was nothing that could not be told or compared. */
  readonly complete: boolean;
}

export interface DriftedService {
  readonly name: string;
  readonly kind: string;
  readonly settings: readonly (SettingDifference & { readonly effect: Effect })[];
  /** What is no setting. */
  readonly structure: readonly Difference[];
  /** Of all of `structure` together; undefined = nothing of it differs. */
  readonly effectOfStructure: Effect | undefined;
  readonly untold: readonly string[];
}

export interface DriftOf {
  readonly target: string;
  readonly environment: string;
  readonly expected: Expected;
}

export function reportDrift({ target, environment, expected }: DriftOf, read: readonly ReadService[]): DriftReport {
  const services = read.map((service) => driftOf(service, expected));
  return {
    schema: 'firedrill.drift/1',
    target,
    environment,
    against: expected.words,
    services,
    drifted: services.some(({ settings, structure }) => settings.length + structure.length > 0),
    complete: services.every(({ untold }) => untold.length === 0),
  };
}

function driftOf({ name, service, state, untold }: ReadService, expected: Expected): DriftedService {
  const nothing = { name, kind: service.kind, settings: [], structure: [], effectOfStructure: undefined };
  if (state === undefined) return { ...nothing, untold };
  const expectation = expected.of(name, service.kind);
  if (expectation === undefined)
    return { ...nothing, untold: [...untold, 'nothing is known that it could be held against'] };
  const differences = differingSettings(state.settings, expectation, Object.keys(state.view.roles));
  const structure = differingStructure(recordService(service, state), expectation);
  return {
    name,
    kind: service.kind,
    settings: differences.map((difference) => ({ ...difference, effect: effectOfSetting(service, state, difference) })),
    structure,
    effectOfStructure:
      structure.length === 0
        ? undefined
        : effectOfStructure(service, state, {
            differences,
            expected: expectation.service,
            isWhole: untold.length === 0,
          }),
    untold,
  };
}
