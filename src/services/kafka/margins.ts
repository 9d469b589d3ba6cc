import type { Margin, MarginQuestion } from '../../core/kinds.ts';
import { factsOf, topicOf } from './facts.ts';
import { topicsOf } from './topic-facts.ts';

/** Pure: the controllers' majority, and of all partitions the one that is nearest to refusing writes. */
export function margins({ without, view, settings }: MarginQuestion): readonly Margin[] {
  const away = new Set(without);
  const facts = factsOf(view);
  const { controllers } = facts;
  const minIsrs = new Map(topicsOf({ view, settings }).map(({ name, minIsr }) => [name, minIsr]));
  return [
    ...(controllers.length === 0
      ? []
      : [
          {
            what: `controllers for a majority of ${controllers.length}`,
            left: controllers.filter((node) => !away.has(node)).length,
            needed: Math.floor(controllers.length / 2) + 1,
            otherwise: 'no leader, ISR or topic can change until one of them is back',
          },
        ]),
    ...leastOf(
      Object.entries(facts.partitions).map(([unit, partition]) => {
        const left = partition.isr.filter((node) => !away.has(node)).length;
        return { unit, left, needed: minIsrs.get(topicOf(unit)) ?? 1 };
      }),
    ),
  ];
}

interface PartitionMargin {
  readonly unit: string;
  readonly left: number;
  readonly needed: number;
}

function leastOf(partitions: readonly PartitionMargin[]): readonly Margin[] {
  const [least] = partitions.toSorted((a, b) => a.left - a.needed - (b.left - b.needed));
  if (least === undefined) return [];
  const short = partitions.filter(({ left, needed }) => left < needed).length;
  const which = partitions.length === 1 ? '' : `, the least of ${partitions.length} partitions`;
  const refused = short === 1 ? 'one partition' : `${short} partitions`;
  return [
    {
      what: `replicas in sync of ${least.unit}${which}`,
      left: least.left,
      needed: least.needed,
      otherwise: `${least.left === 0 ? 'nobody may lead it' : 'acks=all is refused'} until one is back (so for ${refused})`,
    },
  ];
}
