// A dry run for people: each line says whether it would be done, was proved, or cannot be proved and why.

import type { Drill } from '../../core/drill.ts';
import type { DryRunItem, DryRunReport, Standing } from '../../core/dry-run.ts';
import type { Plan } from '../../engine/plan.ts';
import { layOut } from '../../reporters/console/columns.ts';
import { wrap } from '../../reporters/text.ts';
import { plural } from '../../reporters/words.ts';
import { LABEL_WIDTH, labelled } from '../labelled.ts';
import { rightLines } from './dry-run-rights.ts';
import { type Row, STANDING_WORDS, told } from './dry-run-rows.ts';
import { stepLines } from './dry-run-steps.ts';
import { paramWords, topicWords } from './words.ts';

export interface Rendering {
  readonly drill: Drill;
  readonly plan: Plan | undefined;
  readonly width: number;
}

export function renderDryRun({ items, target }: DryRunReport, rendering: Rendering): readonly string[] {
  const { drill, width } = rendering;
  const sections = sectionsOf(items, rendering).flatMap(([label, rows]) => {
    const cells = rows.map(([standing, text]) => [STANDING_WORDS[standing].padEnd(COLUMN), text]);
    return labelled(label, layOut(cells, width - LABEL_WIDTH).flat(), width);
  });
  return [`${drill.name} · ${drill.file} · dry run on ${target}`, ...wrap(drill.title, width), '', ...sections];
}

function sectionsOf(
  items: readonly DryRunItem[],
  { drill, plan }: Rendering,
): readonly (readonly [string, readonly Row[]])[] {
  const of = <A extends DryRunItem['about']>(about: A) =>
    items.filter((item): item is Extract<DryRunItem, { about: A }> => item.about === about);
  const probes = (wanted: 'steadyState' | 'stopCondition' | 'later'): readonly Row[] =>
    of('probe')
      .filter(({ use }) => use === wanted)
      .map(probeRow);
  return [
    ['plan', of('plan').map((item) => told(item, 'it cannot be run there'))],
    ['cluster', of('cluster').map(clusterRow)],
    ['steady', probes('steadyState')],
    ['stops', probes('stopCondition')],
    ['probes', probes('later')],
    ['rights', rightLines(of('right'))],
    ['topics', of('topic').map((item) => topicRow(item, drill))],
    ['workloads', of('workload').flatMap((item) => workloadRows(item, drill))],
    ...(plan === undefined
      ? []
      : drill.method.map((step, at) => [`step ${at + 1}`, stepLines(step, { at, plan, items })] as const)),
  ];
}

/** Of the words for how sure it is. */
const COLUMN = 12;

/** `Nothing was changed. 2 things cannot be proved.` */
export function summaryLine({ items }: DryRunReport): string {
  const count = (standing: Standing): number => items.filter((item) => item.standing === standing).length;
  const [refused, unproved] = [count('refused'), count('cannotProve')];
  const parts = [
    ...(refused === 0 ? [] : [`${plural(refused, 'thing')} would be refused`]),
    ...(unproved === 0 ? [] : [`${plural(unproved, 'thing')} cannot be proved`]),
  ];
  const verdict = parts.length === 0 ? 'All that can be known beforehand was proved' : parts.join(', ');
  return `Nothing was changed. ${verdict}:`;
}

function clusterRow(item: Extract<DryRunItem, { about: 'cluster' }>): Row {
  const nodes = item.nodes.map(({ name, roles, zone }) => {
    const role = roles.at(-1);
    const facts = [...(role === undefined ? [] : [role]), ...(zone === '' ? [] : [`zone ${zone}`])];
    return facts.length === 0 ? name : `${name} (${facts.join(', ')})`;
  });
  return told(item, `${item.service}: ${nodes.join(', ')}`);
}

function probeRow(item: Extract<DryRunItem, { about: 'probe' }>): Row {
  const { probe, standing, actual, because } = item;
  if (standing !== 'proved') return [standing, `${probe}: ${because ?? 'it was not read'}`];
  return [standing, actual === undefined ? `${probe} can be read` : `${probe}: ${actual}`];
}

function workloadRows(
  { workload: name, standing, leaves }: Extract<DryRunItem, { about: 'workload' }>,
  drill: Drill,
): readonly Row[] {
  const workload = drill.workloads.find((each) => each.name === name);
  const by = workload?.client === undefined ? '' : ` by ${workload.client}`;
  const what: Row = [standing, `${name}: ${workload?.kind ?? ''}${by}: ${paramWords(workload?.params)}`];
  return leaves === undefined
    ? [what]
    : [what, [standing, `undone by: removing what it has written (${paramWords(leaves)})`]];
}

function topicRow(item: Extract<DryRunItem, { about: 'topic' }>, drill: Drill): Row {
  const { topic: name, state } = item;
  const topic = drill.cluster.topics?.[name];
  const shape = topic === undefined ? '' : ` (${topicWords(topic)})`;
  if (state === 'there') return told(item, `${name}${shape} is there as declared, and stays`);
  return told(item, `${name}${shape} is made, and deleted at the end`);
}
