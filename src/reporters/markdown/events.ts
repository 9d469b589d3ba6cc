// What happened: what we did, what the servers said of it, and how the cluster was left.
import type { Report } from '../../core/report.ts';
import { formatMs } from '../../core/units.ts';
import { notByUnproved } from '../words.ts';
import { cell, code, inline, table } from './escape.ts';
import { sinceFault, timeline } from './timeline.ts';

export function faults(report: Report): string[] {
  if (report.faults.length === 0) return ['Nothing was injected.'];
  const rows = report.faults.map(
    ({ step, kind, targets, calledAtMs, confirmedAtMs, evidence, foundGone, revertedAtMs }) => [
      cell(step),
      code(kind),
      cell(targets.join(', ')),
      formatMs(calledAtMs),
      confirmedAtMs === undefined ? '**not proved**' : sinceFault(report, confirmedAtMs),
      revertedAtMs === undefined ? 'never' : sinceFault(report, revertedAtMs),
      cell(evidence) + (foundGone === undefined ? '' : `<br>**Found gone at the end of its hold**: ${cell(foundGone)}`),
    ],
  );
  return table(['Step', 'Fault', 'Targets', 'Called at', 'In effect', 'Reverted', 'Evidence'], rows);
}

const restorationWords: Readonly<Record<Report['cluster'], string>> = {
  restored: 'The cluster is as it was before.',
  removed: 'The cluster was ours and is gone.',
  undone: 'All that was done to the cluster has been undone. Nobody has looked whether it is as it was before.',
  dirty: '**The cluster is not as it was before:**',
};

export function restoration(report: Report): string[] {
  const { cluster, differences, moved } = report;
  return [
    ...steadyAgain(report),
    (cluster === 'restored' && moved.length > 0
      ? 'The cluster is as it was before, but for roles.'
      : restorationWords[cluster]) +
      (differences.length > 0 && cluster !== 'dirty' ? ' It had not come to be as before:' : ''),
    ...differences.map((difference) => `- ${inline(difference)}`),
    ...rollback(report),
    ...(moved.length === 0
      ? []
      : ['', `${inline(`Roles that moved${notByUnproved(report)}`)}:`, ...moved.map((role) => `- ${inline(role)}`)]),
  ];
}

function rollback({ rolledBack }: Report): string[] {
  if (rolledBack === undefined) return [];
  const { at, by, done, failures, abandoned = false } = rolledBack;
  const how = failures.length === 0 ? 'nothing is left to be undone' : '**not all of it**';
  return [
    '',
    abandoned
      ? `Given up ${inline(at)} by ${inline(by)}; **nothing was undone**:`
      : `Rolled back ${inline(at)} by ${inline(by)}; ${how}:`,
    ...done.map((line) => `- done: ${inline(line)}`),
    ...failures.map((line) => `- **left**: ${inline(line)}`),
  ];
}

function steadyAgain({ faults: injected, redundantAgainAtMs: again }: Report): string[] {
  if (again === undefined) return injected.length === 0 ? [] : ['The steady state was not seen again.', ''];
  const { lowMs, highMs } = again;
  const when =
    highMs === undefined ? `not before ${formatMs(lowMs)}` : `between ${formatMs(lowMs)} and ${formatMs(highMs)}`;
  return [`The steady state was back ${when} on the run's clock.`, ''];
}

export function moments(report: Report): string[] {
  const hurt = report.faults.length > 0;
  const rows = timeline(report).map(({ atMs, what }) => [
    formatMs(atMs),
    ...(hurt ? [sinceFault(report, atMs)] : []),
    cell(what),
  ]);
  return rows.length === 0 ? [] : table(["Run's clock", ...(hurt ? ['Since the fault'] : []), 'What'], rows);
}
