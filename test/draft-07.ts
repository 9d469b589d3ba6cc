// JSON Schema draft-07, as far as our own schemas go. An unknown keyword throws: nothing is believed to be checked that is not.
import { isJsonObject, type Json, type JsonObject } from '../src/core/json.ts';

/** Where a value breaks a schema, each as `path: keyword`. References are to `#/definitions` of the schema itself. */
export function schemaViolations(value: Json, schema: JsonObject): string[] {
  return violations({ value, path: '', root: schema }, schema);
}

interface Place {
  readonly value: Json;
  readonly path: string;
  readonly root: JsonObject;
}
type Keyword = (place: Place, operand: Json, schema: JsonObject) => string[];

function violations(place: Place, schema: Json): string[] {
  if (typeof schema === 'boolean') return schema ? [] : [`${place.path}: not allowed`];
  if (!isJsonObject(schema)) throw new Error(`no schema for ${place.path}`);
  return Object.entries(schema).flatMap(([name, operand]) => {
    if (silent.includes(name)) return [];
    const keyword = keywords[name];
    if (keyword === undefined) throw new Error(`the keyword ${name} is not known here`);
    return keyword(place, operand, schema);
  });
}

const silent = ['$schema', 'title', 'description', 'default', 'examples', 'definitions', 'then'];

const keywords: Readonly<Record<string, Keyword>> = {
  $ref: (place, ref) => violations(place, at(at(place.root, 'definitions'), text(ref).split('/').at(-1) ?? '')),
  type: (place, type) =>
    unless(
      [type].flat().some((one) => isOfType(place.value, text(one))),
      place,
      'type',
    ),
  const: (place, only) => unless(place.value === only, place, 'const'),
  enum: (place, choice) => unless(items(choice).includes(place.value), place, 'enum'),
  pattern: (place, pattern) =>
    unless(typeof place.value !== 'string' || new RegExp(text(pattern)).test(place.value), place, 'pattern'),
  minLength: (place, n) =>
    unless(typeof place.value !== 'string' || place.value.length >= Number(n), place, 'minLength'),
  minimum: (place, n) => unless(typeof place.value !== 'number' || place.value >= Number(n), place, 'minimum'),
  exclusiveMinimum: (place, n) =>
    unless(typeof place.value !== 'number' || place.value > Number(n), place, 'exclusiveMinimum'),
  maximum: (place, n) => unless(typeof place.value !== 'number' || place.value <= Number(n), place, 'maximum'),
  minItems: (place, n) => unless(!Array.isArray(place.value) || place.value.length >= Number(n), place, 'minItems'),
  maxItems: (place, n) => unless(!Array.isArray(place.value) || place.value.length <= Number(n), place, 'maxItems'),
  minProperties: (place, n) =>
    unless(!isJsonObject(place.value) || keys(place).length >= Number(n), place, 'minProperties'),
  maxProperties: (place, n) =>
    unless(!isJsonObject(place.value) || keys(place).length <= Number(n), place, 'maxProperties'),
  required: (place, names) =>
    isJsonObject(place.value)
      ? items(names)
          .map(text)
          .filter((name) => !keys(place).includes(name))
          .map((name) => `${place.path}: required ${name}`)
      : [],
  items: (place, schema) =>
    elements(place).flatMap((_, i) =>
      violations(below(place, i), Array.isArray(schema) ? (schema[i] ?? true) : schema),
    ),
  additionalItems: (place, schema, { items: fixed }) =>
    elements(place).flatMap((_, i) =>
      Array.isArray(fixed) && i >= fixed.length ? violations(below(place, i), schema) : [],
    ),
  properties: (place, properties) =>
    keys(place)
      .filter((key) => isJsonObject(properties) && key in properties)
      .flatMap((key) => violations(below(place, key), at(properties, key))),
  additionalProperties: (place, schema, { properties = {} }) =>
    keys(place)
      .filter((key) => isJsonObject(properties) && !(key in properties))
      .flatMap((key) => violations(below(place, key), schema)),
  propertyNames: (place, schema) => keys(place).flatMap((key) => violations({ ...place, value: key }, schema)),
  allOf: (place, schemas) => items(schemas).flatMap((schema) => violations(place, schema)),
  anyOf: (place, schemas) =>
    unless(
      items(schemas).some((schema) => holds(place, schema)),
      place,
      'anyOf',
    ),
  oneOf: (place, schemas) =>
    unless(items(schemas).filter((schema) => holds(place, schema)).length === 1, place, 'oneOf'),
  not: (place, schema) => unless(!holds(place, schema), place, 'not'),
  if: (place, condition, { then: consequence = true }) =>
    holds(place, condition) ? violations(place, consequence) : [],
};

function holds(place: Place, schema: Json): boolean {
  return violations(place, schema).length === 0;
}
function unless(ok: boolean, { path }: Place, keyword: string): string[] {
  return ok ? [] : [`${path}: ${keyword}`];
}
function below(place: Place, key: string | number): Place {
  return { ...place, value: at(place.value, key), path: `${place.path}/${key}` };
}
function keys({ value }: Place): string[] {
  return isJsonObject(value) ? Object.keys(value) : [];
}
function elements({ value }: Place): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
function at(value: Json, key: string | number): Json {
  const found = (value as Readonly<Record<string | number, Json>>)[key];
  if (found === undefined) throw new Error(`there is no ${key}`);
  return found;
}
function items(value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw new Error('expected a list');
  return value;
}
function text(value: Json): string {
  if (typeof value !== 'string') throw new Error('expected text');
  return value;
}

function isOfType(value: Json, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}
