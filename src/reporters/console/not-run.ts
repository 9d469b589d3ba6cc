// Why an invocation ended before its time: a run left something on a cluster that the next one would have met.
import { asTyped, PROGRAM } from '../../core/called-as.ts';
import type { Report } from '../../core/report.ts';
import { standsInTheWay } from '../../core/standing.ts';
import { oneLine, wrap } from '../text.ts';
import { plural } from '../words.ts';
import type { Layout } from './drill-result.ts';

/** What is left, and how it is mended. Nothing when no run was kept from being made. */
export function notRunLines(reports: readonly Report[], notRun: number, layout: Layout): readonly string[] {
  const last = reports.find(standsInTheWay);
  if (last === undefined || notRun <= 0) return [];
  const { runId, target, warm, differences, problems } = last;
  const where = target ?? `the warm cluster ${warm?.name}`;
  const undos = problems.filter(({ code }) => code === 'UNDO_FAILED').map(({ message }) => message);
  const next =
    undos.length > 0
      ? `firedrill rollback ${runId} tries again to undo it. Run the others when it says that nothing is left.`
      : 'All that was done has been undone, and still it is not as before: mend it by hand, then run the others.';
  return [
    `${plural(notRun, 'drill')} NOT RUN: ${runId} did not leave ${where} as it was before`,
    ...[...differences, ...undos].map((line) => `left: ${line}`),
    `→ ${asTyped(next, layout.called ?? PROGRAM)}`,
  ].flatMap((line, at) => indented(oneLine(line), at === 0 ? '' : '  ', layout.width));
}

function indented(line: string, by: string, width: number): readonly string[] {
  return wrap(line, width - by.length).map((part) => by + part);
}
