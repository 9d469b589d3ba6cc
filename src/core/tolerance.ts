import { isJsonObject, type Json } from './json.ts';

/**
 * What a probe's value has to be. One of
 * - a scalar: equal to it;
 * - an operator: `equals`, `atMost`, `atLeast`, `between`, `oneOf`, `matches`;
 * - a map of field → tolerance: every field of the value within its own.
 * `2x before` as a bound means twice the value at the end of the warm-up. `perMinute` bounds the slope.
 */
export type Tolerance = ScalarTolerance | OperatorTolerance | FieldTolerance;
export type ScalarTolerance = string | number | boolean | null;
export type Bound = number | { readonly timesBefore: number };
export type OperatorTolerance =
  | { readonly op: 'equals'; readonly value: Json }
  | { readonly op: 'atMost'; readonly value: Bound }
  | { readonly op: 'atLeast'; readonly value: Bound }
  | { readonly op: 'between'; readonly low: number; readonly high: number }
  | { readonly op: 'oneOf'; readonly values: readonly Json[] }
  | { readonly op: 'matches'; readonly pattern: string }
  | { readonly op: 'perMinute'; readonly atMost?: number; readonly atLeast?: number };
export interface FieldTolerance {
  readonly fields: Readonly<Record<string, Tolerance>>;
}

/** What a tolerance says of a value: the words of findings, gates and stop conditions alike. */
export interface Evaluation {
  readonly holds: boolean;
  /**
   * False when the data could not tell (no such field, not a number, nothing before to compare with). It does not hold
   * then, and that is no proof of the opposite: "never" has no more data than "always".
   */
  readonly known: boolean;
  /** What was asked, of the fields that matter: those that are out of tolerance, or all when none is. */
  readonly expected: string;
  readonly actual: string;
}

/** One reading of a probe, on the run's clock. */
export interface Reading {
  readonly atMs: number;
  readonly value: Json;
}

/**
 * Judges one reading. `before` is the reading at the end of the warm-up, for bounds such as `2x before`. What is not
 * in the data (no such field, nothing to compare with, a slope of a single reading) does not hold and is not known.
 * Never throws.
 */
export function evaluate(tolerance: Tolerance, value: Json | undefined, before?: Json): Evaluation {
  return judge(tolerance, value === undefined ? [] : [{ atMs: 0, value }], before);
}

/** Judges a series, in order of time: slopes over all of it, everything else on its last reading. Never throws. */
export function evaluateSeries(tolerance: Tolerance, series: readonly Reading[], before?: Json): Evaluation {
  return judge(tolerance, series, before);
}

/** True if a single reading is not enough to judge it. */
export function needsSeries(tolerance: Tolerance): boolean {
  if (isFields(tolerance)) return Object.values(tolerance.fields).some(needsSeries);
  return isOperator(tolerance) && tolerance.op === 'perMinute';
}

/**
 * Slope of the least-squares line through the points, per minute. Undefined with fewer than two points, or when all
 * of them are of the same moment.
 */
export function slopePerMinute(
  series: readonly { readonly atMs: number; readonly value: number }[],
): number | undefined {
  const n = series.length;
  const meanAt = series.reduce((sum, p) => sum + p.atMs / n, 0);
  const meanValue = series.reduce((sum, p) => sum + p.value / n, 0);
  const spread = series.reduce((sum, p) => sum + (p.atMs - meanAt) ** 2, 0);
  if (n < 2 || spread === 0) return undefined;
  const joint = series.reduce((sum, p) => sum + (p.atMs - meanAt) * (p.value - meanValue), 0);
  return (joint / spread) * 60_000;
}

/** A tolerance in words: `at most 3`, `primaries 1, replicasInStep at least 2`. */
export function describeTolerance(tolerance: Tolerance): string {
  if (isFields(tolerance)) {
    const parts = Object.entries(tolerance.fields).map(([field, inner]) =>
      labelled(field, inner, describeTolerance(inner)),
    );
    return parts.join(', ');
  }
  return isOperator(tolerance) ? describeOperator(tolerance) : show(tolerance);
}

function describeOperator(tolerance: OperatorTolerance): string {
  switch (tolerance.op) {
    case 'equals':
      return show(tolerance.value);
    case 'atMost':
      return `at most ${showBound(tolerance.value)}`;
    case 'atLeast':
      return `at least ${showBound(tolerance.value)}`;
    case 'between':
      return `between ${tolerance.low} and ${tolerance.high}`;
    case 'oneOf':
      return `one of ${tolerance.values.map(show).join(', ')}`;
    case 'matches':
      return `matching /${tolerance.pattern}/`;
    case 'perMinute':
      return `a change per minute of ${slopeBounds(tolerance)}`;
  }
}

function slopeBounds(tolerance: { readonly atMost?: number; readonly atLeast?: number }): string {
  const parts = [
    ...(tolerance.atLeast === undefined ? [] : [`at least ${tolerance.atLeast}`]),
    ...(tolerance.atMost === undefined ? [] : [`at most ${tolerance.atMost}`]),
  ];
  return parts.join(' and ');
}

function judge(tolerance: Tolerance, series: readonly Reading[], before: Json | undefined): Evaluation {
  if (isFields(tolerance)) return judgeFields(tolerance, series, before);
  const expected = describeTolerance(tolerance);
  const last = series.at(-1);
  if (last === undefined) return { expected, ...unknown('no such field') };
  if (!isOperator(tolerance)) return { expected, ...known(same(tolerance, last.value), last.value) };
  if (tolerance.op === 'perMinute') return { expected, ...judgeSlope(tolerance, series) };
  return { expected, ...judgeOperator(tolerance, last.value, before) };
}

function judgeFields(tolerance: FieldTolerance, series: readonly Reading[], before: Json | undefined): Evaluation {
  const judged = Object.entries(tolerance.fields).map(([field, inner]) => {
    const own = series.flatMap(({ atMs, value }) => {
      const of = fieldOf(value, field);
      return of === undefined ? [] : [{ atMs, value: of }];
    });
    // A field that the last reading lacks is missing, whatever earlier ones had.
    const gone = series.length === 0 || fieldOf(series.at(-1)?.value, field) === undefined;
    const result = judge(inner, gone ? [] : own, before === undefined ? undefined : fieldOf(before, field));
    return {
      holds: result.holds,
      known: result.known,
      expected: labelled(field, inner, result.expected),
      actual: labelled(field, inner, result.actual),
    };
  });
  const holds = judged.every((j) => j.holds);
  const matter = holds ? judged : judged.filter((j) => !j.holds);
  return {
    holds,
    // One field that is known not to hold decides, whatever is missing beside it.
    known: holds || judged.some((j) => j.known && !j.holds),
    expected: matter.map((j) => j.expected).join(', '),
    actual: matter.map((j) => j.actual).join(', '),
  };
}

type Judged = Omit<Evaluation, 'expected'>;

function known(holds: boolean, value: Json): Judged {
  return { holds, known: true, actual: show(value) };
}
function unknown(actual: string): Judged {
  return { holds: false, known: false, actual };
}

function judgeOperator(
  tolerance: Exclude<OperatorTolerance, { op: 'perMinute' }>,
  value: Json,
  before: Json | undefined,
): Judged {
  switch (tolerance.op) {
    case 'equals':
      return known(same(tolerance.value, value), value);
    case 'oneOf':
      return known(
        tolerance.values.some((one) => same(one, value)),
        value,
      );
    case 'matches':
      if (typeof value !== 'string') return unknown(`${show(value)}, which is not text`);
      return known(new RegExp(tolerance.pattern).test(value), value);
    case 'between':
      return compare(value, (n) => n >= tolerance.low && n <= tolerance.high);
    case 'atMost':
    case 'atLeast': {
      const bound = resolveBound(tolerance.value, before);
      if (bound === undefined) return unknown(`${show(value)}, with no number before to compare with`);
      const judged = compare(value, (n) => (tolerance.op === 'atMost' ? n <= bound : n >= bound));
      return typeof tolerance.value === 'number'
        ? judged
        : { ...judged, actual: `${judged.actual} (before: ${show(before ?? null)})` };
    }
  }
}

function judgeSlope(
  tolerance: { readonly atMost?: number; readonly atLeast?: number },
  series: readonly Reading[],
): Judged {
  const numbers = series.flatMap(({ atMs, value }) => (typeof value === 'number' ? [{ atMs, value }] : []));
  if (numbers.length < series.length) return unknown('readings that are not numbers');
  const slope = slopePerMinute(numbers);
  if (slope === undefined) return unknown('too few readings for a slope');
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = tolerance;
  return {
    holds: slope <= atMost && slope >= atLeast,
    known: true,
    actual: `${Math.round(slope * 100) / 100} per minute`,
  };
}

function compare(value: Json, holds: (n: number) => boolean): Judged {
  if (typeof value !== 'number') return unknown(`${show(value)}, which is not a number`);
  return known(holds(value), value);
}

function resolveBound(bound: Bound, before: Json | undefined): number | undefined {
  if (typeof bound === 'number') return bound;
  return typeof before === 'number' ? bound.timesBefore * before : undefined;
}

/** Deep equality; the order of a map's keys does not count. */
function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => same(item, b[i] ?? null));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && same(a[k] ?? null, b[k] ?? null))
  );
}

function fieldOf(value: Json | undefined, field: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
function isFields(tolerance: Tolerance): tolerance is FieldTolerance {
  return isJsonObject(tolerance) && 'fields' in tolerance;
}
function isOperator(tolerance: Tolerance): tolerance is OperatorTolerance {
  return isJsonObject(tolerance) && 'op' in tolerance;
}

/** `field text`, and for a field of fields `field.inner text`. */
function labelled(field: string, inner: Tolerance, text: string): string {
  return isFields(inner) ? `${field}: (${text})` : `${field} ${text}`;
}

function showBound(bound: Bound): string {
  return typeof bound === 'number' ? String(bound) : `${bound.timesBefore}x before`;
}

const longest = 200;

/** A value for people, cut where it gets long. */
function show(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
