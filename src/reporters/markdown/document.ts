// One run as a ticket: the verdict, what was done and how that is known, what clients saw, and what is left to do.
import type { Report } from '../../core/report.ts';
import { formatMs } from '../../core/units.ts';
import { WATCHED, watchedWords } from '../watch-words.ts';
import { busyWords, circumstances, recoveryWords, verdictSymbol, verdictTitle, worstRecovery } from '../words.ts';
import { cell, code, codeBlock, inline, paragraph, table } from './escape.ts';
import { faults, moments, restoration } from './events.ts';
import { dataLoss, prediction, workloads } from './measured.ts';
import { reproduce } from './reproduce.ts';
import { whatHappened } from './watched.ts';

export function renderMarkdown(report: Report): string {
  const sections = [
    heading(report),
    section('What to do next', nextSteps(report)),
    section('What happened', whatHappened(report)),
    section('Findings', report.watched === undefined ? findings(report) : []),
    section('Problems', problems(report)),
    section('Root cause: what was done', report.watched === undefined ? faults(report) : []),
    section('What clients saw', workloads(report)),
    section('Prediction', prediction(report)),
    section('Data-loss window', dataLoss(report)),
    section('Replica reattachment and restoration', restoration(report)),
    section('Timeline', moments(report)),
    section('How to reproduce', howTo(report)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines];
}

function heading(report: Report): string[] {
  const { drill } = report;
  const worst = worstRecovery(report);
  const how = circumstances(report)
    .map((words) => `, ${inline(words)}`)
    .join('');
  const rows: [string, string | undefined][] = [
    ['Verdict', `**${verdictWords(report)}**${how}`],
    ['Recovery time', worst === undefined ? undefined : inline(recoveryWords(worst) ?? '')],
    ['Cluster', report.cluster === 'dirty' ? '**NOT RESTORED: a person is needed**' : report.cluster],
    ['Machine', busyWords(report) === '' ? undefined : inline(busyWords(report))],
    ['Drill', `${code(drill.name)} (${inline(drill.file)}, sha256 ${code(drill.sha256.slice(0, 12))})`],
    [
      'Proves',
      drill.proves.map(({ runbook, step }) => `runbook ${inline(runbook)}, ${inline(step)}`).join('<br>') || undefined,
    ],
    [
      'Self-tests',
      drill.proven || report.watched !== undefined ? undefined : 'none: it is not proved that this drill can fail',
    ],
    ['Owner', drill.owner === undefined ? undefined : inline(drill.owner)],
    ['Run', `${code(report.runId)}, started ${inline(report.startedAt)}, took ${formatMs(report.durationMs)}`],
    [
      'Where',
      `runtime ${inline(report.runtime)}${report.target === undefined ? '' : `, target ${inline(report.target)}`}`,
    ],
    [
      'Versions',
      Object.entries(report.versions)
        .map(([name, version]) => `${inline(name)} ${inline(version)}`)
        .join(', ') || undefined,
    ],
  ];
  const known = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const title = inline(drill.title) || inline(drill.name);
  return [`# ${verdictWords(report).split(':')[0]}: ${title}`, '', ...table(['', ''], known)];
}

/** A watch asks for nothing, so its verdict says nothing. */
function verdictWords({ verdict, watched }: Report): string {
  return watched === undefined ? verdictTitle[verdict] : `${WATCHED}: ${watchedWords(watched)}`;
}

function nextSteps({ verdict, cluster, runId, drill }: Report): string[] {
  return [
    ...(cluster === 'dirty'
      ? [`Bring the cluster back: ${code(`firedrill rollback ${runId}`)}, then look at what is left.`, '']
      : []),
    ...(verdict === 'failed' && drill.onFailure !== undefined ? [paragraph(drill.onFailure)] : []),
  ];
}

function findings({ assertions }: Report): string[] {
  if (assertions.length === 0) return ['There were no assertions, so there was nothing to prove.'];
  const rows = assertions.map(({ name, verdict, expected, actual, because, position }) => [
    `${verdictSymbol[verdict]} ${verdict}`,
    `${cell(name)}<br>${code(`${position.file}:${position.line}`)}`,
    cell(expected),
    cell(actual),
    cell(because),
  ]);
  return table(['Verdict', 'Finding', 'Expected', 'Actual', 'Because'], rows);
}

function problems({ problems: all }: Report): string[] {
  return all.flatMap(({ code: name, message, at, hint }, index) => [
    ...(index > 0 ? [''] : []),
    `**${inline(name)}**${at === undefined ? '' : ` at ${code(at)}`}`,
    '',
    ...codeBlock(message),
    ...(hint === undefined ? [] : ['', `What to do: ${inline(hint)}`]),
  ]);
}

function howTo(report: Report): string[] {
  return [
    ...codeBlock(reproduce(report), 'sh'),
    '',
    `Its config hash is then ${code(report.configHash)} again.`,
    `To judge what was recorded again, without a cluster: ${code(`firedrill judge reports/${report.runId}`)}`,
  ];
}
