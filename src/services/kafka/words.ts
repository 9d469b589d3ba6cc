import { unitOf } from '../../clients/kafka-metadata.ts';
import type { ServiceView } from '../../core/cluster.ts';
import type { ServiceSpec, ServiceWord } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { factsOf, OFFSETS_TOPIC, offsetsUnit, ownPartitions } from './facts.ts';
import { newTopics } from './topics.ts';

function withRole(role: string): ServiceWord['resolve'] {
  return (view) =>
    Object.entries(view.roles)
      .filter(([, roles]) => roles.includes(role))
      .map(([node]) => node);
}

function leaderOf(view: ServiceView, unit = ''): readonly NodeName[] {
  const leader = factsOf(view).partitions[unit]?.leader;
  return typeof leader === 'string' ? [leader] : [];
}

function followersOf(view: ServiceView, unit = ''): readonly NodeName[] {
  const partition = factsOf(view).partitions[unit];
  return partition?.replicas.filter((node) => node !== partition.leader) ?? [];
}

function coordinatorOf(view: ServiceView, group = ''): readonly NodeName[] {
  const count = Object.keys(factsOf(view).partitions).filter((unit) => unit.startsWith(`${OFFSETS_TOPIC}/`)).length;
  return count === 0 ? [] : leaderOf(view, offsetsUnit(group, count));
}

function idleBrokers(view: ServiceView): readonly NodeName[] {
  const leading = new Set(ownPartitions(factsOf(view)).map(([, { leader }]) => leader));
  return withRole('broker')(view).filter((node) => !leading.has(node));
}

/** Partitions that there will be; a drill without topics may find some in a cluster that is not ours. */
function units(spec: ServiceSpec): readonly string[] | undefined {
  if (Object.keys(spec.topics ?? {}).length === 0) return undefined;
  return newTopics(spec).flatMap(({ name, replicas }) => replicas.map((_, partition) => unitOf(name, partition)));
}

export const WORDS: Readonly<Record<string, ServiceWord>> = {
  'kafka-brokers': { summary: 'every broker', resolve: withRole('broker') },
  'kafka-controllers': {
    summary: 'every controller; of somebody else’s cluster those that are brokers too',
    resolve: withRole('controller'),
  },
  'kafka-active-controller': {
    summary: 'the controller that leads the metadata quorum now',
    resolve: withRole('kafka-active-controller'),
  },
  'kafka-idle-brokers': {
    summary: 'brokers that lead no partition now, but for those of Kafka itself',
    resolve: idleBrokers,
  },
  leaderOf: {
    summary: 'the broker that leads a partition now: { leaderOf: orders/0 }',
    args: units,
    resolve: leaderOf,
  },
  followerOf: {
    summary: 'brokers that hold a partition and do not lead it: { followerOf: orders/0 }',
    args: units,
    resolve: followersOf,
  },
  coordinatorOf: {
    summary: 'the broker that coordinates a consumer group now: { coordinatorOf: payments }',
    asks: 'group',
    resolve: coordinatorOf,
  },
};
