// Rights in a dry run: those that are given in one line for each sort of node, those that nobody can tell of in one for each
// reason, and each that is missing in one of its own.
import type { DryRunItem } from '../../core/dry-run.ts';
import type { Row } from './dry-run-rows.ts';

type RightItem = Extract<DryRunItem, { about: 'right' }>;

export function rightLines(items: readonly RightItem[]): readonly Row[] {
  const given = Map.groupBy(
    items.filter(({ standing }) => standing === 'proved'),
    ({ right, nodes }) => `${right.service} ${right.role} ${nodes.join()}`,
  );
  const untold = Map.groupBy(
    items.filter(({ standing }) => standing === 'cannotProve'),
    (item) => `${whereWords(item)}: ${item.because}`,
  );
  return [
    ...[...given.values()].map((own): Row => ['proved', `${own.map(actWords).join('; ')} ${whereWords(own[0])}`]),
    ...[...untold].map(([why, own]): Row => ['cannotProve', `${own.map(actWords).join('; ')} ${why}`]),
    ...items
      .filter(({ standing }) => standing !== 'proved' && standing !== 'cannotProve')
      .map(
        (item): Row => [item.standing, `${actWords(item)} ${whereWords(item)}${neededWords(item)}: ${item.because}`],
      ),
  ];
}

function actWords({ right }: RightItem): string {
  return right.act.join(' ');
}

function whereWords(item: RightItem | undefined): string {
  const { service, role } = item?.right ?? {};
  const nodes = item?.nodes ?? [];
  return nodes.length === 0 ? `on each ${role} of ${service}` : `on ${nodes.join(', ')}`;
}

function neededWords({ right: { neededBy } }: RightItem): string {
  return neededBy.length === 0 ? '' : ` (for ${neededBy.join(', ')})`;
}
