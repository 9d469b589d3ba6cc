import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Margin, MarginQuestion } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { worstNumber } from './settings.ts';
import { WORDS } from './words.ts';

/** Pure: what the Sentinels need to fail over, and what a new primary needs to take writes. */
export function margins({ without, view, settings }: MarginQuestion): readonly Margin[] {
  const away = new Set(without);
  const there = (nodes: readonly NodeName[]): number => nodes.filter((node) => !away.has(node)).length;
  const facts = view.facts as JsonObject;
  const sentinels = WORDS['sentinels']?.resolve(view) ?? [];
  const answering = isJsonObject(facts['sentinelsNaming']) ? Object.keys(facts['sentinelsNaming']) : [];
  const inStep = Array.isArray(facts['inStep']) ? (facts['inStep'] as readonly NodeName[]) : [];
  const primary = WORDS['redis-primary']?.resolve(view)[0];
  const isLost = primary !== undefined && away.has(primary);
  const quorum = worstNumber(settings, 'sentinel', 'quorum', 'max');
  const noFailover = 'nobody fails over until one of them is back';
  return [
    {
      what: `Sentinels for a majority of ${sentinels.length}`,
      left: there(answering),
      needed: Math.floor(sentinels.length / 2) + 1,
      otherwise: noFailover,
    },
    ...(quorum === undefined
      ? []
      : [{ what: 'Sentinels for the quorum', left: there(answering), needed: quorum, otherwise: noFailover }]),
    ...(isLost
      ? [
          {
            what: 'replicas in step that can be promoted',
            left: there(inStep),
            needed: 1,
            otherwise: 'there is no primary until the old one is back',
          },
        ]
      : []),
    {
      what: `replicas for min-replicas-to-write${isLost ? ', once one of them is promoted' : ''}`,
      left: Math.max(0, there(inStep) - (isLost ? 1 : 0)),
      needed: worstNumber(settings, 'redis', 'min-replicas-to-write', 'max') ?? 0,
      otherwise: 'writes are refused (NOREPLICAS) until one is back',
    },
  ];
}
