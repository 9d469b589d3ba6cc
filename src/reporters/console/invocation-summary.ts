// The end of an invocation for a terminal: every drill in a line, the counts, and what the exit code means.
import type { Exit } from '../../core/exit-code.ts';
import type { InvocationInfo } from '../../core/kinds.ts';
import type { Report } from '../../core/report.ts';
import { standingOf } from '../../core/standing.ts';
import { formatCount, formatMs } from '../../core/units.ts';
import type { Verdict } from '../../core/verdict.ts';
import { oneLine, unbroken, wrap } from '../text.ts';
import { exitLine, plural, quarantineWords, recoveryWords, verdictSymbol, worstRecovery } from '../words.ts';
import { layOut } from './columns.ts';
import type { Layout } from './drill-result.ts';
import { notRunLines } from './not-run.ts';
import { verdictStyle } from './paint.ts';

/** One drill alone needs no table. `dir`: where the invocation's files are, as it can be typed. */
export function renderInvocation(
  reports: readonly Report[],
  ending: { readonly info: InvocationInfo; readonly exit: Exit; readonly dir: string },
  layout: Layout,
): string[] {
  const { info, exit, dir } = ending;
  const outcome = exit.code === 0 ? 'passed' : exit.code === 3 ? 'inconclusive' : 'failed';
  const [first = '', ...more] = wrap(exitLine(exit), layout.width);
  return [
    '',
    ...(reports.length > 1 ? [...table(reports, layout), ''] : []),
    ...(reports.some(({ watched }) => watched === undefined) ? wrap(counts(reports, info), layout.width) : []),
    ...notRunLines(reports, info.drills - runsMade(reports), layout),
    ...quarantines(reports).flatMap((line) => wrap(oneLine(line), layout.width)),
    `Summary: ${dir}`,
    layout.paint(verdictStyle[outcome], first),
    ...more,
  ];
}

function table(reports: readonly Report[], { width, paint }: Layout): string[] {
  const rows = reports.map((report) => {
    const worst = worstRecovery(report);
    return [
      oneLine(report.drill.name) + (report.sabotage === undefined ? '' : ` (${oneLine(report.sabotage)})`),
      verdictCell(report, reports),
      (worst === undefined ? undefined : recoveryWords(worst)) ?? '–',
      formatMs(report.durationMs),
    ];
  });
  const [head = [], ...blocks] = layOut([['drill', 'verdict', 'recovery', 'took'], ...rows], width - 4);
  const lines = blocks.flatMap(([first = '', ...more], at) => {
    const verdict = reports[at]?.verdict ?? 'inconclusive';
    return [`  ${paint(verdictStyle[verdict], verdictSymbol[verdict])} ${first}`, ...more.map((line) => `    ${line}`)];
  });
  return [...head.map((line) => paint('dim', `    ${line}`)), ...lines];
}

function verdictCell(report: Report, reports: readonly Report[]): string {
  const { verdict, status, cluster, retryOf, quarantine } = report;
  const standing = standingOf(report, reports);
  return [
    verdict === 'failed' ? 'FAILED' : verdict,
    ...(standing === 'retried' ? ['run again'] : []),
    ...(retryOf === undefined ? [] : ['second try']),
    ...(standing === 'quarantined' ? ['in quarantine'] : []),
    ...(quarantine?.inForce === false ? ['quarantine expired'] : []),
    ...(status === 'completed' ? [] : [status]),
    ...(cluster === 'dirty' ? ['NOT RESTORED'] : []),
  ].join(', ');
}

/** Once a drill, however often it ran. */
function quarantines(reports: readonly Report[]): readonly string[] {
  const lines = reports.flatMap(({ drill, quarantine }) =>
    quarantine === undefined ? [] : [`${drill.name}: ${quarantineWords(quarantine)}`],
  );
  return [...new Set(lines)];
}

/** Those made in place of others count once. */
function runsMade(reports: readonly Report[]): number {
  return reports.filter((report) => standingOf(report, reports) !== 'retried').length;
}

function counts(reports: readonly Report[], info: InvocationInfo): string {
  const runs = runsMade(reports);
  const retried = reports.length - runs;
  const again = retried === 0 ? '' : ` (${formatCount(retried)} of them run again)`;
  const ran =
    (runs < info.drills ? `${formatCount(runs)} of ${plural(info.drills, 'drill')} ran` : plural(runs, 'drill')) +
    again;
  const number = (what: string, of: (report: Report) => boolean): string[] => {
    const count = reports.filter(of).length;
    return count === 0 ? [] : [`${formatCount(count)} ${what}`];
  };
  const counting = (verdict: Verdict) => (report: Report) =>
    report.verdict === verdict && standingOf(report, reports) === 'counts';
  const parts = [
    ...number('passed', counting('passed')),
    ...number('failed', counting('failed')),
    ...number('inconclusive', counting('inconclusive')),
    ...number('in quarantine, which do not count', (report) => standingOf(report, reports) === 'quarantined'),
    ...number('NOT RESTORED', ({ cluster }) => cluster === 'dirty'),
  ];
  return `${ran}${parts.length === 0 ? '' : `: ${parts.map(unbroken).join(', ')}`}`;
}
