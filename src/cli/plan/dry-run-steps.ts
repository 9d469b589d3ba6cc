// One step in a dry run: what it would do to whom, how it is undone, and what would be left meanwhile.

import type { StepSpec } from '../../core/drill.ts';
import type { DryRunItem } from '../../core/dry-run.ts';
import { lookUp } from '../../engine/look-up.ts';
import type { Plan } from '../../engine/plan.ts';
import { plural } from '../../reporters/words.ts';
import { describeStep } from './description.ts';
import { type Row, told } from './dry-run-rows.ts';
import { bandWords } from './text.ts';
import { holdWords, undoWords } from './words.ts';

interface Place {
  readonly at: number;
  readonly plan: Plan;
  readonly items: readonly DryRunItem[];
}

type ItemOf<A extends DryRunItem['about']> = Extract<DryRunItem, { about: A }>;

export function stepLines(step: StepSpec, place: Place): readonly Row[] {
  const own = place.items.filter((item) => 'step' in item && item.step === step.name);
  return own.flatMap((item): readonly Row[] => {
    const row = rowOf(item);
    if (row !== undefined) return [row];
    return item.about === 'step' ? stepRows(item, step, place) : [];
  });
}

function rowOf(item: DryRunItem): Row | undefined {
  switch (item.about) {
    case 'blastRadius':
      return told(item, `blast radius: touches ${plural(item.touches.length, 'node')}, within what the drill allows`);
    case 'control':
      return controlRow(item);
    case 'predicted':
      return predictedRow(item);
    case 'margin':
      return marginRow(item);
    default:
      return undefined;
  }
}

function stepRows(item: ItemOf<'step'>, step: StepSpec, { at, plan }: Place): readonly Row[] {
  const { targets = [], touches = [], choices = false } = item;
  const { what } = describeStep(step, { at, plan, previews: [] });
  const who = touches.length > 0 ? touches : targets;
  const now =
    who.length === 0 ? '' : `: ${who.join(', ')} now${choices ? ' (an example: it is chosen at random)' : ''}`;
  const hold = step.verb === 'fault' ? `; stays ${holdWords(step.hold)}` : '';
  return [
    told(item, `${step.name}: ${what}${now}${hold}`),
    ...warningRows(item, step, plan),
    ...undoRows(item, step, plan),
  ];
}

/** What somebody has to know before it is done; in general, where the step could not be looked at. */
function warningRows({ warnings }: ItemOf<'step'>, step: StepSpec, { registry }: Plan): readonly Row[] {
  if (step.verb !== 'fault' && step.verb !== 'action') return [];
  const kind = (step.verb === 'fault' ? registry.faults : registry.actions).get(step.kind);
  return (warnings ?? kind?.warns?.(step.params) ?? []).map((warning): Row => ['wouldDo', `note: ${warning}`]);
}

function undoRows({ undo, standing }: ItemOf<'step'>, step: StepSpec, { registry }: Plan): readonly Row[] {
  if (standing !== 'wouldDo' || (step.verb !== 'fault' && step.verb !== 'action')) return [];
  const kind =
    step.verb === 'fault'
      ? lookUp(registry.faults, step.kind, 'fault', step.name)
      : lookUp(registry.actions, step.kind, 'action', step.name);
  const by = kind.undoneBy ?? (step.verb === 'fault' ? `the revert of ${step.kind}` : undefined);
  if (by === undefined) return [];
  return [['wouldDo', `undone by: ${by}${undoWords(undo)}`]];
}

function controlRow(item: ItemOf<'control'>): Row {
  const { capability, node, status } = item;
  const state = status === undefined ? '' : `, which is ${status.state}`;
  return told(item, `control (${capability}) reaches ${node}${item.standing === 'proved' ? state : ''}`);
}

function predictedRow(item: ItemOf<'predicted'>): Row {
  const { band, rest, outage, service, standing, because } = item;
  const lasting = band ?? rest;
  const times = lasting === undefined ? [] : [`outage of ${bandWords(lasting)}; ${lasting.formula}`];
  const parts = because === undefined ? times : [`${OUTAGES[outage ?? 'unknown']}: ${because}`, ...times];
  return [standing, `${service}: ${parts.join('; of the rest an ')}`];
}

const OUTAGES = {
  none: 'no outage',
  lasting: 'service does not come back by itself',
  unknown: 'not predicted',
} as const;

function marginRow({ margin, standing, without }: ItemOf<'margin'>): Row {
  const { what, left, needed, otherwise } = margin;
  const count = `without ${without.join(', ')}, ${what}: ${left} left, ${needed} needed`;
  return [standing, left < needed ? `${count}: ${otherwise}` : count];
}
