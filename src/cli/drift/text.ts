// Drift for people, on 80 columns: per setting what is expected, what is live, and what that does.
import { formatMs } from '../../core/units.ts';
import { wrap } from '../../reporters/text.ts';
import { plural } from '../../reporters/words.ts';
import { indented, item } from '../predict/text.ts';
import type { Difference } from './compare.ts';
import type { ChangedOutcome, Effect } from './effect.ts';
import type { DriftedService, DriftReport } from './report.ts';

export function renderDrift({ target, environment, against, services }: DriftReport, width: number): readonly string[] {
  return [
    ...wrap(`${target} (${environment}) against ${against}`, width),
    ...services.flatMap((service) => ['', ...renderService(service, width)]),
  ];
}

function renderService(service: DriftedService, width: number): readonly string[] {
  const { name, kind, settings, structure, effectOfStructure, untold } = service;
  const room = width - 2;
  return [
    `${name === kind ? name : `${name} (${kind})`}: ${titleOf(service)}`,
    ...indented(untold.flatMap((text) => item(`cannot tell: ${text}`, room))),
    ...settings.flatMap(({ effect, ...difference }) =>
      indented([...item(differenceWords(difference), room), ...indented(effectLines(effect, room - 2))]),
    ),
    ...structure.flatMap((difference) => indented(item(differenceWords(difference), room))),
    ...(effectOfStructure === undefined ? [] : indented(indented(effectLines(effectOfStructure, room - 2)))),
  ];
}

function titleOf({ settings, structure, untold }: DriftedService): string {
  const count = settings.length + structure.length;
  if (count > 0) return plural(count, 'difference');
  return untold.length > 0 ? 'no difference in what was told' : 'no drift';
}

/** `sentinel.quorum: expected 2, is 1 on sentinel-1`. */
function differenceWords({ name, expected, live, where }: Difference): string {
  const on = where.length === 0 ? '' : ` (${where.join(', ')})`;
  return `${name}: expected ${valueWord(expected)}, is ${valueWord(live)}${on}`;
}

function valueWord(value: string | null): string {
  if (value === null) return 'not set';
  return value === '' ? '""' : value;
}

export function effectLines({ failures, brings, removes, narrows }: Effect, width: number): readonly string[] {
  const lines = [
    ...failureWords(failures),
    ...brings.map(({ id, what }) => `brings ${id}: ${what}`),
    ...removes.map(({ id, what }) => `removes ${id}: ${what}`),
    ...narrows.map(
      ({ id, goneFrom, staysOn }) => `narrows ${id}: gone from ${goneFrom.join(', ')}, still on ${staysOn.join(', ')}`,
    ),
  ];
  const effects = lines.length === 0 ? ['no effect on any predicted time, and no hazard'] : lines;
  return effects.flatMap((line) => item(`→ ${line}`, width));
}

/** The greatest change, and how many more there are: one setting mostly moves all failures alike. */
function failureWords(failures: readonly ChangedOutcome[]): readonly string[] {
  const [worst, ...others] = failures.toSorted((a, b) => weightOf(b) - weightOf(a));
  if (worst === undefined) return [];
  const names = [...new Set(others.map(({ what }) => what))].filter((what) => what !== worst.what);
  const more = names.length === 0 ? '' : `; and ${names.join(', ')}`;
  return [`${changeWords(worst)}${more}`];
}

function changeWords({ what, expected, live, laterMs }: ChangedOutcome): string {
  const by = laterMs === undefined ? '' : `${laterMs < 0 ? '' : '+'}${formatMs(laterMs)}: `;
  return `${what} ${by}${live} instead of ${expected}`;
}

function weightOf({ laterMs }: ChangedOutcome): number {
  return laterMs === undefined ? Number.POSITIVE_INFINITY : Math.abs(laterMs);
}
