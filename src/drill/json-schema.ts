// The language as a JSON Schema (draft-07), for editors: completion, descriptions, and mistakes while they are typed.
// It is looser than the loader where a fragment may hold the rest: an entry without its kind is merged into another one.
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Assertion, Described, Registry, Service, Workload } from '../core/kinds.ts';
import { selectorJsonSchema } from '../core/selector.ts';
import { drillShape, STEP_VERBS, type StepVerb } from './shape.ts';
import { toleranceJsonSchema } from './tolerance-schema.ts';

/** The schema of drill files that may name the kinds of this registry. */
export function drillSchema(registry: Registry): JsonObject {
  const shape = convert(drillShape);
  const { properties, required } = shape as unknown as {
    properties: Record<string, JsonObject>;
    required: string[];
  };
  const fromFragments = required.filter((key) => key !== 'title');
  const schema: JsonObject = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A Firedrill drill',
    ...shape,
    required: ['title'],
    ...when({ not: { required: ['use'] } }, { required: fromFragments }),
    properties: { ...properties, ...sections(properties, registry) },
  };
  const definitions = { param, selector: selectorJsonSchema, tolerance: toleranceJsonSchema } as unknown as JsonObject;
  const { $schema, title, ...rest } = allowParams({ ...schema, definitions }) as JsonObject & {
    $schema: Json;
    title: Json;
  };
  return { $schema, title, ...rest };
}

/** The same as it is checked in. */
export function renderSchema(registry: Registry): string {
  return `${JSON.stringify(drillSchema(registry), null, 2)}\n`;
}

const param = { description: 'A value of params.', type: 'string', pattern: '^\\$[A-Za-z][A-Za-z0-9_-]*$' };

function convert(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  return rest as unknown as JsonObject;
}

type Properties = Readonly<Record<string, JsonObject>>;

function sections(properties: Properties, registry: Registry): Properties {
  const list = (key: string, items: JsonObject): JsonObject => ({ ...properties[key], items });
  const item = (key: string): JsonObject => properties[key]?.['items'] as JsonObject;
  const hypothesis = properties['steadyStateHypothesis'] as JsonObject & { properties: Properties };
  const probes = hypothesis.properties['probes'] as JsonObject & { items: JsonObject };
  const probeItem = (items: JsonObject): JsonObject => entry(items, 'probe', [...registry.probes.values()]);
  return {
    cluster: clusterSchema(properties['cluster'] ?? {}, [...registry.services.values()]),
    workloads: list('workloads', entry(item('workloads'), 'workload', [...registry.workloads.values()])),
    steadyStateHypothesis: {
      ...hypothesis,
      required: [],
      properties: { ...hypothesis.properties, probes: { ...probes, items: probeItem(probes.items) } },
    },
    method: list('method', { anyOf: steps(item('method')['anyOf'] as unknown as readonly JsonObject[], registry) }),
    stopConditions: list('stopConditions', probeItem(item('stopConditions'))),
    assertions: list('assertions', entry(item('assertions'), 'assert', [...registry.assertions.values()])),
  };
}

function steps(branches: readonly JsonObject[], registry: Registry): JsonObject[] {
  const kinds: Readonly<Record<StepVerb, readonly Kind[]>> = {
    fault: [...registry.faults.values()],
    action: [...registry.actions.values()],
    waitFor: [...registry.probes.values()],
    revert: [],
    pause: [],
  };
  const others = (verb: StepVerb): JsonObject[] =>
    STEP_VERBS.filter((other) => other !== verb).map((other) => ({ required: [other] }));
  return STEP_VERBS.map((verb, i) => ({
    ...entry(branches[i] ?? {}, verb, kinds[verb]),
    not: { anyOf: others(verb) },
  }));
}

type Kind = Described<unknown> & Partial<Pick<Workload<unknown>, 'clients'> & Pick<Assertion<unknown>, 'requires'>>;

/** An entry of a list: its kind decides what `with` takes. One without a kind needs the name of the entry that it is merged into. */
function entry(shape: JsonObject, verb: string, kinds: readonly Kind[]): JsonObject {
  const {
    required = [],
    properties = {},
    ...rest
  } = shape as JsonObject & { required?: readonly string[]; properties?: Properties };
  const names = kinds.map(({ kind, summary }) => ({ const: kind, description: summary }));
  const kindKey: JsonObject =
    names.length === 0 ? {} : { [verb]: { description: properties[verb]?.['description'] ?? '', oneOf: names } };
  return {
    ...rest,
    properties: {
      ...properties,
      ...kindKey,
      remove: { const: true, description: 'Removes the entry of this name that a fragment has.' },
    },
    anyOf: [{ required: [verb] }, { required: ['name'] }],
    allOf: [when({ required: [verb] }, { required }), ...kinds.map((kind) => forKind(verb, kind))],
  };
}

function forKind(verb: string, { kind, params, clients, requires = [] }: Kind): JsonObject {
  const parameters = convert(params);
  const needed = [...requires, ...(isNeeded(parameters) ? ['with'] : [])];
  const client: JsonObject =
    clients === undefined ? {} : { client: clients.length === 0 ? { not: {} } : { enum: clients } };
  const isKind = { properties: { [verb]: { const: kind } }, required: [verb] };
  return when(isKind, { properties: { with: parameters, ...client }, required: needed });
}

/** `if` and `then`, as pairs: an object literal with a `then` looks like a promise. */
function when(condition: JsonObject, consequence: JsonObject): JsonObject {
  return Object.fromEntries([
    ['if', condition],
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    ['then', consequence],
  ]);
}

function isNeeded(parameters: JsonObject): boolean {
  const required = parameters['required'];
  return Array.isArray(required) && required.length > 0;
}

/** Names of services, and their settings with their defaults: any other setting is allowed too. */
function clusterSchema(cluster: JsonObject, services: readonly Service[]): JsonObject {
  const kinds = services.map(({ kind, summary }) => ({ const: kind, description: summary }));
  const scopes = services
    .flatMap(({ defaults }) => Object.entries(defaults))
    .map(([scope, settings]) => {
      const known = Object.entries(settings).map(([setting, value]) => [setting, { default: value }] as const);
      return [
        scope,
        {
          type: 'object',
          properties: Object.fromEntries(known),
          additionalProperties: { type: ['string', 'number', 'boolean'] },
        },
      ] as const;
    });
  const own = (cluster['properties'] ?? {}) as Properties;
  return {
    ...cluster,
    required: [],
    properties: {
      services: {
        description: 'A list of kinds, or a map of names to kinds.',
        anyOf: [
          { type: 'array', minItems: 1, items: { oneOf: kinds } },
          { type: 'object', minProperties: 1, additionalProperties: { oneOf: kinds } },
        ],
      },
      settings: {
        description: 'Scope → setting → value, over the defaults of the service.',
        type: 'object',
        properties: Object.fromEntries(scopes),
        additionalProperties: false,
      },
      settingsFrom: own['settingsFrom'] ?? {},
      topics: own['topics'] ?? {},
    },
  };
}

/** Wherever the loader would see the value of a parameter, `$name` is right too. */
function allowParams(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(allowParams);
  if (!isJsonObject(schema)) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, literal.includes(key) ? value : allowParams(value)]),
  );
  const { anyOf, ...others } = inner;
  if (Array.isArray(anyOf)) {
    const branches = (anyOf as readonly JsonObject[]).map(withoutParam);
    return branches.some(({ wrapped }) => wrapped)
      ? { ...others, anyOf: [...branches.map(({ schema }) => schema), paramRef] }
      : inner;
  }
  if (!isConstrained(inner)) return inner;
  const { description, default: preset, ...rest } = inner;
  const about = Object.entries({ description, default: preset }).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(about) as JsonObject), anyOf: [rest, paramRef] };
}

const paramRef = { $ref: '#/definitions/param' };

/** A branch of a choice without its own way out: the choice as a whole has one. */
function withoutParam(schema: JsonObject): { readonly schema: JsonObject; readonly wrapped: boolean } {
  const { anyOf, ...others } = schema;
  const [only, ref] = Array.isArray(anyOf) ? (anyOf as readonly JsonObject[]) : [];
  if (anyOf === undefined || ref !== paramRef || only === undefined) return { schema, wrapped: false };
  return { schema: { ...others, ...only }, wrapped: true };
}

/** Keywords whose values are no schemas, and those that only ask which kind an entry is. */
const literal = ['if', 'enum', 'const', 'default', 'examples', 'required', 'not', 'oneOf', 'param', 'remove'];

function isConstrained({ type, pattern, format, enum: choice, const: only }: JsonObject): boolean {
  if (only !== undefined || choice !== undefined || format !== undefined) return true;
  if (type === 'string') return typeof pattern === 'string' && !new RegExp(pattern).test('$name');
  return type === 'number' || type === 'integer' || type === 'boolean';
}
