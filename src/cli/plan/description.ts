// A plan as data: what `plan --json` prints, and what its text is made of.
import type { Drill, ProbeRef, SettingsFrom, StepSpec } from '../../core/drill.ts';
import type { Json } from '../../core/json.ts';
import { PROBE } from '../../core/node.ts';
import type { Band } from '../../core/verdict.ts';
import { lookUp } from '../../engine/look-up.ts';
import type { Plan } from '../../engine/plan.ts';
import { type Choice, type FaultPreview, previewFaults } from '../../engine/preview.ts';
import { type DrillTiming, timeDrill } from './timing.ts';
import {
  holdWords,
  paramWords,
  probeWords,
  scopeWords,
  selectorWords,
  setMs,
  topicWords,
  valueWord,
  writtenParams,
} from './words.ts';

export interface PlanDescription {
  readonly drill: { readonly name: string; readonly file: string; readonly title: string };
  readonly runtime: string;
  readonly cluster: {
    readonly services: Readonly<Record<string, string>>;
    readonly nodes: readonly {
      readonly name: string;
      readonly role: string;
      readonly zone: string;
      readonly ports: readonly number[];
    }[];
    readonly topics: readonly { readonly name: string; readonly what: string }[];
    readonly links: { readonly peers: number; readonly clients: number; readonly probes: number };
  };
  /** Settings that are not the service's defaults. */
  readonly settings: readonly {
    readonly name: string;
    readonly value: Json;
    readonly default: Json | undefined;
  }[];
  /** Whose settings some of these are; absent = nobody's. */
  readonly settingsFrom?: SettingsFrom;
  readonly params: readonly { readonly name: string; readonly value: Json; readonly from: string }[];
  readonly workloads: readonly { readonly name: string; readonly what: string }[];
  readonly steadyStateHypothesis: { readonly title: string; readonly probes: readonly string[] };
  readonly steps: readonly StepDescription[];
  readonly stopConditions: readonly { readonly name: string; readonly what: string }[];
  readonly assertions: readonly { readonly name: string; readonly kind: string; readonly what: string }[];
  readonly blastRadius: Drill['blastRadius'];
  readonly timing: DrillTiming;
}

export interface StepDescription {
  readonly name: string;
  readonly what: string;
  /** Of an action: what somebody has to know before it is done. */
  readonly warnings?: readonly string[];
  readonly fault?: {
    readonly hold: string;
    readonly overlap: boolean;
    /** True if it says who is meant: resolved over the living cluster, when it happens. */
    readonly selects: boolean;
    /** Who that is in a cluster that has just started; undefined where only a living one can say, or it is a choice. */
    readonly targets: readonly string[] | undefined;
    /** Of several nodes, made with the seed when it is injected. */
    readonly choices: readonly Choice[];
    readonly touches: readonly string[] | undefined;
    /** How many nodes that are, also where nobody is chosen yet. */
    readonly touchesNodes: number | undefined;
    readonly needs: readonly string[];
    readonly undoneBy: string;
    /** What somebody has to know before it is done. */
    readonly warnings: readonly string[];
    readonly predicted: readonly Band[];
    readonly notPredicted: readonly string[];
    readonly refusal: string | undefined;
  };
}

export function describePlan(plan: Plan, seed?: number): PlanDescription {
  const { drill, runtime } = plan;
  const previews = previewFaults(plan, seed);
  return {
    drill: { name: drill.name, file: drill.file, title: drill.title },
    runtime: runtime.kind,
    cluster: describeCluster(plan),
    settings: changedSettings(plan),
    ...(drill.cluster.settingsFrom === undefined ? {} : { settingsFrom: drill.cluster.settingsFrom }),
    params: Object.entries(drill.params).map(([name, { value, from }]) => ({ name, value, from })),
    workloads: drill.workloads.map(({ name, kind, client, params }) => ({
      name,
      what: join(`${kind}${client === undefined ? '' : ` by ${client}`}`, paramWords(params)),
    })),
    steadyStateHypothesis: {
      title: drill.steadyStateHypothesis.title,
      probes: drill.steadyStateHypothesis.probes.map((probe) => sampled(probe, probeWords(probe, probe.tolerance))),
    },
    steps: drill.method.map((step, at) => describeStep(step, { at, plan, previews })),
    stopConditions: drill.stopConditions.map(({ name, probe, tolerance, forMs }) => ({
      name,
      what: `unless ${probeWords(probe, tolerance)}${forMs > 0 ? `, for ${setMs(forMs)}` : ''}`,
    })),
    assertions: drill.assertions.map((assertion, at) => ({
      name: assertion.name,
      kind: assertion.kind,
      what: [scopeWords(assertion), writtenParams(drill, 'assertions', at)].filter((text) => text !== '').join('; '),
    })),
    blastRadius: drill.blastRadius,
    timing: timeDrill(drill, new Map(previews.map(({ step, predicted }) => [step.name, predicted]))),
  };
}

function describeCluster({ drill, spec }: Plan): PlanDescription['cluster'] {
  const linksFrom = (is: (from: string) => boolean): number => spec.links.filter(({ from }) => is(from)).length;
  const isClient = (from: string): boolean => spec.clientHosts.includes(from);
  return {
    services: drill.cluster.services,
    nodes: spec.nodes.map(({ name, role, zone, ports }) => ({ name, role, zone, ports: Object.values(ports) })),
    topics: Object.entries(drill.cluster.topics ?? {}).map(([name, topic]) => ({ name, what: topicWords(topic) })),
    links: {
      peers: linksFrom((from) => from !== PROBE && !isClient(from)),
      clients: linksFrom(isClient),
      probes: linksFrom((from) => from === PROBE),
    },
  };
}

function sampled({ everyMs }: ProbeRef, words: string): string {
  return `${words}; every ${setMs(everyMs)}`;
}

/** `what: more`, if there is more. */
function join(what: string, more: string): string {
  return more === '' ? what : `${what}: ${more}`;
}

function changedSettings({ drill, services }: Plan): PlanDescription['settings'] {
  const known = [...services.values()].flatMap(({ defaults, systemDefaults = {} }) => [defaults, systemDefaults]);
  return Object.entries(drill.cluster.settings).flatMap(([scope, settings]) =>
    Object.entries(settings).flatMap(([name, value]) => {
      const usual = known.map((scopes) => scopes[scope]?.[name]).find((one) => one !== undefined);
      return usual !== undefined && valueWord(usual) === valueWord(value)
        ? []
        : [{ name: `${scope}.${name}`, value, default: usual }];
    }),
  );
}

interface StepPlace {
  readonly at: number;
  readonly plan: Plan;
  readonly previews: readonly FaultPreview[];
}

export function describeStep(step: StepSpec, { at, plan, previews }: StepPlace): StepDescription {
  const { name } = step;
  switch (step.verb) {
    case 'pause':
      return { name, what: `nothing is done for ${setMs(step.ms)}` };
    case 'revert':
      return { name, what: `${step.step} is undone` };
    case 'waitFor':
      return { name, what: `waits for ${probeWords(step.probe, step.tolerance)}, at most ${setMs(step.atMostMs)}` };
    case 'action':
    case 'fault': {
      const whom = step.targets === undefined ? '' : ` on ${selectorWords(step.targets)}`;
      const what = join(`${step.kind}${whom}`, writtenParams(plan.drill, 'method', at));
      const preview = previews.find((one) => one.step === step);
      if (preview !== undefined) return { name, what, fault: describeFault(preview, plan) };
      const warnings = plan.registry.actions.get(step.kind)?.warns?.(step.params) ?? [];
      return warnings.length === 0 ? { name, what } : { name, what, warnings };
    }
  }
}

function describeFault(preview: FaultPreview, plan: Plan): NonNullable<StepDescription['fault']> {
  const { step, targets, touches, choices, predicted, notPredicted, refusal } = preview;
  const fault = lookUp(plan.registry.faults, step.kind, 'fault', step.name);
  return {
    hold: holdWords(step.hold),
    overlap: step.overlap,
    selects: step.targets !== undefined || (fault.selectors?.(step.params).length ?? 0) > 0,
    targets: choices.length > 0 ? undefined : targets,
    choices,
    touches: choices.length > 0 ? undefined : touches,
    touchesNodes: touches?.length,
    needs: fault.needs(step.params),
    undoneBy: fault.undoneBy ?? `the revert of ${fault.kind}`,
    warnings: fault.warns?.(step.params) ?? [],
    predicted,
    notPredicted,
    refusal: refusal?.message,
  };
}
