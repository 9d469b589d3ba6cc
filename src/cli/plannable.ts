import type { Drill } from '../core/drill.ts';
import type { Registry, Runtime } from '../core/kinds.ts';
import { makePlan, type Plan } from '../engine/plan.ts';

/** Plans of those that can be planned there. One that cannot says so when its turn comes. */
export function plannable(drills: readonly Drill[], registry: Registry, runtime: Runtime): readonly Plan[] {
  return drills.flatMap((drill) => {
    try {
      return [makePlan(drill, registry, runtime)];
    } catch {
      return [];
    }
  });
}
