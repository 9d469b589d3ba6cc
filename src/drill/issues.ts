// zod's issues in the words of a drill's author: what is wrong, what was expected, what was probably meant.
import type { z } from 'zod';
import type { Json } from '../core/json.ts';
import { closest, suggest } from './suggest.ts';

export interface Complaint {
  /** To the value that is wrong; the part of it that exists says where. */
  readonly path: (string | number)[];
  /** Set if it is the key that is wrong and not the value. */
  readonly key?: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

type Issue = z.core.$ZodIssue;

/** What one issue says. `value` and `schema` are those of the root that its path starts from. */
export function complaintsOf(issue: Issue, value: Json, schema: z.core.$ZodType): Complaint[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const input = valueAt(value, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, schema));
    case 'invalid_union':
      return unionComplaints(issue, { path, value, schema });
    case 'invalid_key':
      return issue.issues.map((inner) => invalidKey(inner, path));
    case 'invalid_element':
      return issue.issues.flatMap((inner) => complaintsOf({ ...inner, path }, value, schema));
    default:
      return [isAtKey(issue) ? atKey(issue, path) : plain(issue, path, input)];
  }
}

/** Schemas of ours say so when the key is wrong and not the value. */
function isAtKey(issue: Issue): boolean {
  return issue.code === 'custom' && issue.params?.['atKey'] === true;
}

function atKey(issue: Issue, path: (string | number)[]): Complaint {
  return { path: path.slice(0, -1), key: String(path.at(-1)), message: issue.message, hint: hintFor(issue, undefined) };
}

function unknownKey(key: string, path: (string | number)[], schema: z.core.$ZodType): Complaint {
  const allowed = schemasAt(schema, path).flatMap(keysOf);
  const hint = allowed.length === 0 ? 'nothing can be set here' : suggest(key, allowed);
  return { path, key, message: `unknown key "${key}"`, hint };
}

function invalidKey(issue: Issue, path: (string | number)[]): Complaint {
  const key = String(path.at(-1));
  const { message, hint } = plain(issue, [], key);
  return { path: path.slice(0, -1), key, message, hint };
}

function plain(issue: Issue, path: (string | number)[], input: Json | undefined): Complaint {
  const wanted = issue.message === '' ? expectation(issue) : issue.message;
  if (input === undefined && path.length > 0) {
    return {
      path,
      message: `"${String(path.at(-1))}" is missing${wanted.startsWith('expected') ? `: ${wanted}` : ''}`,
    };
  }
  const complete = !wanted.startsWith('expected') || wanted.includes(';');
  const message = complete ? wanted : `${wanted}, got ${show(input ?? null)}`;
  return { path, message, hint: hintFor(issue, input) };
}

function hintFor(issue: Issue, input: Json | undefined): string | undefined {
  if (issue.code === 'custom' && typeof issue.params?.['hint'] === 'string') return issue.params['hint'];
  if (issue.code === 'invalid_value' && typeof input === 'string') {
    const near = closest(input, issue.values.map(String));
    return near === undefined ? undefined : `did you mean "${near}"?`;
  }
  const isText = issue.code === 'invalid_type' && issue.expected === 'string' && issue.message === '';
  return isText && (typeof input === 'number' || typeof input === 'boolean') ? 'put it in quotes' : undefined;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected ${sized(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `expected ${sized(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return `expected ${'pattern' in issue ? `text that matches ${issue.pattern}` : `a valid ${issue.format}`}`;
    default:
      return 'this value is not allowed here';
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
  never: 'nothing',
};

function sized(origin: string, comparison: string, limit: number | bigint): string {
  if (origin === 'string')
    return limit === 1 && comparison === 'at least' ? 'some text' : `${comparison} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `${comparison} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `${comparison} ${limit}`;
}

interface Root {
  readonly path: (string | number)[];
  readonly value: Json;
  readonly schema: z.core.$ZodType;
}

/** Of a choice, only the branch that was meant is told: the one that the value comes nearest to. */
function unionComplaints(issue: z.core.$ZodIssueInvalidUnion, { path, value, schema }: Root): Complaint[] {
  const ranked = issue.errors
    .map((errors) => ({ errors, distance: distance(errors, valueAt(value, path)) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const input = valueAt(value, path);
  if (best !== undefined && best.distance < wrongType) {
    return best.errors.flatMap((inner) => complaintsOf({ ...inner, path: [...path, ...inner.path] }, value, schema));
  }
  const options = issue.errors.flatMap((errors) =>
    errors.slice(0, 1).map((e) => (e.message === '' ? expectation(e) : e.message)),
  );
  const words = [...new Set(options.map((option) => option.replace(/^expected (one of )?/, '')))];
  const message = issue.message === '' ? `expected ${words.join(' or ')}` : issue.message;
  return [plain({ code: 'custom', path, message, input }, path, input)];
}

const wrongType = 1000;

function distance(errors: readonly Issue[], input: Json | undefined): number {
  return errors.reduce((sum, error) => {
    if (error.code === 'unrecognized_keys') return sum + 10 * error.keys.length;
    if (error.path.length === 0) return sum + wrongType;
    return sum + (error.code === 'invalid_type' && valueAt(input ?? null, error.path) === undefined ? 10 : 1);
  }, 0);
}

/** The schemas that a path leads to: several where there is a choice. */
function schemasAt(schema: z.core.$ZodType, path: readonly (string | number)[]): z.core.$ZodType[] {
  return path.reduce<z.core.$ZodType[]>((schemas, key) => schemas.flatMap((one) => step(one, key)), [schema]);
}

function step(schema: z.core.$ZodType, key: string | number): z.core.$ZodType[] {
  return unwrap(schema).flatMap((one) => {
    const { def } = (one as z.core.$ZodTypes)._zod;
    if (def.type === 'object') return def.shape[String(key)] ?? [];
    if (def.type === 'array') return def.element;
    if (def.type === 'record') return def.valueType;
    return [];
  });
}

function keysOf(schema: z.core.$ZodType): string[] {
  return unwrap(schema).flatMap((one) => {
    const { def } = (one as z.core.$ZodTypes)._zod;
    return def.type === 'object' ? Object.keys(def.shape) : [];
  });
}

/** Without what only wraps a schema (optional, default, transform), and with every branch of a choice. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return unwrap(def.innerType);
    case 'pipe':
      return unwrap(def.in);
    case 'lazy':
      return unwrap(def.getter());
    case 'union':
      return def.options.flatMap(unwrap);
    case 'intersection':
      return [def.left, def.right].flatMap(unwrap);
    default:
      return [schema];
  }
}

function valueAt(value: Json, path: readonly PropertyKey[]): Json | undefined {
  return path.reduce<Json | undefined>((found, key) => {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    return (found as Readonly<Record<PropertyKey, Json>>)[key];
  }, value);
}

/** A value as an author recognises it: short, and a map or list only as such. */
export function show(value: Json): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (value === null) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
