// A drill and a runtime → everything that a run needs, before anything lives. Refuses what cannot be done here.
import type { Capability } from '../core/cluster.ts';
import type { Drill, FaultStep, ProbeRef, StepSpec } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { Registry, Runtime } from '../core/kinds.ts';
import { describePosition, lookUp } from './look-up.ts';
import { type Makeup, makeUp } from './makeup.ts';

export interface Plan extends Makeup {
  readonly drill: Drill;
  readonly runtime: Runtime;
  readonly registry: Registry;
  /** What is sampled, each once, at the smallest period that anybody asks for. */
  readonly samplers: readonly ProbeRef[];
}

/** Pure. Throws PLAN_REFUSED when the runtime cannot do what a step needs. */
export function makePlan(drill: Drill, registry: Registry, runtime: Runtime): Plan {
  const makeup = makeUp(drill, registry, runtime.found);
  checkCapabilities(drill, registry, { runtime, services: [...makeup.services.keys()] });
  return { ...makeup, drill, runtime, registry, samplers: samplersOf(drill) };
}

interface Place {
  readonly runtime: Runtime;
  /** Names of the services that the drill is about. */
  readonly services: readonly string[];
}

function checkCapabilities(drill: Drill, registry: Registry, place: Place): void {
  const { runtime } = place;
  for (const step of drill.method) {
    const missing = needsOf(step, registry).filter((need) => !runtime.capabilities.includes(need));
    if (missing.length === 0) continue;
    throw new DrillError(
      'PLAN_REFUSED',
      `step "${step.name}" needs ${missing.join(', ')}, which the runtime ${runtime.kind} does not offer`,
      {
        at: describePosition(step.position),
        hint: hintFor(missing, place),
      },
    );
  }
}

/** On somebody's own cluster it may only be missing because nobody has said how it is done there. */
function hintFor(missing: readonly Capability[], { runtime: { found, capabilities }, services }: Place): string {
  const isForControl = missing.every((need) => need === 'lifecycle' || need === 'pausing');
  if (found === undefined || !isForControl) return `It offers: ${capabilities.join(', ')}.`;
  return `Add control: to ${services.join(' or ')} in the file of the target ${found.target}: how its nodes are stopped, started and paused.`;
}

function needsOf(step: StepSpec, registry: Registry): readonly Capability[] {
  if (step.verb === 'fault')
    return lookUp(registry.faults, step.kind, 'fault', describePosition(step.position)).needs(step.params);
  if (step.verb === 'action')
    return lookUp(registry.actions, step.kind, 'action', describePosition(step.position)).needs(step.params);
  return [];
}

function samplersOf(drill: Drill): readonly ProbeRef[] {
  const refs: ProbeRef[] = [
    ...drill.steadyStateHypothesis.probes,
    ...drill.stopConditions.map((condition) => condition.probe),
    ...drill.assertions.flatMap((assertion) => (assertion.probe === undefined ? [] : [assertion.probe])),
    ...drill.method.flatMap((step) => {
      if (step.verb === 'waitFor') return [step.probe];
      return step.verb === 'fault' && step.hold.type === 'untilProbe' ? [step.hold.probe] : [];
    }),
  ];
  const byName = new Map<string, ProbeRef>();
  for (const ref of refs) {
    const known = byName.get(ref.name);
    byName.set(ref.name, known === undefined || ref.everyMs < known.everyMs ? ref : known);
  }
  return [...byName.values()].map(({ name, kind, params, everyMs, timeoutMs }) => ({
    name,
    kind,
    params,
    everyMs,
    timeoutMs,
  }));
}

/** Fault steps of a drill, in order. */
export function faultSteps(drill: Drill): readonly FaultStep[] {
  return drill.method.filter((step) => step.verb === 'fault');
}
