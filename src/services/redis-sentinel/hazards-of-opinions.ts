// Of what Sentinels hold to be true: who the primary is, and who else there is.
import type { Hazard, HazardQuestion } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { few, when } from '../hazards.ts';
import { factsOf, type KnownPeers, majorityOf, votersOf } from './facts.ts';

export function opinionHazards(question: HazardQuestion): readonly Hazard[] {
  return [...ofThePrimary(question), ...ofWhomTheyKnow(question), ...ofTheDead(question)];
}

function ofThePrimary({ view }: HazardQuestion): readonly Hazard[] {
  const said = Object.entries(factsOf(view).sentinelsNaming);
  return when(new Set(said.map(([, node]) => node)).size > 1, {
    id: 'sentinels-disagree',
    severity: 'critical',
    what: `the Sentinels name different primaries: ${said
      .map(([sentinel, node]) => `${sentinel} says ${node ?? 'one that is not known here'}`)
      .join(', ')}`,
    therefore: 'clients that ask different ones write to different nodes, and what the wrong one takes is lost',
    mend: 'if it does not pass within seconds: SENTINEL RESET <primary> on those that are wrong, one after the other',
    where: said.map(([sentinel]) => sentinel),
  });
}

function ofWhomTheyKnow({ view }: HazardQuestion): readonly Hazard[] {
  const known = Object.entries(factsOf(view).known);
  const missing = [
    ...missingIn(known.map(([node, { sentinels }]) => [node, [node, ...sentinels]])),
    ...missingIn(known.map(([node, { replicas }]) => [node, replicas])),
  ];
  return when(missing.length > 0, {
    id: 'sentinels-know-others',
    severity: 'critical',
    what: `the Sentinels do not know the same nodes: ${missing
      .map(([node, names]) => `${node} does not know ${few(names)}`)
      .join(', ')}`,
    therefore:
      'a replica that the leader does not know is left behind on the old primary, and majorities are counted differently',
    mend: 'wait 10 s (INFO) and look again; then SENTINEL RESET <primary> on those that know too few, one after the other',
    where: [...new Set(missing.map(([node]) => node))],
  });
}

type Lists = readonly (readonly [NodeName, KnownPeers['sentinels']])[];

/** What others have in their lists, and one does not. */
function missingIn(lists: Lists): Lists {
  const everybody = [...new Set(lists.flatMap(([, names]) => names))].sort();
  return lists.flatMap(([node, names]): Lists => {
    const missing = everybody.filter((name) => !names.includes(name));
    return missing.length === 0 ? [] : [[node, missing]];
  });
}

function ofTheDead({ view }: HazardQuestion): readonly Hazard[] {
  const dead = [...new Set(Object.values(factsOf(view).known).flatMap(({ down }) => down))].sort();
  const voters = votersOf(view);
  return when(dead.length > 0, {
    id: 'dead-sentinels-counted',
    severity: 'warning',
    what: `not heard of for a while, and still counted as voters: ${few(dead)}`,
    therefore: `${majorityOf(voters)} of ${voters} have to agree, and ${voters - dead.length} are there`,
    mend: 'start it again, or SENTINEL RESET <primary> on the others if it is gone for good',
    where: dead,
  });
}
