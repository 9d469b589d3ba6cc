// A piece of a drill that shows a kind in its place: made from its schema, with what the kind itself says over it.
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Assertion, Registry } from '../../core/kinds.ts';
import type { Section } from '../../drill/kinds.ts';
import { describeParams, durationPattern, ratePattern } from './params.ts';

/** The section of a drill with one entry of that kind; undefined for a kind that is not there. */
export function exampleOf(section: Section, kind: string, registry: Registry): JsonObject | undefined {
  switch (section) {
    case 'services':
      return serviceExample(kind, registry);
    case 'faults': {
      const fault = registry.faults.get(kind);
      const more = { ...targetsFor(fault, registry), hold: '20s' };
      return fault && { method: [entry({ fault: kind }, fault, more)] };
    }
    case 'actions': {
      const action = registry.actions.get(kind);
      return action && { method: [entry({ action: kind }, action, targetsFor(action, registry))] };
    }
    case 'probes': {
      const probe = registry.probes.get(kind);
      const [field] = Object.keys(probe?.fields ?? {});
      const tolerance: JsonObject = field === undefined ? { atLeast: 1 } : { [field]: { atLeast: 1 } };
      const title = 'What a healthy system looks like';
      return probe && { steadyStateHypothesis: { title, probes: [entry({ probe: kind }, probe, { tolerance })] } };
    }
    case 'workloads': {
      const workload = registry.workloads.get(kind);
      const [client] = workload?.clients ?? [];
      const named = { name: 'writes', workload: kind, ...(client === undefined ? {} : { client }) };
      return workload && { workloads: [entry(named, workload, {})] };
    }
    case 'assertions': {
      const assertion = registry.assertions.get(kind);
      return assertion && { assertions: [entry({ assert: kind }, assertion, sharedKeys(assertion, registry))] };
    }
  }
}

function entry(
  head: JsonObject,
  kind: { readonly params: Parameters<typeof describeParams>[0]; readonly example?: JsonObject },
  more: JsonObject,
): JsonObject {
  const { with: given, ...rest } = kind.example ?? {};
  const made = describeParams(kind.params)
    .filter(({ required }) => required)
    .map(({ name, schema }) => [name, makeUp(schema)] as const);
  const params: JsonObject = { ...Object.fromEntries(made), ...(isJsonObject(given) ? given : {}) };
  const all: JsonObject = { ...more, ...rest, ...(Object.keys(params).length === 0 ? {} : { with: params }) };
  const inOrder = Object.keys(all).toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return { ...head, ...Object.fromEntries(inOrder.map((key) => [key, all[key] ?? null])) };
}

/** As the shipped drills have them. */
const ORDER = ['targets', 'of', 'since', 'during', 'probe', 'with', 'tolerance', 'within', 'for', 'hold'];

function targetsFor(kind: { readonly needsTargets: boolean } | undefined, registry: Registry): JsonObject {
  const [service] = registry.services.values();
  const [word] = Object.keys(service?.words ?? {});
  return kind?.needsTargets === true ? { targets: word ?? 'a-node' } : {};
}

function sharedKeys({ requires }: Assertion<unknown>, registry: Registry): JsonObject {
  const [probe] = registry.probes.keys();
  const values: Readonly<Record<Assertion<unknown>['requires'][number], Json>> = {
    of: 'writes',
    since: 'kill',
    during: 'kill',
    probe: probe ?? 'a-probe',
    tolerance: { atLeast: 1 },
    for: '2s',
    within: '30s',
  };
  return Object.fromEntries(requires.map((key) => [key, values[key]]));
}

function serviceExample(kind: string, registry: Registry): JsonObject | undefined {
  const service = registry.services.get(kind);
  if (service === undefined) return undefined;
  const [scope] = Object.entries(service.defaults);
  const [setting] = Object.entries(scope?.[1] ?? {});
  const settings = scope && setting ? { settings: { [scope[0]]: { [setting[0]]: setting[1] } } } : {};
  return { cluster: { services: [kind], ...settings } };
}

/** Some value that the schema takes; a kind whose schema wants more than it says gives an example of its own. */
function makeUp(schema: JsonObject): Json {
  const { examples, default: usual, const: only, enum: choices, anyOf, type, items, minimum, pattern } = schema;
  if (pattern === durationPattern) return '10s';
  if (pattern === ratePattern) return '100/s';
  const [shown] = [examples, choices].flatMap((some) => (Array.isArray(some) ? (some as readonly Json[]) : []));
  const known = [only, usual, shown].find((value) => value !== undefined);
  if (known !== undefined) return known;
  if (Array.isArray(anyOf)) return makeUp((anyOf as readonly JsonObject[])[0] ?? {});
  if (type === 'integer' || type === 'number') return typeof minimum === 'number' && minimum > 1 ? minimum : 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [makeUp(isJsonObject(items) ? items : {})];
  return type === 'object' ? {} : 'text';
}
