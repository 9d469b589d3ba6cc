// Of topics, Kafka's own ones among them: how many copies there are, and how many have to confirm.
import type { Hazard, HazardQuestion } from '../../core/kinds.ts';
import { few, when } from '../hazards.ts';
import { factsOf } from './facts.ts';
import { type Topic, topicsOf } from './topic-facts.ts';

export function topicHazards(question: HazardQuestion): readonly Hazard[] {
  const topics = topicsOf(question);
  return [
    ...ofTheirCopies(topics),
    ...ofConfirmation(topics),
    ...ofUncleanElections(topics),
    ...ofMinIsrInFiles(question, topics),
    ...ofTopicsToBe(question, topics),
  ];
}

function ofTheirCopies(topics: readonly Topic[]): readonly Hazard[] {
  const single = topics.filter(({ replicationFactor }) => replicationFactor === 1);
  const double = topics.filter(({ replicationFactor }) => replicationFactor === 2);
  const mend = 'give it two replicas more: kafka-reassign-partitions.sh, with three brokers for each partition';
  return [
    ...when(single.length > 0, {
      id: 'one-replica',
      severity: 'critical',
      what: `one replica: ${listed(single)}`,
      therefore: `with its broker the partition is away until that is back, and with its disk the records are gone${ofGroups(single)}`,
      mend,
      where: namesOf(single),
    }),
    ...when(double.length > 0, {
      id: 'two-replicas',
      severity: 'warning',
      what: `two replicas: ${listed(double)}`,
      therefore:
        'with one broker lost, either acks=all is refused (min.insync.replicas 2), or one copy is all that confirms',
      mend,
      where: namesOf(double),
    }),
  ];
}

function ofGroups(topics: readonly Topic[]): string {
  return topics.some(({ name }) => name === '__consumer_offsets')
    ? '; the groups that it coordinates cannot commit, and stand still'
    : '';
}

function ofConfirmation(topics: readonly Topic[]): readonly Hazard[] {
  const copied = topics.filter(({ replicationFactor }) => replicationFactor > 1);
  const one = copied.filter(({ minIsr }) => minIsr === 1);
  const all = copied.filter(({ minIsr, replicationFactor }) => minIsr === replicationFactor);
  return [
    ...when(one.length > 0, {
      id: 'min-isr-one',
      severity: 'critical',
      what: `min.insync.replicas is 1: ${listed(one)}`,
      therefore:
        'once the others have fallen behind, acks=all is confirmed by one copy: when that broker is lost next, so is what it confirmed, or the partition is away',
      mend: 'kafka-configs.sh --alter --add-config min.insync.replicas=2, for the topic, or as the default of all',
      where: namesOf(one),
    }),
    ...when(all.length > 0, {
      id: 'min-isr-is-all',
      severity: 'critical',
      what: `min.insync.replicas is as many as there are replicas: ${listed(all)}`,
      therefore: 'any one broker lost, and acks=all is refused (NOT_ENOUGH_REPLICAS) until it is back',
      mend: 'three replicas and min.insync.replicas 2',
      where: namesOf(all),
    }),
  ];
}

function ofUncleanElections(topics: readonly Topic[]): readonly Hazard[] {
  const unclean = topics.filter((topic) => topic.unclean === true);
  return when(unclean.length > 0, {
    id: 'unclean-election',
    severity: 'critical',
    what: `unclean.leader.election.enable is on: ${listed(unclean)}`,
    therefore:
      'when no replica in sync is left, one that is behind leads: what it does not have is lost, though it was acknowledged, and consumers read other records at offsets that they know',
    mend: 'kafka-configs.sh --alter --add-config unclean.leader.election.enable=false',
    where: namesOf(unclean),
  });
}

/** With eligible leader replicas the cluster's own value counts, which was the controllers': what brokers have in their files does nothing. */
function ofMinIsrInFiles({ view }: HazardQuestion, topics: readonly Topic[]): readonly Hazard[] {
  const inFiles = Object.entries(factsOf(view).minIsrInFile);
  const wanted = Math.max(0, ...inFiles.map(([, value]) => value));
  const below = topics.filter(
    ({ minIsr, replicationFactor, internal }) =>
      !internal && minIsr !== undefined && minIsr < Math.min(wanted, replicationFactor),
  );
  return when(below.length > 0, {
    id: 'min-isr-only-in-files',
    severity: 'critical',
    what: `the brokers have min.insync.replicas=${wanted} in their files, and in force is ${Math.min(...below.map(({ minIsr }) => minIsr ?? 0))}: ${listed(below)}`,
    therefore:
      'it protects nothing: with eligible leader replicas (ELR) the value of the cluster counts, and that came from the controllers',
    mend: `kafka-configs.sh --alter --entity-type brokers --entity-default --add-config min.insync.replicas=${wanted}; and in the controllers' files`,
    where: namesOf(below),
  });
}

const TO_BE: readonly (readonly [topic: string, setting: string, least: number])[] = [
  ['__consumer_offsets', 'offsets.topic.replication.factor', 3],
  ['__transaction_state', 'transaction.state.log.replication.factor', 3],
  ['__transaction_state', 'transaction.state.log.min.isr', 2],
];

/** Kafka makes its own topics when they are needed first: too late to look. */
function ofTopicsToBe({ settings }: HazardQuestion, topics: readonly Topic[]): readonly Hazard[] {
  const brokers = Object.entries(
    (settings as { broker?: Record<string, Record<string, string>> } | null)?.broker ?? {},
  );
  const found = TO_BE.filter(([topic]) => !topics.some(({ name }) => name === topic)).flatMap(
    ([topic, setting, least]) => {
      const values = brokers.flatMap(([, config]) => (config[setting] == null ? [] : [Number(config[setting])]));
      return values.some((value) => value < least) ? [{ topic, text: `${setting} ${Math.min(...values)}` }] : [];
    },
  );
  return when(found.length > 0, {
    id: 'internal-topics-to-be',
    severity: 'warning',
    what: `Kafka will make its own topics with ${found.map(({ text }) => text).join(', ')}`,
    therefore:
      'they are made when they are needed first, and stay so: one lost broker then stops groups or transactions',
    mend: 'set replication factors of 3 and min ISRs of 2 on every broker, before the first consumer or transaction',
    where: [...new Set(found.map(({ topic }) => topic))],
  });
}

function namesOf(topics: readonly Topic[]): readonly string[] {
  return topics.map(({ name }) => name);
}

function listed(topics: readonly Topic[]): string {
  return few(namesOf(topics));
}
