// One drill's result for a terminal: the verdict first, then what it rests on, then what to do.

import { asTyped, PROGRAM } from '../../core/called-as.ts';
import type { ClusterAfter, FaultRecord, MeasuredWorkload, Report, ReportProblem, Watched } from '../../core/report.ts';
import { formatMs } from '../../core/units.ts';
import { dotted, oneLine, printable, wrap } from '../text.ts';
import { cautions, episodeTitle, episodeWords, stutterWords, WATCHED, watchedWords } from '../watch-words.ts';
import {
  busyWords,
  circumstances,
  lostWords,
  notByUnproved,
  oddities,
  phasesSinceFault,
  recoveryWords,
  verdictSymbol,
  verdictTitle,
  worstRecovery,
} from '../words.ts';
import { layOut } from './columns.ts';
import { type Paint, verdictStyle } from './paint.ts';

export interface Layout {
  readonly width: number;
  readonly paint: Paint;
  /** What stands before a command of ours when somebody types it here; undefined = its name. */
  readonly called?: string;
}

const labelWidth = 12;
const mostPhases = 16;
const indent = '  ';

/** `dir`: where its files are, as it can be typed. */
export function renderDrillResult(report: Report, dir: string | undefined, layout: Layout): string[] {
  const { watched } = report;
  return [
    '',
    ...headline(report, layout),
    '',
    ...(watched === undefined
      ? [...findings(report, layout), ...facts(report, layout)]
      : seen(watched, report, layout)),
    ...(watched === undefined ? cluster(report, layout) : leftAlone(report, layout)),
    ...rollback(report, layout),
    ...labelled('machine', busyWords(report), layout),
    ...report.problems.flatMap((problem) => problemLines(problem, layout)),
    ...nextSteps(report, layout),
    ...labelled('run', runWords(report), layout),
    ...(dir === undefined ? [] : [`${indent}${layout.paint('dim', 'report'.padEnd(labelWidth))}${dir}`]),
  ];
}

function headline(report: Report, { width, paint }: Layout): string[] {
  const verdict = report.watched === undefined ? verdictTitle[report.verdict] : WATCHED;
  const about = [report.drill.name, ...circumstances(report)].map(oneLine);
  const [first = '', ...more] = wrap(dotted([verdict, ...about]), width);
  const title = oneLine(report.drill.title);
  return [
    paint(verdictStyle[report.watched === undefined ? report.verdict : 'passed'], first.slice(0, verdict.length)) +
      first.slice(verdict.length),
    ...more,
    ...(title === '' ? [] : wrap(title, width).map((line) => paint('bold', line))),
    ...(report.cluster === 'dirty'
      ? [paint(verdictStyle.failed, 'The cluster was NOT RESTORED: a person is needed')]
      : []),
  ];
}

function findings({ assertions }: Report, { width, paint }: Layout): string[] {
  if (assertions.length === 0) return [`${indent}no assertions: there was nothing to prove`, ''];
  const rows = assertions.map(({ name, expected, actual }) => [name, expected, actual].map(oneLine));
  const margin = indent.length * 2;
  const [head = [], ...blocks] = layOut([['finding', 'expected', 'actual'], ...rows], width - margin);
  const lines = blocks.flatMap(([first = '', ...more], at) => {
    const { verdict = 'inconclusive', because = '' } = assertions[at] ?? {};
    // Findings that share their reason (a run that was cut short) share the line, too.
    const quiet = verdict === 'passed' || because === '' || because === assertions[at + 1]?.because;
    const why = quiet ? [] : wrap(`because ${oneLine(because)}`, width - margin - 2);
    return [
      `${indent}${paint(verdictStyle[verdict], verdictSymbol[verdict])} ${first}`,
      ...more.map((line) => `${indent}${indent}${line}`),
      ...why.map((line) => `${indent}${indent}${indent}${line}`),
    ];
  });
  return [...head.map((line) => paint('dim', `${indent}${indent}${line}`)), ...lines, ''];
}

function facts(report: Report, layout: Layout): string[] {
  return [
    ...labelled('fault', report.faults.map(faultWords).join('\n'), layout),
    ...labelled('recovery', eachWorkload(report, recoveryWords), layout),
    ...labelled('phases', phases(report), layout),
    ...labelled('lost', eachWorkload(report, lostWords), layout),
    ...labelled(
      'also found',
      eachWorkload(report, (workload) => oddities(workload).join(', ')),
      layout,
    ),
  ];
}

/** Instead of findings: an episode after the other. */
function seen(watched: Watched, report: Report, layout: Layout): string[] {
  const { width, paint } = layout;
  const episodes = watched.episodes.flatMap((episode) => [
    ...wrap(oneLine(episodeTitle(episode, watched)), width - indent.length).map((line) => indent + paint('bold', line)),
    ...episodeWords(episode, report).flatMap(({ label, lines }) =>
      labelled(label, lines.map(oneLine).join('\n'), layout),
    ),
    '',
  ]);
  return [
    ...labelled('watched', [watchedWords(watched), ...cautions(watched)].join('\n'), layout),
    '',
    ...episodes,
    ...labelled('stutters', stutterWords(watched, report).map(oneLine).join('\n'), layout),
    ...labelled('lost', eachWorkload(report, lostWords), layout),
  ];
}

function leftAlone({ differences, moved, cluster: state }: Report, layout: Layout): string[] {
  const lines = [
    state === 'dirty' ? 'NOT RESTORED: what was written there is not removed' : 'nothing was done to it',
    ...moved,
    ...differences,
  ];
  return labelled('cluster', lines.map(oneLine).join('\n'), layout);
}

function eachWorkload(report: Report, words: (workload: MeasuredWorkload) => string | undefined): string {
  const lines = Object.entries(report.measured).map(([name, workload]) => {
    const text = words(workload);
    return text === undefined || text === '' ? [] : [`${oneLine(name)} (${oneLine(workload.client)}): ${text}`];
  });
  return lines.flat().join('\n');
}

/** Until service was back: what came after it is in the report. */
function phases(report: Report): string {
  const all = phasesSinceFault(report);
  const backMs = worstRecovery(report)?.recoveryTimeMs?.high ?? Number.POSITIVE_INFINITY;
  const shown = all.filter(({ afterMs }) => afterMs <= backMs).slice(0, mostPhases);
  const words = shown.map(({ name, afterMs }) => `${oneLine(name)} ${formatMs(afterMs)}`);
  const more = all.length - shown.length;
  return dotted(more > 0 ? [...words, `${more} more in the report`] : words);
}

function faultWords(fault: FaultRecord): string {
  const { step, kind, targets, calledAtMs, confirmedAtMs, evidence, foundGone, revertedAtMs } = fault;
  const what = `${oneLine(step)}: ${oneLine(kind)} on ${targets.map(oneLine).join(', ') || 'nothing'}`;
  if (confirmedAtMs === undefined)
    return `${what}, NOT PROVED: ${oneLine(evidence) || 'no evidence that it took effect'}`;
  const until = revertedAtMs === undefined ? 'never reverted' : `reverted after ${formatMs(revertedAtMs - calledAtMs)}`;
  const gone = foundGone === undefined ? '' : `, then FOUND GONE: ${oneLine(foundGone)}`;
  return `${what}, in effect within ${formatMs(confirmedAtMs - calledAtMs)}${gone}, ${until}`;
}

function cluster(report: Report, layout: Layout): string[] {
  const { cluster: state, differences, moved } = report;
  const roles =
    moved.length === 0 ? '' : `, ${oneLine(`roles moved${notByUnproved(report)}`)}:\n${moved.map(oneLine).join('\n')}`;
  if (state === 'restored') return labelled('cluster', `restored${roles}`, layout);
  const before = state === 'dirty' ? ':' : '; it had not come to be as before:';
  const words = clusterWords[state] + (differences.length === 0 ? '' : before);
  return labelled('cluster', [words, ...differences.map(oneLine)].join('\n'), layout);
}

const clusterWords: Readonly<Record<Exclude<ClusterAfter, 'restored'>, string>> = {
  removed: 'was ours and is gone',
  undone: 'all that was done to it has been undone',
  dirty: 'NOT RESTORED',
};

function rollback({ rolledBack }: Report, layout: Layout): string[] {
  if (rolledBack === undefined) return [];
  const { at, by, done, failures, abandoned = false } = rolledBack;
  const left = failures.length === 0 ? ['nothing is left to be undone'] : failures.map((line) => `LEFT: ${line}`);
  return labelled(
    abandoned ? 'given up' : 'rolled back',
    [`${at} by ${by}`, ...done, ...left].map(oneLine).join('\n'),
    layout,
  );
}

function problemLines({ code, message, at, hint }: ReportProblem, layout: Layout): string[] {
  const where = at === undefined ? '' : `${oneLine(at)}: `;
  const [first = '', ...trace] = printable(message).trim().split('\n');
  const rest = trace.length === 0 ? '' : ' … (in full in the report)';
  const next = hint === undefined ? '' : `\n→ ${asTyped(oneLine(hint), layout.called ?? PROGRAM)}`;
  return labelled('problem', `${code}: ${where}${first}${rest}${next}`, layout);
}

function nextSteps({ verdict, drill }: Report, layout: Layout): string[] {
  return verdict === 'failed' && drill.onFailure !== undefined
    ? labelled('do next', printable(drill.onFailure), layout)
    : [];
}

function runWords({ runId, durationMs, runtime, target, seed }: Report): string {
  const where = target === undefined ? oneLine(runtime) : `target ${oneLine(target)}`;
  return dotted([oneLine(runId), `took ${formatMs(durationMs)}`, where, `seed ${seed}`]);
}

/** Nothing for an empty text. */
function labelled(label: string, text: string, { width, paint }: Layout): string[] {
  if (text.trim() === '') return [];
  return wrap(text.trimEnd(), width - indent.length - labelWidth).map(
    (line, at) => `${indent}${at === 0 ? paint('dim', label.padEnd(labelWidth)) : ' '.repeat(labelWidth)}${line}`,
  );
}
