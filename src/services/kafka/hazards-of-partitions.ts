// Where copies are, and where they are not: by failure domain, and as it is right now.
import type { Hazard, HazardQuestion, Zones } from '../../core/kinds.ts';
import { few, when } from '../hazards.ts';
import { factsOf, ownFirst, type PartitionFacts, topicOf } from './facts.ts';
import { topicsOf } from './topic-facts.ts';

export function partitionHazards(question: HazardQuestion): readonly Hazard[] {
  return [...ofNow(question), ...ofRacks(question)];
}

function ofNow(question: HazardQuestion): readonly Hazard[] {
  const facts = factsOf(question.view);
  const minimums = new Map(topicsOf(question).map(({ name, minIsr }) => [name, minIsr ?? 1]));
  const units = ownFirst(facts);
  const offline = units.filter(([, { leader }]) => leader === null);
  const below = units.filter(
    ([unit, { leader, isr }]) => leader !== null && isr.length < (minimums.get(topicOf(unit)) ?? 1),
  );
  const short = units.filter(([, { isr, replicas }]) => isr.length < replicas.length);
  return [
    ...when(offline.length > 0, {
      id: 'offline-partitions',
      severity: 'critical',
      what: `nobody leads ${listed(offline)}`,
      therefore: 'they can be neither written nor read',
      mend: 'bring a replica back that was in sync; runbook 000, Kafka Broker Loss',
      where: unitsOf(offline),
    }),
    ...when(below.length > 0, {
      id: 'under-min-isr',
      severity: 'critical',
      what: `fewer replicas in sync than min.insync.replicas: ${listed(below)}`,
      therefore: 'acks=all is refused; with eligible leader replicas (ELR) what was written last cannot be read either',
      mend: 'bring the missing brokers back; do not lower min.insync.replicas to get through',
      where: unitsOf(below),
    }),
    ...when(short.length > 0, {
      id: 'under-replicated',
      severity: 'warning',
      what: `replicas are out of sync: ${listed(short)}${facts.fenced.length === 0 ? '' : `; not in service: ${few(facts.fenced)}`}`,
      therefore: 'every time above is that of a whole cluster: one more loss is one too many for these',
      mend: 'see whether the replicas catch up; runbook 000, Kafka Broker Loss',
      where: unitsOf(short),
    }),
  ];
}

function ofRacks({ view, zones }: HazardQuestion): readonly Hazard[] {
  const units = ownFirst(factsOf(view));
  const together = units.filter(([, { replicas }]) => replicas.length > 1 && zonesOf(replicas, zones).size === 1);
  return when(together.length > 0, {
    id: 'replicas-in-one-rack',
    severity: 'critical',
    what: `all replicas are in one zone: ${listed(together)}`,
    therefore: 'with the zone goes every copy: the partition is away until it is back',
    mend: 'set broker.rack on every broker, and spread the replicas: kafka-reassign-partitions.sh --generate',
    where: unitsOf(together),
  });
}

/** A node that nobody has placed stands for a zone of its own: nothing is claimed of it. */
function zonesOf(nodes: PartitionFacts['replicas'], zones: Zones): ReadonlySet<string> {
  return new Set(nodes.map((node) => zones[node] || `of ${node}`));
}

type Units = readonly (readonly [string, PartitionFacts])[];

function unitsOf(units: Units): readonly string[] {
  return units.map(([unit]) => unit);
}

function listed(units: Units): string {
  return few(unitsOf(units));
}
