// What the faults of a plan would do to a cluster that has just started. A run resolves everything again, live.
import type { Cluster, ClusterView, ServiceView } from '../core/cluster.ts';
import type { FaultStep, Selector } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { Json } from '../core/json.ts';
import type { Fault, FaultInput } from '../core/kinds.ts';
import type { NodeName } from '../core/node.ts';
import { createRandom } from '../core/random.ts';
import type { Band } from '../core/verdict.ts';
import { checkBlastRadius } from './blast-radius.ts';
import { faultInput } from './faults.ts';
import { describePosition, lookUp } from './look-up.ts';
import { faultSteps, type Plan } from './plan.ts';

export interface FaultPreview {
  readonly step: FaultStep;
  /** Who is meant; undefined where only a living cluster can say. */
  readonly targets: readonly string[] | undefined;
  /** Random ones inside of it: `targets` and `touches` are an example then. */
  readonly choices: readonly Choice[];
  /** Every node that it touches. */
  readonly touches: readonly NodeName[] | undefined;
  /** What its undo would need to know. */
  readonly undo: Json | undefined;
  /** Why it would not be injected: the blast radius forbids it, or its parameters do not go together. */
  readonly refusal: DrillError | undefined;
  /** Of the services that know a formula for it. */
  readonly predicted: readonly Band[];
  /** Of the others: why there is none. */
  readonly notPredicted: readonly string[];
}

/** Some of several nodes, chosen when the fault is injected. */
export interface Choice {
  readonly how: 'one' | 'a minority' | 'a majority';
  readonly of: readonly string[];
}

interface Planned {
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly view: ClusterView;
  readonly settings: Readonly<Record<string, Json>>;
}

/** Every fault step, in order. Pure: a seed makes the same random choices, though a run may make others before them. */
export function previewFaults(plan: Plan, seed = 0): readonly FaultPreview[] {
  const planned = planCluster(plan);
  const session = { plan, cluster: planned.cluster, random: createRandom(seed), workloads: new Map() };
  return faultSteps(plan.drill).map((step) => {
    try {
      return preview(step, faultInput(step, planned.view, session), planned);
    } catch (error) {
      if (!(error instanceof DrillError)) throw error;
      // Nobody is meant by a word yet: a living cluster will know.
      return nothingOf(step, error.code === 'FAULT_NOT_PROVED' ? undefined : placed(error, step));
    }
  });
}

function preview(step: FaultStep, input: FaultInput<unknown>, { plan, settings }: Planned): FaultPreview {
  const fault = lookUp(plan.registry.faults, step.kind, 'fault', describePosition(step.position));
  const touches = fault.touches(input);
  checkBlastRadius(touches, plan.drill.blastRadius, plan.spec.nodes);
  const answers = [...plan.services].flatMap(([name, service]) => {
    const view = input.view.services[name];
    if (view === undefined) return [];
    const question = { fault: step.kind, params: step.params, targets: touches, view };
    return [service.predict({ ...question, settings: settings[name] ?? null })];
  });
  return {
    step,
    targets: step.targets === undefined ? undefined : input.targets,
    touches,
    choices: choicesOf(step, fault).map(({ how, from }) => ({ how, of: input.resolve(from) })),
    undo: fault.undo(input),
    refusal: undefined,
    predicted: answers.flatMap((answer) => ('lowMs' in answer ? [answer] : (answer.rest ?? []))),
    notPredicted: answers.flatMap((answer) => ('because' in answer ? [answer.because] : [])),
  };
}

function nothingOf(step: FaultStep, refusal: DrillError | undefined): FaultPreview {
  const nothing = { targets: undefined, touches: undefined, undo: undefined, choices: [] };
  return { step, ...nothing, refusal, predicted: [], notPredicted: [] };
}

/** Those that are made at random when it is injected. */
export function choicesOf(
  step: FaultStep,
  fault: Fault<unknown>,
): readonly { readonly how: Choice['how']; readonly from: Selector }[] {
  return [step.targets ?? [], ...(fault.selectors?.(step.params) ?? [])].flatMap(choicesIn);
}

/** The random choices of a selector, each with a selector of all that it is made from. */
function choicesIn(selector: Selector): readonly { readonly how: Choice['how']; readonly from: Selector }[] {
  if (typeof selector === 'string') return [];
  if (isList(selector)) return selector.flatMap(choicesIn);
  if ('oneOf' in selector) return [{ how: 'one', from: allOf(selector.oneOf) }];
  if ('minorityOf' in selector) return [{ how: 'a minority', from: allOf(selector.minorityOf) }];
  if ('majorityOf' in selector) return [{ how: 'a majority', from: allOf(selector.majorityOf) }];
  if (!('in' in selector)) return [];
  return choicesIn(selector.is).map(({ how, from }) => ({ how, from: { in: selector.in, is: from } }));
}

/** Everybody who can be meant by it, whatever is chosen. */
function allOf(selector: Selector): Selector {
  if (typeof selector === 'string') return selector;
  if (isList(selector)) return selector.map(allOf);
  if ('oneOf' in selector) return allOf(selector.oneOf);
  if ('minorityOf' in selector) return allOf(selector.minorityOf);
  if ('majorityOf' in selector) return allOf(selector.majorityOf);
  return 'in' in selector ? { ...selector, is: allOf(selector.is) } : selector;
}

function isList(selector: Selector): selector is readonly Selector[] {
  return Array.isArray(selector);
}

function placed({ code, message, hint }: DrillError, step: FaultStep): DrillError {
  return new DrillError(code, message, { at: describePosition(step.position), hint });
}

function planCluster(plan: Plan): Planned {
  const spec = { runId: 'plan', ...plan.spec };
  const views: Record<string, ServiceView> = {};
  const settings: Record<string, Json> = {};
  for (const [name, service] of plan.services) {
    const own = plan.spec.nodes.filter((node) => node.service === name);
    const spec = plan.serviceSpecs.get(name);
    const planned = spec && service.planned?.(own, spec);
    if (planned === undefined) continue;
    views[name] = planned.view;
    settings[name] = planned.settings;
  }
  const nodes = plan.spec.nodes.map(({ name, service, zone }) => ({
    name,
    service,
    zone,
    roles: views[service]?.roles[name] ?? [],
  }));
  const cluster: Cluster = {
    owned: true,
    handle: { v: 1, runtime: plan.runtime.kind, runId: spec.runId, spec, state: {} },
    spec,
    addresses: (from) => ({ from, rows: [] }),
    can: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { plan, cluster, view: { atMs: 0, nodes, services: views }, settings };
}
