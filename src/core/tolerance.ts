import type { Json } from './json.ts';

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
