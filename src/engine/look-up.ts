import type { Position } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';

/** The entry, or an error of the drill: the loader has checked it, unless a plan is made by hand. */
export function lookUp<T>(kinds: ReadonlyMap<string, T>, kind: string, verb: string, at: string): T {
  const found = kinds.get(kind);
  if (found !== undefined) return found;
  throw new DrillError('DRILL_INVALID', `there is no ${verb} "${kind}"`, {
    at,
    hint: `Known: ${[...kinds.keys()].join(', ')}`,
  });
}

export function describePosition(position: Position): string {
  return `${position.file}:${position.line}:${position.col}`;
}
