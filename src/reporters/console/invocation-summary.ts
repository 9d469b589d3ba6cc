// The end of an invocation for a terminal: every drill in a line, the counts, and what the exit code means.
import type { Exit } from '../../core/exit-code.ts';
import type { InvocationInfo } from '../../core/kinds.ts';
import type { Report } from '../../core/report.ts';
import { formatCount, formatMs } from '../../core/units.ts';
import { oneLine, unbroken, wrap } from '../text.ts';
import { plural, recoveryWords, verdictSymbol, worstRecovery } from '../words.ts';
import { layOut } from './columns.ts';
import type { Layout } from './drill-result.ts';
import { verdictStyle } from './paint.ts';

/** One drill alone needs no table. `dir`: where the invocation's files are, as it can be typed. */
export function renderInvocation(
  reports: readonly Report[],
  ending: { readonly info: InvocationInfo; readonly exit: Exit; readonly dir: string },
  layout: Layout,
): string[] {
  const { info, exit, dir } = ending;
  const outcome = exit.code === 0 ? 'passed' : exit.code === 3 ? 'inconclusive' : 'failed';
  const [first = '', ...more] = wrap(`Exit ${exit.code}: ${exit.meaning}`, layout.width);
  return [
    '',
    ...(reports.length > 1 ? [...table(reports, layout), ''] : []),
    ...wrap(counts(reports, info), layout.width),
    `Everything is in ${dir}`,
    layout.paint(verdictStyle[outcome], first),
    ...more,
  ];
}

function table(reports: readonly Report[], { width, paint }: Layout): string[] {
  const rows = reports.map((report) => {
    const worst = worstRecovery(report);
    return [
      oneLine(report.drill.name) + (report.sabotage === undefined ? '' : ` (${oneLine(report.sabotage)})`),
      verdictCell(report),
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

function verdictCell({ verdict, status, cluster }: Report): string {
  return [
    verdict === 'failed' ? 'FAILED' : verdict,
    ...(status === 'completed' ? [] : [status]),
    ...(cluster === 'dirty' ? ['NOT RESTORED'] : []),
  ].join(', ');
}

function counts(reports: readonly Report[], info: InvocationInfo): string {
  const ran =
    reports.length < info.drills
      ? `${formatCount(reports.length)} of ${plural(info.drills, 'drill')} ran`
      : plural(reports.length, 'drill');
  const number = (what: string, of: (report: Report) => boolean): string[] => {
    const count = reports.filter(of).length;
    return count === 0 ? [] : [`${formatCount(count)} ${what}`];
  };
  const parts = [
    ...number('passed', ({ verdict }) => verdict === 'passed'),
    ...number('failed', ({ verdict }) => verdict === 'failed'),
    ...number('inconclusive', ({ verdict }) => verdict === 'inconclusive'),
    ...number('NOT RESTORED', ({ cluster }) => cluster === 'dirty'),
  ];
  return `${ran}${parts.length === 0 ? '' : `: ${parts.map(unbroken).join(', ')}`}`;
}
