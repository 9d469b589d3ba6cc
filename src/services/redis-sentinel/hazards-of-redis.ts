// Of the Redis nodes themselves: what a failover loses, or leaves nobody to serve.
import type { Hazard, HazardQuestion } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { few, when } from '../hazards.ts';
import { factsOf, nodesWith, sentinelsUntold } from './facts.ts';
import { leastReplicas, numberOf, settingOf } from './settings.ts';

/** Measured with a primary cut from Sentinels and replicas (min-replicas 0): 6,636 of 7,202 acknowledged writes. */
const LOST_IN_SPLIT_BRAIN =
  'over nine in ten of the writes that it acknowledged meanwhile were lost when that was measured';

export function redisHazards(question: HazardQuestion): readonly Hazard[] {
  if (nodesWith(question.view, 'redis').length === 0) return [];
  return [
    ...ofThePrimary(question),
    ...ofItsReplicas(question),
    ...ofConfirmation(question),
    ...ofPersistence(question),
    ...ofMemory(question),
  ];
}

function ofThePrimary({ view }: HazardQuestion): readonly Hazard[] {
  const { primary, untold } = factsOf(view);
  if (primary !== null || untold.length + sentinelsUntold(view).length > 0) return [];
  return [
    {
      id: 'no-primary',
      severity: 'critical',
      what: 'more than half of the Sentinels name no primary, and no single node claims to be one',
      therefore: 'nobody can be told where to write',
      mend: 'ask each Sentinel: SENTINEL MASTERS; then runbook 000, Redis Primary Failure',
      where: nodesWith(view, 'redis'),
    },
  ];
}

function ofItsReplicas(question: HazardQuestion): readonly Hazard[] {
  const { primary, inStep, untold } = factsOf(question.view);
  if (primary === null) return [];
  const replicas = nodesWith(question.view, 'redis').filter((node) => node !== primary);
  const behind = replicas.filter((node) => !inStep.includes(node) && !untold.includes(node));
  return [
    ...when(replicas.length === 0, {
      id: 'no-replica',
      severity: 'critical',
      what: `${primary} has no replica`,
      therefore: 'nobody can take its place, and its disk is all there is of its data',
      mend: 'add two replicas, each in a zone of its own',
      where: [primary],
    }),
    ...(replicas.length === 0 ? [] : ofTheirDuties(replicas, question)),
    ...when(behind.length > 0, {
      id: 'replica-behind',
      severity: behind.length === replicas.length ? 'critical' : 'warning',
      what: `${few(behind)} ${behind.length === 1 ? 'does' : 'do'} not follow ${primary} with the link up`,
      therefore: 'what it has is old: it may not be promoted, and does not confirm writes',
      mend: 'look at master_link_status in its INFO replication, and at its log',
      where: behind,
    }),
  ];
}

/** To take over, and to confirm what another one takes. */
function ofTheirDuties(replicas: readonly NodeName[], { settings }: HazardQuestion): readonly Hazard[] {
  const barred = replicas.filter((node) => numberOf(settings, 'redis', node, 'replica-priority') === 0);
  const least = Math.max(0, ...replicas.map((node) => leastReplicas(settings, node)));
  return [
    ...when(replicas.length - 1 < least, {
      id: 'no-spare-replica',
      severity: 'critical',
      what: `${replicas.length === 1 ? 'there is one replica' : `there are ${replicas.length} replicas`}, and min-replicas-to-write is ${least}`,
      therefore:
        'whoever is promoted has too few replicas left to confirm: it refuses every write (NOREPLICAS) until the dead node is back',
      mend: `run ${least + 1} replicas or more; min-replicas-to-write 0 instead would take writes that nobody else has`,
      where: replicas,
    }),
    ...when(barred.length === replicas.length, {
      id: 'nobody-promotable',
      severity: 'critical',
      what: `replica-priority is 0 on ${few(barred)}: on every replica`,
      therefore: 'Sentinel may promote none of them: service stays away until the primary is back',
      mend: 'CONFIG SET replica-priority 100 on those that may take over, and CONFIG REWRITE',
      where: barred,
    }),
  ];
}

function ofConfirmation({ view, settings }: HazardQuestion): readonly Hazard[] {
  const none = nodesThat(
    view,
    (node) =>
      settingOf(settings, 'redis', node, 'min-replicas-to-write') !== undefined && leastReplicas(settings, node) === 0,
  );
  return when(none.length > 0, {
    id: 'split-brain-loses-writes',
    severity: 'critical',
    what: `min-replicas-to-write is off on ${few(none)}`,
    therefore: `a primary that is cut off goes on taking writes for as long as that lasts, and loses them: ${LOST_IN_SPLIT_BRAIN}`,
    mend: 'with two replicas or more: CONFIG SET min-replicas-to-write 1 and min-replicas-max-lag 10, and CONFIG REWRITE',
    where: none,
  });
}

function ofPersistence({ view, settings }: HazardQuestion): readonly Hazard[] {
  const off = nodesThat(view, (node) => {
    const of = (name: string): string | undefined => settingOf(settings, 'redis', node, name);
    return of('appendonly') === 'no' && of('save') === '';
  });
  return when(off.length > 0, {
    id: 'no-persistence',
    severity: 'critical',
    what: `nothing is written to disk on ${few(off)} (appendonly no, save "")`,
    therefore:
      'a primary that is started again before down-after is over comes back empty, stays primary, and its replicas copy the emptiness: everything is lost',
    mend: 'CONFIG SET appendonly yes and CONFIG REWRITE; or never let anything start a dead node again by itself',
    where: off,
  });
}

function ofMemory({ view, settings }: HazardQuestion): readonly Hazard[] {
  const unlimited = nodesThat(view, (node) => numberOf(settings, 'redis', node, 'maxmemory') === 0);
  return when(unlimited.length > 0, {
    id: 'no-memory-limit',
    severity: 'warning',
    what: `maxmemory is 0 on ${few(unlimited)}`,
    therefore:
      'it grows until the kernel kills it; the promoted replica holds the same data, and is the next. used_memory / maxmemory, which runbook 000 watches, is no number',
    mend: 'CONFIG SET maxmemory to three quarters of the machine, with a maxmemory-policy that you want, and CONFIG REWRITE',
    where: unlimited,
  });
}

function nodesThat(view: HazardQuestion['view'], is: (node: NodeName) => boolean): readonly NodeName[] {
  return nodesWith(view, 'redis').filter(is);
}
