// `targets` and other selectors as they stand in YAML: read into the Selector of drill.ts, with messages that say what was meant.
import { z } from 'zod';
import type { Selector } from './drill.ts';
import { isJsonObject } from './json.ts';

/** What an object selector can be besides a word with an argument. */
export const SELECTOR_KEYS: readonly string[] = ['zone', 'workload', 'oneOf', 'minorityOf', 'majorityOf', 'in', 'is'];

const expected =
  'expected a node, a word such as redis-primary, a list of them, or a map with one key such as { zone: a }';

/** For editors; `drillSchema` holds the definition that it names. */
export const selectorJsonSchema = {
  description: 'Who is meant: resolved over the live cluster at the moment of injection.',
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', minItems: 1, items: { $ref: '#/definitions/selector' } },
    { type: 'object', required: ['in', 'is'], additionalProperties: false, properties: nested(['in', 'is']) },
    {
      type: 'object',
      minProperties: 1,
      maxProperties: 1,
      properties: nested(['zone', 'workload', 'oneOf', 'minorityOf', 'majorityOf']),
      additionalProperties: { type: ['string', 'number'] },
    },
  ],
};

/** A selector in YAML; a Selector in code. Words are checked when the drill is loaded, names when it is planned. */
export function selectorSchema(): z.ZodType<Selector> {
  return z
    .unknown()
    .transform((value, context): Selector => {
      const mistakes: Mistake[] = [];
      const selector = read(value, [], mistakes);
      for (const { path, message, atKey = false } of mistakes) {
        context.issues.push({ code: 'custom', input: value, path, message, params: { atKey } });
      }
      return selector;
    })
    .meta({ $ref: '#/definitions/selector' });
}

interface Mistake {
  readonly path: (string | number)[];
  readonly message: string;
  /** The key is wrong, and not the value. */
  readonly atKey?: boolean;
}

function read(value: unknown, path: (string | number)[], mistakes: Mistake[]): Selector {
  if (typeof value === 'string' && value !== '') return value;
  if (Array.isArray(value) && value.length > 0) return value.map((item, i) => read(item, [...path, i], mistakes));
  if (isJsonObject(value)) return readObject(value, path, mistakes);
  mistakes.push({ path, message: Array.isArray(value) ? 'the list is empty: nobody is meant' : expected });
  return '';
}

function readObject(
  value: Readonly<Record<string, unknown>>,
  path: (string | number)[],
  mistakes: Mistake[],
): Selector {
  const [key, ...others] = Object.keys(value);
  const inner = (name: string): Selector => read(value[name], [...path, name], mistakes);
  const text = (name: string): string => readText(value[name], [...path, name], mistakes);
  if (key === 'in' || key === 'is') {
    const stray = Object.keys(value).filter((name) => name !== 'in' && name !== 'is');
    for (const name of stray)
      mistakes.push({ path: [...path, name], message: `"${name}" cannot stand beside in and is`, atKey: true });
    return { in: text('in'), is: inner('is') };
  }
  if (key === undefined || others.length > 0) {
    mistakes.push({ path, message: `${expected}; this map has ${key === undefined ? 'none' : 'several'}` });
    return '';
  }
  switch (key) {
    case 'zone':
      return { zone: text(key) };
    case 'workload':
      return { workload: text(key) };
    case 'oneOf':
      return { oneOf: inner(key) };
    case 'minorityOf':
      return { minorityOf: inner(key) };
    case 'majorityOf':
      return { majorityOf: inner(key) };
    default:
      return { word: key, arg: text(key) };
  }
}

function readText(value: unknown, path: (string | number)[], mistakes: Mistake[]): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number') return String(value);
  mistakes.push({ path, message: value === undefined ? `"${String(path.at(-1))}" is missing` : 'expected a name' });
  return '';
}

function nested(keys: readonly string[]): Record<string, object> {
  const text = ['zone', 'workload', 'in'];
  return Object.fromEntries(
    keys.map((key) => [key, text.includes(key) ? { type: 'string' } : { $ref: '#/definitions/selector' }]),
  );
}
