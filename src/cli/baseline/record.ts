// A baseline of services that were read: what was told, sorted, so that two of them can be compared line by line.
import packageJson from '../../../package.json' with { type: 'json' };
import { BASELINE_SCHEMA, type Baseline, type ServiceBaseline } from '../../core/baseline.ts';
import type { ServiceView } from '../../core/cluster.ts';
import type { Service } from '../../core/kinds.ts';
import { recordSettings, sorted } from '../../core/recorded-settings.ts';
import { assess, inGroups, type ServiceState } from '../predict/assess.ts';

export interface Recorded {
  readonly name: string;
  readonly service: Service;
  readonly state: ServiceState;
}

export interface RecordedOf {
  readonly target: string;
  readonly environment: string;
  readonly at: Date;
}

/** Pure. */
export function recordBaseline({ target, environment, at }: RecordedOf, services: readonly Recorded[]): Baseline {
  return {
    schema: BASELINE_SCHEMA,
    target,
    environment,
    recordedAt: at.toISOString(),
    firedrill: packageJson.version,
    services: sorted(services.map(({ name, service, state }) => [name, recordService(service, state)] as const)),
  };
}

export function recordService(service: Service, state: ServiceState): ServiceBaseline {
  const { view, settings, zones } = state;
  const { versions = {}, holds = {}, counts = countRoles(view) } = service.outline?.(view) ?? {};
  const { failures, hazards } = assess(service, state);
  const own = Object.keys(view.roles);
  return {
    kind: service.kind,
    counts: sorted(Object.entries(counts)),
    zones: sorted(Object.entries(zones).filter(([node]) => own.includes(node))),
    versions: sorted(Object.entries(versions)),
    holds: sorted(Object.entries(holds).map(([name, numbers]) => [name, { ...numbers }] as const)),
    settings: recordSettings(settings),
    failures: inGroups(failures).map(({ what, who, outage, band }) => ({
      what,
      who,
      outage,
      ...(band === undefined ? {} : { lowMs: band.lowMs, highMs: band.highMs }),
    })),
    hazards: hazards.map(({ id, severity, what }) => ({ id, severity, what })),
  };
}

/** Of a service that says nothing more. */
function countRoles({ roles }: ServiceView): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const role of Object.values(roles).flat()) counts.set(role, (counts.get(role) ?? 0) + 1);
  return Object.fromEntries(counts);
}
