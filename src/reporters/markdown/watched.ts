// What a watch has seen, an episode after the other.
import type { Report, Watched } from '../../core/report.ts';
import { cautions, episodeTitle, episodeWords, stutterWords } from '../watch-words.ts';
import { inline, paragraph, table } from './escape.ts';

export function whatHappened(report: Report): string[] {
  const { watched } = report;
  if (watched === undefined) return [];
  const episodes = watched.episodes.flatMap((episode, at) => {
    const rows = episodeWords(episode, report).map(({ label, lines }) => [label, lines.map(inline).join('<br>')]);
    return [...(at > 0 ? [''] : []), `### ${inline(episodeTitle(episode, watched))}`, '', ...table(['', ''], rows)];
  });
  return [
    ...cautions(watched).flatMap((caution) => [paragraph(`${caution}.`), '']),
    ...(episodes.length === 0 ? [nothing(watched)] : episodes),
    ...stutters(stutterWords(watched, report)),
  ];
}

function nothing({ stutters: brief }: Watched): string {
  return brief.length === 0 ? 'No outage was seen, and no server said anything.' : 'No server said anything.';
}

function stutters(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', '### Stutters', '', ...lines.map((line) => `- ${inline(line)}`)];
}
