// A plan for people, on 80 columns.
import { formatMs } from '../../core/units.ts';
import type { Band } from '../../core/verdict.ts';
import { layOut } from '../../reporters/console/columns.ts';
import { wrap } from '../../reporters/text.ts';
import { plural } from '../../reporters/words.ts';
import { LABEL_WIDTH, labelled } from '../labelled.ts';
import type { PlanDescription, StepDescription } from './description.ts';
import type { Span } from './timing.ts';
import { setMs, valueWord } from './words.ts';

export function renderPlan(plan: PlanDescription, width: number): readonly string[] {
  const { drill, runtime, steadyStateHypothesis: hypothesis } = plan;
  const section = (label: string, lines: readonly string[]): readonly string[] => labelled(label, lines, width);
  return [
    `${drill.name} · ${drill.file} · runtime ${runtime}`,
    ...wrap(drill.title, width),
    '',
    ...section('cluster', clusterLines(plan, width)),
    ...section('settings', settingLines(plan)),
    ...section('taken from', takenLines(plan)),
    ...section(
      'params',
      plan.params.map(({ name, value, from }) => `${name} ${valueWord(value)} (from ${from})`),
    ),
    ...section(
      'workloads',
      plan.workloads.map(({ name, what }) => `${name}: ${what}`),
    ),
    ...section('steady', [hypothesis.title, ...hypothesis.probes]),
    ...section('method', plan.steps.length === 0 ? ['nothing happens to the cluster'] : plan.steps.flatMap(stepLines)),
    ...section('blast radius', [blastRadiusWords(plan)]),
    ...section(
      'stops',
      plan.stopConditions.map(({ name, what }) => `${name}: ${what}`),
    ),
    ...section(
      'asserts',
      plan.assertions.map(({ name, kind, what }) => `${name === kind ? '' : `${name}: `}${kind} ${what}`),
    ),
    ...section('timing', timingLines(plan)),
  ];
}

function clusterLines({ cluster }: PlanDescription, width: number): readonly string[] {
  const services = Object.entries(cluster.services).map(([name, kind]) => (name === kind ? kind : `${name} (${kind})`));
  const rows = cluster.nodes.map(({ name, role, zone, ports }) => [
    name,
    role,
    `zone ${zone}`,
    `port ${ports.join(', ')}`,
  ]);
  const { peers, clients, probes } = cluster.links;
  return [
    services.join(', '),
    ...layOut(rows, width - LABEL_WIDTH).map((lines) => lines.join(' ')),
    ...cluster.topics.map(({ name, what }) => `topic ${name}: ${what}`),
    `${peers + clients + probes} links: ${peers} between nodes, ${clients} of clients, ${probes} of probes`,
  ];
}

function settingLines({ settings }: PlanDescription): readonly string[] {
  if (settings.length === 0) return ["the services' defaults"];
  return settings.map(({ name, value, default: usual }) => {
    const instead = usual === undefined ? 'not set by default' : `default ${valueWord(usual)}`;
    return `${name} ${valueWord(value)} (${instead})`;
  });
}

const NAMED = 8;

/** Whose settings some of those above are, and which of theirs are not. */
function takenLines({ settingsFrom }: PlanDescription): readonly string[] {
  if (settingsFrom === undefined) return [];
  const { file, target, recordedAt, taken, left } = settingsFrom;
  const what = taken.length === 0 ? 'nothing differs from ours' : taken.map(({ name }) => name).join(', ');
  return [
    `${file} (${target}, recorded ${recordedAt}): ${what}`,
    ...left.map(({ why, names }) => {
      const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
      return `- not taken: ${names.slice(0, NAMED).join(', ')}${more} (${why})`;
    }),
  ];
}

function stepLines({ name, what, warnings: notes = [], fault }: StepDescription, at: number): readonly string[] {
  const head = `${at + 1}. ${name}: ${what}`;
  if (fault === undefined) return [head, ...notes.map((note) => `- note: ${note}`)];
  const { hold, overlap, selects, targets, choices, needs, undoneBy, warnings, predicted, notPredicted, refusal } =
    fault;
  const now = targets === undefined ? '' : `: ${targets.join(', ')} in a cluster that has just started`;
  return [
    head,
    ...(selects ? [`- targets are resolved when it happens${now}`] : []),
    ...choices.map(({ how, of }) => `- ${how} of ${of.join(', ')} (chosen with the seed when it is injected)`),
    `- touches ${touchesWords(fault)}`,
    ...(refusal === undefined ? [] : [`- REFUSED: ${refusal}`]),
    `- stays ${hold}${overlap ? '; the next step begins meanwhile' : ''}`,
    ...warnings.map((warning) => `- note: ${warning}`),
    `- undone by: ${undoneBy}`,
    `- needs ${needs.length === 0 ? 'nothing special of the runtime' : needs.join(', ')}`,
    ...predicted.map((band) => `- predicted outage: ${bandWords(band)}; ${band.formula}`),
    ...notPredicted.map((because) => `- not predicted: ${because}`),
  ];
}

function touchesWords({ touches, touchesNodes }: NonNullable<StepDescription['fault']>): string {
  if (touches !== undefined) return touches.join(', ') || 'no node';
  return touchesNodes === undefined
    ? 'what only a living cluster can say'
    : `${plural(touchesNodes, 'node')}, as chosen`;
}

export function bandWords({ lowMs, highMs, allowanceMs }: Band): string {
  return `${formatMs(lowMs)} to ${formatMs(highMs)}, + ${formatMs(allowanceMs)} allowed`;
}

function blastRadiusWords({ blastRadius: { maxNodes, maxPerService } }: PlanDescription): string {
  const limits = [
    ...(maxNodes === undefined ? [] : [`at most ${plural(maxNodes, 'node')}`]),
    ...(maxPerService === undefined ? [] : [`at most ${maxPerService} of a service`]),
  ];
  return limits.length === 0 ? 'no limit' : limits.join(', ');
}

function timingLines({ timing }: PlanDescription): readonly string[] {
  const { warmUp, method, recovery, drain, total } = timing;
  return [
    `warm-up ${spanWords(warmUp)} · method ${spanWords(method)} · recovery ${spanWords(recovery)} · drain ${spanWords(drain)}`,
    `in all ${spanWords(total)}, besides the start and the end of the cluster`,
  ];
}

function spanWords({ minMs, maxMs }: Span): string {
  return minMs === maxMs ? setMs(minMs) : `${minMs === 0 ? '0 s' : setMs(minMs)} to ${setMs(maxMs)}`;
}
