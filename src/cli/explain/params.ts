// What a kind takes in `with`, in words, from its own schema.
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { duration, rate, writeDuration } from '../../core/units.ts';
import { OPERATORS } from '../../drill/tolerance-schema.ts';
import { valueWord } from '../plan/words.ts';

export interface ParamDescription {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** As it would stand in YAML. */
  readonly default: string | undefined;
  /** Empty where its author has given none. */
  readonly description: string;
  readonly schema: JsonObject;
}

export function describeParams(params: z.ZodType): readonly ParamDescription[] {
  const { properties, required } = jsonSchemaOf(params);
  const needed = Array.isArray(required) ? (required as readonly Json[]) : [];
  const defaults = defaultsOf(params);
  return Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, schema]) => {
    if (!isJsonObject(schema)) return [];
    const { description } = schema;
    const usual = defaults.get(name);
    return [
      {
        name,
        type: typeWords(schema),
        required: needed.includes(name),
        default: usual === undefined ? undefined : defaultWords(schema, usual),
        description: typeof description === 'string' ? description : '',
        schema,
      },
    ];
  });
}

/** All of it but its name. */
export function paramWords({ type, required, default: usual, description }: ParamDescription): string {
  const need = required ? ', required' : usual === undefined ? '' : `, by default ${usual}`;
  return `${type}${need}${description === '' ? '' : `: ${description}`}`;
}

/** Zod's own JSON Schema leaves out the defaults of what is transformed: every duration and rate. */
function defaultsOf(params: z.ZodType): ReadonlyMap<string, Json> {
  let schema: z.core.$ZodType = params;
  while (schema instanceof z.ZodPipe) schema = schema.in;
  if (!(schema instanceof z.ZodObject)) return new Map();
  return new Map(
    Object.entries(schema.shape as Readonly<Record<string, z.core.$ZodType>>).flatMap(([name, field]) =>
      field instanceof z.ZodDefault ? [[name, field.def.defaultValue as Json]] : [],
    ),
  );
}

function jsonSchemaOf(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' }) as unknown as JsonObject;
}

/** Texts with a unit are known by their pattern: a number of milliseconds is what the code has, and not YAML. */
export const durationPattern = jsonSchemaOf(duration())['pattern'];
export const ratePattern = jsonSchemaOf(rate())['pattern'];

function defaultWords(schema: JsonObject, usual: Json): string {
  if (typeof usual === 'number' && schema['pattern'] === ratePattern) return `${usual}/s`;
  if (typeof usual === 'number' && schema['pattern'] === durationPattern) {
    return writeDuration(usual);
  }
  if (usual === '') return 'empty';
  const none = isJsonObject(usual) ? Object.keys(usual).length === 0 : Array.isArray(usual) && usual.length === 0;
  return none ? 'none' : valueWord(usual);
}

function typeWords(schema: JsonObject): string {
  const { $ref, const: only, enum: choices, anyOf, allOf, type } = schema;
  if (typeof $ref === 'string') return referenceWords($ref);
  if (only !== undefined) return valueWord(only);
  if (Array.isArray(choices)) return `one of ${(choices as readonly Json[]).map(valueWord).join(', ')}`;
  const parts = [anyOf, allOf].find((some) => Array.isArray(some));
  if (parts !== undefined) return [...new Set((parts as readonly JsonObject[]).map(typeWords))].join(', or ');
  switch (type) {
    case 'string':
      return textWords(schema);
    case 'integer':
      return `a whole number${boundWords(schema)}`;
    case 'number':
      return `a number${boundWords(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return listWords(schema);
    case 'object':
      return mapWords(schema);
    default:
      return 'a value';
  }
}

function referenceWords($ref: string): string {
  if ($ref.endsWith('/selector')) return 'targets';
  if (!$ref.endsWith('/tolerance')) return 'a value';
  return `a value, a map with one of ${OPERATORS.join(', ')}, or a map of fields to tolerances`;
}

function textWords({ pattern, format }: JsonObject): string {
  if (pattern === durationPattern) return 'a duration such as 500ms, 30s or 2m';
  if (pattern === ratePattern) return 'a rate such as 100/s';
  return format === 'uri' ? 'a URL' : 'text';
}

function boundWords({ minimum, maximum, exclusiveMinimum }: JsonObject): string {
  // Zod says of every integer that it is a safe one.
  const low = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (typeof exclusiveMinimum === 'number') return ` over ${exclusiveMinimum}`;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` of ${low} or more`;
  return high === undefined ? '' : ` of ${high} or less`;
}

function listWords({ items }: JsonObject): string {
  if (Array.isArray(items) || !isJsonObject(items)) return 'a list';
  const each = typeWords(items);
  if (each === 'targets') return 'a list of targets';
  return each === 'text' ? 'a list of texts' : `a list, each ${each}`;
}

function mapWords({ properties, additionalProperties }: JsonObject): string {
  if (isJsonObject(properties)) return `a map with ${Object.keys(properties).join(', ')}`;
  return isJsonObject(additionalProperties) ? `a map of names to ${typeWords(additionalProperties)}` : 'a map';
}
