// Predictions and hazards for people, on 80 columns.
import { outcomeText } from '../../core/baseline.ts';
import type { Hazard } from '../../core/kinds.ts';
import { formatMs } from '../../core/units.ts';
import { layOut } from '../../reporters/console/columns.ts';
import { wrap } from '../../reporters/text.ts';
import { plural } from '../../reporters/words.ts';
import type { OutcomeOfSeveral } from './assess.ts';
import type { PredictedService, PredictReport } from './report.ts';

const INDENT = '  ';

export function renderPrediction({ of, services }: PredictReport, width: number): readonly string[] {
  return [...wrap(titleOf(of), width), ...services.flatMap((service) => ['', ...renderService(service, width)])];
}

function titleOf(of: PredictReport['of']): string {
  if ('target' in of) return `What ${of.target} (${of.environment}) would do in a failure, from its live settings`;
  const { drills, settingsFrom: from } = of;
  const settings = from === undefined ? 'its settings' : `the settings of ${from.target} (${from.file})`;
  return `What the cluster of ${drills.join(', ')} would do in a failure, from ${settings}`;
}

function renderService(service: PredictedService, width: number): readonly string[] {
  const { name, kind, told, failures, hazards, untold, unseen } = service;
  const room = width - INDENT.length;
  return [
    name === kind ? name : `${name} (${kind})`,
    ...indented(untold.flatMap((text) => item(`cannot tell: ${text}`, room))),
    ...indented(failureLines(failures, room)),
    ...indented(restsOn(failures, room)),
    ...(told ? ['', ...indented([hazardTitle(hazards, untold.length > 0)])] : []),
    ...indented(hazards.flatMap((hazard) => hazardLines(hazard, room))),
    ...indented(unseen.flatMap((text) => item(`not seen: ${text}`, room))),
  ];
}

/** A reason stands under the first failure that it is of. */
function failureLines(failures: readonly OutcomeOfSeveral[], width: number): readonly string[] {
  const rows = failures.map(({ what, who, ...outcome }) => [what, wordsFor(outcome), who.join(', ')]);
  const told = new Set<string>();
  return layOut(rows, width).flatMap((lines, at) => {
    const { outage, because } = failures[at] ?? {};
    const isNew = because !== undefined && (outage === 'lasting' || outage === 'unknown') && !told.has(because);
    if (!isNew) return lines;
    told.add(because);
    return [...lines, ...wrap(because, width - 4).map((line) => `    ${line}`)];
  });
}

export function wordsFor({ outage, band }: Pick<OutcomeOfSeveral, 'outage' | 'band'>): string {
  return outcomeText({ outage, lowMs: band?.lowMs, highMs: band?.highMs });
}

/** The settings that the bands were made from, each once. */
function restsOn(failures: readonly OutcomeOfSeveral[], width: number): readonly string[] {
  const inputs = new Map(failures.flatMap(({ band }) => Object.entries(band?.inputs ?? {})));
  const allowedMs = Math.max(0, ...failures.map(({ band }) => band?.allowanceMs ?? 0));
  if (inputs.size === 0) return [];
  const settings = [...inputs].map(([name, value]) => `${name} ${value}`).join(', ');
  return wrap(`until the first confirmed write, from ${settings}; ${formatMs(allowedMs)} more to reach clients`, width);
}

function hazardTitle(hazards: readonly Hazard[], isPartial: boolean): string {
  const count = hazards.length === 0 ? 'no hazard' : plural(hazards.length, 'hazard');
  return isPartial ? `${count} in what was told` : count;
}

function hazardLines({ id, severity, what, therefore, mend }: Hazard, width: number): readonly string[] {
  return [
    ...item(`${severity === 'critical' ? '✗' : '!'} ${id}: ${what}`, width),
    ...indented([...item(therefore, width - 2), ...item(`→ ${mend}`, width - 2)]),
  ];
}

/** Wrapped, with what follows the first line set in. */
export function item(text: string, width: number): readonly string[] {
  return wrap(text, width - 2).map((line, at) => (at === 0 ? line : `  ${line}`));
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : INDENT + line));
}
