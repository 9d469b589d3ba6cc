// A drill and a runtime → everything that a run needs, before anything lives. Refuses what cannot be done here.
import type { Capability, ClusterSpec } from '../core/cluster.ts';
import type { Drill, FaultStep, Position, ProbeRef, StepSpec } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { Registry, Runtime, Service, ServiceSpec } from '../core/kinds.ts';
import { clientHost, type Link, linkName, type NodeSpec, PROBE } from '../core/node.ts';

export interface Plan {
  readonly drill: Drill;
  readonly runtime: Runtime;
  readonly registry: Registry;
  /** By name in the cluster. */
  readonly services: ReadonlyMap<string, Service>;
  /** What each of them was made from. */
  readonly serviceSpecs: ReadonlyMap<string, ServiceSpec>;
  readonly spec: Omit<ClusterSpec, 'runId'>;
  /** What is sampled, each once, at the smallest period that anybody asks for. */
  readonly samplers: readonly ProbeRef[];
}

const FIRST_PORT = 6301;

/** Pure. Throws PLAN_REFUSED when the runtime cannot do what a step needs. */
export function makePlan(drill: Drill, registry: Registry, runtime: Runtime): Plan {
  const services = new Map<string, Service>();
  const serviceSpecs = new Map<string, ServiceSpec>();
  const nodes: NodeSpec[] = [];
  const links: Link[] = [];
  const files: Record<string, ReturnType<Service['files']>> = {};
  for (const [name, kind] of Object.entries(drill.cluster.services)) {
    const service = lookUp(registry.services, kind, 'service', drill.file);
    const { settings, topics = {} } = drill.cluster;
    const spec: ServiceSpec = { name, settings, topics, basePort: FIRST_PORT + portsOf(nodes).length };
    const own = service.nodes(spec);
    services.set(name, service);
    serviceSpecs.set(name, spec);
    nodes.push(...own);
    links.push(...service.links(own));
    for (const node of own) files[node.name] = service.files(node, own, spec);
  }
  const clientHosts = drill.workloads.map((workload) => clientHost(workload.name));
  for (const from of [...clientHosts, PROBE]) links.push(...linksFrom(from, nodes));
  checkCapabilities(drill, registry, runtime);
  return {
    drill,
    runtime,
    registry,
    services,
    serviceSpecs,
    spec: { nodes, links, files, clientHosts },
    samplers: samplersOf(drill),
  };
}

function portsOf(nodes: readonly NodeSpec[]): readonly number[] {
  return nodes.flatMap((node) => Object.values(node.ports));
}

function linksFrom(from: string, nodes: readonly NodeSpec[]): readonly Link[] {
  return nodes.flatMap((node) => {
    const [first, ...others] = node.serves?.[from === PROBE ? 'probes' : 'clients'] ?? Object.keys(node.ports);
    if (first === undefined) return [];
    return [first, ...others].map((listener) => ({
      name: linkName(from, node.name, listener === first ? undefined : listener),
      from,
      to: node.name,
      listener,
    }));
  });
}

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

function checkCapabilities(drill: Drill, registry: Registry, runtime: Runtime): void {
  for (const step of drill.method) {
    const missing = needsOf(step, registry).filter((need) => !runtime.capabilities.includes(need));
    if (missing.length === 0) continue;
    throw new DrillError(
      'PLAN_REFUSED',
      `step "${step.name}" needs ${missing.join(', ')}, which the runtime ${runtime.kind} does not offer`,
      {
        at: describePosition(step.position),
        hint: `It offers: ${runtime.capabilities.join(', ')}.`,
      },
    );
  }
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
