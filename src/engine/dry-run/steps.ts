// Each step of the method over the living cluster: whom it would hit, whether it is let, what would be left.
import type { Capability, Cluster } from '../../core/cluster.ts';
import type { ActionStep, FaultStep } from '../../core/drill.ts';
import type { DryRunItem } from '../../core/dry-run.ts';
import type { FaultInput } from '../../core/kinds.ts';
import { type NodeName, workloadOfMember } from '../../core/node.ts';
import { createRandom } from '../../core/random.ts';
import { checkBlastRadius } from '../blast-radius.ts';
import { faultInput } from '../faults.ts';
import { lookUp } from '../look-up.ts';
import type { Plan } from '../plan.ts';
import { choicesOf } from '../preview.ts';
import { checkControl } from './control.ts';
import type { DryRunRequest, Seen } from './dry-run.ts';

/** In the order of the method. A node that one fault has taken away is still away for the next, if that begins before. */
export async function lookAtSteps(request: DryRunRequest, seen: Seen): Promise<readonly DryRunItem[]> {
  const { plan, cluster, seed } = request;
  const session = { plan, cluster, random: createRandom(seed), workloads: new Map() };
  const away = new Map<string, readonly NodeName[]>();
  const items: DryRunItem[] = [];
  for (const step of plan.drill.method) {
    if (step.verb === 'revert') away.delete(step.step);
    if (step.verb !== 'fault' && step.verb !== 'action') {
      items.push({ about: 'step', step: step.name, standing: 'wouldDo' });
      continue;
    }
    if (seen.view instanceof Error) {
      items.push({ about: 'step', step: step.name, standing: 'cannotProve', because: seen.view.message });
      continue;
    }
    try {
      const input = faultInput(step, seen.view, session);
      items.push(...(await lookAt(step, { input, away, seen, plan, cluster })));
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      items.push({ about: 'step', step: step.name, standing: 'cannotProve', because });
    }
  }
  return items;
}

interface Looking {
  readonly input: FaultInput<unknown>;
  /** Step → nodes that it has taken away for longer than itself. */
  readonly away: Map<string, readonly NodeName[]>;
  readonly seen: Seen;
  readonly plan: Plan;
  readonly cluster: Cluster;
}

async function lookAt(step: FaultStep | ActionStep, looking: Looking): Promise<readonly DryRunItem[]> {
  const { plan, cluster, input } = looking;
  if (step.verb === 'action') {
    const action = lookUp(plan.registry.actions, step.kind, 'action', step.name);
    const warnings = action.warns?.(step.params, input.view);
    const item = { about: 'step', step: step.name, standing: 'wouldDo', targets: input.targets } as const;
    return [
      warnings === undefined ? item : { ...item, warnings },
      ...(await checkControl(step.name, action.needs(step.params), { nodes: input.targets, cluster })),
    ];
  }
  const fault = lookUp(plan.registry.faults, step.kind, 'fault', step.name);
  const touches = fault.touches(input);
  const needs = fault.needs(step.params);
  const without = nodesAway(step, { needs, touches, looking });
  const warnings = fault.warns?.(step.params);
  return [
    {
      about: 'step',
      step: step.name,
      standing: 'wouldDo',
      targets: input.targets,
      touches,
      choices: choicesOf(step, fault).length > 0,
      undo: fault.undo(input),
      ...(warnings === undefined ? {} : { warnings }),
    },
    judgeBlastRadius(step, touches, plan),
    ...(await checkControl(step.name, needs, { nodes: touches, cluster })),
    ...predictions(step, [...new Set([...touches, ...without])], looking),
    ...marginsWithout(step, without, looking),
  ];
}

function judgeBlastRadius(step: FaultStep, touches: readonly NodeName[], { drill, spec }: Plan): DryRunItem {
  const item = { about: 'blastRadius', step: step.name, touches } as const;
  try {
    checkBlastRadius(touches, drill.blastRadius, spec.nodes);
    return { ...item, standing: 'proved' };
  } catch (error) {
    return { ...item, standing: 'refused', because: error instanceof Error ? error.message : String(error) };
  }
}

/** Whoever asks nothing of the runtime takes no node away: the system itself does what is to be done. */
function nodesAway(
  step: FaultStep,
  { needs, touches, looking }: { needs: readonly Capability[]; touches: readonly NodeName[]; looking: Looking },
): readonly NodeName[] {
  const own = needs.length === 0 ? [] : touches.filter((name) => workloadOfMember(name) === undefined);
  const before = [...looking.away.values()].flat();
  if (step.overlap || step.hold.type === 'untilEnd') looking.away.set(step.name, own);
  return own.length === 0 ? [] : [...new Set([...before, ...own])];
}

/** With those that are away already: what is left of a service decides how it goes on. */
function predictions(
  step: FaultStep,
  targets: readonly NodeName[],
  { plan, input, seen }: Looking,
): readonly DryRunItem[] {
  return [...plan.services].flatMap(([name, service]): readonly DryRunItem[] => {
    const view = input.view.services[name];
    const item = { about: 'predicted', step: step.name, service: name } as const;
    if (view === undefined) return [];
    if (seen.settings instanceof Error)
      return [{ ...item, standing: 'cannotProve', because: `the settings were not told: ${seen.settings.message}` }];
    const answer = service.predict({
      fault: step.kind,
      params: step.params,
      targets,
      view,
      settings: seen.settings[name] ?? null,
    });
    return [
      'because' in answer
        ? { ...item, standing: 'wouldDo', ...answer }
        : { ...item, standing: 'wouldDo', band: answer },
    ];
  });
}

/** What is left is computed from what the cluster says now, and so it is proved; too little of it is what a run would do. */
function marginsWithout(
  step: FaultStep,
  without: readonly NodeName[],
  { plan, input, seen }: Looking,
): readonly DryRunItem[] {
  if (without.length === 0 || seen.settings instanceof Error) return [];
  const { settings } = seen;
  return [...plan.services].flatMap(([name, service]): readonly DryRunItem[] => {
    const view = input.view.services[name];
    const own = without.filter((node) => plan.spec.nodes.some((each) => each.name === node && each.service === name));
    if (view === undefined || own.length === 0) return [];
    const margins = service.margins?.({ without: own, view, settings: settings[name] ?? null }) ?? [];
    return margins.map((margin): DryRunItem => {
      const standing = margin.left < margin.needed ? 'wouldDo' : 'proved';
      return { about: 'margin', step: step.name, service: name, without: own, margin, standing };
    });
  });
}
