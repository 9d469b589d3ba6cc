// Tolerances as they stand in YAML, read into the Tolerance of core/tolerance.ts.
import { z } from 'zod';
import { isJsonObject, type Json } from '../core/json.ts';
import type { Bound, OperatorTolerance, Tolerance } from '../core/tolerance.ts';
import { parseDurationMs } from '../core/units.ts';
import { closest } from './suggest.ts';

const number = { type: 'number' };
const bound = {
  anyOf: [number, { type: 'string', pattern: '^\\d+(\\.\\d+)?(x before|ms|s|m|h|d)$', examples: ['2x before', '5s'] }],
};

const operatorSchemas = {
  equals: { description: 'Equal to this, lists and maps too.' },
  atMost: { description: 'At most this; `2x before` = twice the value at the end of the warm-up.', ...bound },
  atLeast: { description: 'At least this; `0.5x before` = half the value at the end of the warm-up.', ...bound },
  between: { description: '[low, high], both allowed.', type: 'array', items: bound, minItems: 2, maxItems: 2 },
  oneOf: { description: 'Equal to one of these.', type: 'array', minItems: 1 },
  matches: { description: 'Text that matches this regular expression.', type: 'string' },
  perMinute: {
    description: 'Limits of the slope, as change per minute.',
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: { atMost: number, atLeast: number },
  },
};

/** What each operator means, for people. */
export const toleranceOperators: ReadonlyMap<string, string> = new Map(
  Object.entries(operatorSchemas).map(([operator, { description }]) => [operator, description]),
);
export const OPERATORS: readonly string[] = [...toleranceOperators.keys()];

/** For editors; `drillSchema` holds the definition that it names. */
export const toleranceJsonSchema = {
  description: 'What the value has to be: a value, an operator, or a map of field → tolerance.',
  anyOf: [
    { type: ['string', 'number', 'boolean', 'null'] },
    {
      type: 'object',
      minProperties: 1,
      properties: operatorSchemas,
      additionalProperties: { $ref: '#/definitions/tolerance' },
    },
  ],
};

/** A tolerance in YAML; a Tolerance in code. Whether its fields exist is checked against the probe, later. */
export function toleranceSchema(): z.ZodType<Tolerance> {
  return z
    .unknown()
    .transform((value, context): Tolerance => {
      const add = (path: Path, message: string, params: object): void => {
        context.issues.push({ code: 'custom', input: value, path: [...path], message, params });
      };
      const read: Read = {
        mistake: (path, message, hint) => add(path, message, { hint }),
        badKey: (path, message, hint) => add(path, message, { hint, atKey: true }),
      };
      return readTolerance(value as Json | undefined, [], read);
    })
    .meta({ $ref: '#/definitions/tolerance' });
}

/** Truth values of YAML 1.1, and of people. */
const SPOKEN = /^(yes|no|on|off)$/i;

type Path = readonly (string | number)[];
interface Read {
  mistake(path: Path, message: string, hint?: string): void;
  /** The last part of the path is a key that may not stand there. */
  badKey(path: Path, message: string, hint?: string): void;
}

function readTolerance(value: Json | undefined, path: Path, read: Read): Tolerance {
  if (value === undefined || Array.isArray(value)) {
    read.mistake(
      path,
      'expected a value, an operator or a map of fields',
      Array.isArray(value) ? 'a range is { between: [1, 3] }, a choice { oneOf: [1, 3] }' : undefined,
    );
    return null;
  }
  if (typeof value === 'string' && SPOKEN.test(value))
    read.mistake(
      path,
      `"${value}" is a text in YAML 1.2`,
      'true and false are written so; a text that is meant: { equals: … }',
    );
  if (!isJsonObject(value)) return value as Tolerance;
  const keys = Object.keys(value);
  const operators = keys.filter((key) => OPERATORS.includes(key));
  if (keys.length === 0) read.mistake(path, 'expected an operator or fields, and this map is empty');
  if (operators.length === 0) return readFields(value, path, read);
  for (const key of keys.filter((key) => !OPERATORS.includes(key))) {
    read.badKey([...path, key], `"${key}" cannot stand beside the operator ${operators[0]}`);
  }
  return readOperators(value, operators, { ...read, path });
}

function readFields(value: Readonly<Record<string, Json>>, path: Path, read: Read): Tolerance {
  for (const key of Object.keys(value)) {
    const operator = OPERATORS.find((word) => word.toLowerCase() === key.toLowerCase().replace(/[-_]/g, ''));
    if (operator !== undefined) read.badKey([...path, key], `unknown operator "${key}"`, `did you mean "${operator}"?`);
  }
  const fields = Object.entries(value).map(
    ([key, inner]) => [key, readTolerance(inner, [...path, key], read)] as const,
  );
  return { fields: Object.fromEntries(fields) };
}

interface ReadHere extends Read {
  readonly path: Path;
}

function readOperators(value: Readonly<Record<string, Json>>, operators: readonly string[], read: ReadHere): Tolerance {
  const { atMost, atLeast } = value;
  if (operators.length === 2 && atMost !== undefined && atLeast !== undefined) {
    return readRange([atLeast, atMost], read);
  }
  if (operators.length > 1) read.mistake(read.path, `one operator at a time, got ${operators.join(' and ')}`);
  const op = operators[0] ?? '';
  return readOperator(op, value[op] ?? null, { ...read, path: [...read.path, op] });
}

function readOperator(op: string, value: Json, read: ReadHere): OperatorTolerance {
  switch (op) {
    case 'atMost':
    case 'atLeast':
      return { op, value: readBound(value, read) };
    case 'between':
      return readRange(value, read);
    case 'oneOf':
      if (!isList(value) || value.length === 0) read.mistake(read.path, 'expected a list of values');
      return { op, values: isList(value) ? value : [] };
    case 'matches':
      return { op, pattern: readPattern(value, read) };
    case 'perMinute':
      return readSlope(value, read);
    default:
      return { op: 'equals', value };
  }
}

function readBound(value: Json, read: ReadHere): Bound {
  if (typeof value === 'number') return value;
  const before = typeof value === 'string' ? /^(\d+(?:\.\d+)?)x before$/.exec(value) : null;
  if (before !== null) return { timesBefore: Number(before[1]) };
  return readNumber(value, read);
}

/** A number; a duration where the field is one, so that its limit can be written as one. */
function readNumber(value: Json, read: ReadHere): number {
  if (typeof value === 'number') return value;
  const ms = typeof value === 'string' ? parseDurationMs(value) : undefined;
  const field = read.path.findLast((part) => typeof part === 'string' && !OPERATORS.includes(part));
  if (ms !== undefined && String(field ?? '').endsWith('Ms')) return ms;
  const hint = ms === undefined ? undefined : 'durations are for fields that end in Ms';
  read.mistake(read.path, 'expected a number, or a multiple such as 2x before', hint);
  return 0;
}

function readRange(value: Json, read: ReadHere): OperatorTolerance {
  const [low, high] = isList(value) && value.length === 2 ? value.map((one) => readNumber(one, read)) : [];
  if (low === undefined || high === undefined) read.mistake(read.path, 'expected [low, high]');
  else if (low > high) read.mistake(read.path, `nothing is between ${low} and ${high}: the lower one comes first`);
  return { op: 'between', low: low ?? 0, high: high ?? 0 };
}

function readPattern(value: Json, read: ReadHere): string {
  try {
    if (typeof value === 'string') return new RegExp(value).source;
    read.mistake(read.path, 'expected a regular expression as text');
  } catch {
    read.mistake(read.path, 'this is not a regular expression');
  }
  return '';
}

function readSlope(value: Json, read: ReadHere): OperatorTolerance {
  const limits = isJsonObject(value) ? Object.entries(value) : [];
  if (limits.length === 0) read.mistake(read.path, 'expected limits of the change per minute, such as { atMost: 0 }');
  for (const [key, limit] of limits) {
    const known = key === 'atMost' || key === 'atLeast';
    if (!known)
      read.badKey(
        [...read.path, key],
        `unknown key "${key}"`,
        `did you mean "${closest(key, ['atMost', 'atLeast']) ?? 'atMost'}"?`,
      );
    else if (typeof limit !== 'number') read.mistake([...read.path, key], 'expected a number');
  }
  return { op: 'perMinute', ...(Object.fromEntries(limits) as { atMost?: number; atLeast?: number }) };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
