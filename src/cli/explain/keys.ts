// What a key of a drill takes and is for, wherever drills have it.
import type { z } from 'zod';
import {
  assertionShape,
  drillShape,
  holdShape,
  probeShape,
  selfTestShape,
  stepShapes,
  stopConditionShape,
  timingShape,
  topicShape,
  workloadShape,
} from '../../drill/shape.ts';
import { toleranceOperators } from '../../drill/tolerance-schema.ts';
import { layOut } from '../../reporters/console/columns.ts';
import { describeParams, paramWords } from './params.ts';

const places: readonly (readonly [place: string, shape: z.ZodType])[] = [
  ['a drill', drillShape],
  ['cluster', drillShape.shape.cluster],
  ['a topic of the cluster', topicShape],
  ['timing', timingShape],
  ['a workload', workloadShape],
  ['a probe of the hypothesis', probeShape],
  ...Object.entries(stepShapes).map(([verb, shape]) => [`a step with ${verb}`, shape] as const),
  ['hold', holdShape],
  ['a stop condition', stopConditionShape],
  ['an assertion', assertionShape],
  ['a sabotage of selfTest', selfTestShape],
];

/** All the keys that drills can have, of no kind in particular. */
export function drillKeys(): readonly string[] {
  const keys = places.flatMap(([, shape]) => describeParams(shape).map(({ name }) => name));
  return [...new Set([...keys, ...toleranceOperators.keys()])];
}

/** Empty when no drill has such a key. Places where it is the same thing share their lines. */
export function explainKey(key: string, width: number): readonly string[] {
  const rows = [...usesOf(key)].map(([words, where]) => [`in ${where.join(', ')}`, words]);
  if (rows.length === 0) return [];
  const lines = layOut(rows, width - 2).flat();
  return [`${key} · key of a drill`, '', ...lines.map((line) => `  ${line}`)];
}

/** What it is → where it is that. */
function usesOf(key: string): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, string[]>();
  const add = (place: string, words: string): void => void uses.set(words, [...(uses.get(words) ?? []), place]);
  for (const [place, shape] of places) {
    for (const param of describeParams(shape)) if (param.name === key) add(place, paramWords(param));
  }
  const operator = toleranceOperators.get(key);
  if (operator !== undefined) add('a tolerance', operator);
  return uses;
}
