// What one lost zone would take at once.
import type { Hazard, HazardQuestion } from '../../core/kinds.ts';
import { few } from '../hazards.ts';
import { factsOf, majorityOf, nodesWith, votersOf } from './facts.ts';
import { leastReplicas } from './settings.ts';

export function zoneHazards(question: HazardQuestion): readonly Hazard[] {
  return [...ofThePrimary(question), ...ofTheSentinels(question)];
}

function ofThePrimary({ view, settings, zones }: HazardQuestion): readonly Hazard[] {
  const { primary, untold } = factsOf(view);
  const zone = primary === null ? undefined : zones[primary];
  if (primary === null || zone === undefined || zone === '') return [];
  const replicas = nodesWith(view, 'redis').filter((node) => node !== primary);
  const along = replicas.filter((node) => zones[node] === zone);
  if (along.length === 0) return [];
  const left = replicas.filter((node) => zones[node] !== zone);
  // How bad it is rests on what those need that would be left.
  if (left.some((node) => untold.includes(node))) return [];
  const least = Math.max(0, ...left.map((node) => leastReplicas(settings, node)));
  const serves = left.length >= 1 + least;
  const therefore =
    left.length === 0
      ? 'with the zone goes every copy: nobody can be promoted'
      : `with the zone go ${1 + along.length} of ${1 + replicas.length} copies; ${
          serves ? 'the loss of one more is an outage' : 'who is promoted refuses writes (NOREPLICAS) until one is back'
        }`;
  return [
    {
      id: 'replica-in-the-primarys-zone',
      severity: serves ? 'warning' : 'critical',
      what: `${few(along)} ${along.length === 1 ? 'is' : 'are'} in zone ${zone}, as the primary ${primary} is`,
      therefore,
      mend: 'move it to a zone of its own',
      where: [primary, ...along],
    },
  ];
}

function ofTheSentinels({ view, zones }: HazardQuestion): readonly Hazard[] {
  const voters = votersOf(view);
  const sentinels = nodesWith(view, 'sentinel');
  const placed = sentinels.filter((node) => (zones[node] ?? '') !== '');
  return [...Map.groupBy(placed, (node) => zones[node] ?? '')].flatMap(([zone, own]): readonly Hazard[] => {
    if (own.length < 2 || voters - own.length >= majorityOf(voters)) return [];
    return [
      {
        id: 'sentinels-in-one-zone',
        severity: 'critical',
        what: `${own.length} of ${voters} Sentinels are in zone ${zone}: ${few(own)}`,
        therefore: 'with the zone goes the majority: nobody is promoted until it is back',
        mend: 'spread them, one to a zone',
        where: own,
      },
    ];
  });
}
