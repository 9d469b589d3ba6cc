// What a drill needs of whoever controls the nodes, besides the rights that the systems give.
import type { Capability } from '../core/cluster.ts';
import { workloadOfMember } from '../core/node.ts';
import { lookUp } from './look-up.ts';
import type { Plan } from './plan.ts';
import { previewFaults } from './preview.ts';

/** By step: `kill` → lifecycle. Steps that need nothing, or hurt only processes of workloads, are left out. Pure. */
export function controlNeeded(plan: Plan): ReadonlyMap<string, readonly Capability[]> {
  const { drill, registry } = plan;
  const previews = new Map(previewFaults(plan).map((preview) => [preview.step.name, preview]));
  return new Map(
    drill.method.flatMap((step) => {
      if (step.verb !== 'fault' && step.verb !== 'action') return [];
      const { name, kind, params } = step;
      const needs =
        step.verb === 'fault'
          ? lookUp(registry.faults, kind, 'fault', name).needs(params)
          : lookUp(registry.actions, kind, 'action', name).needs(params);
      const touches = previews.get(name)?.touches ?? [];
      const isOurs = touches.length > 0 && touches.every((node) => workloadOfMember(node) !== undefined);
      return needs.length === 0 || isOurs ? [] : [[name, needs] as const];
    }),
  );
}
