import type { ServiceView } from '../../core/cluster.ts';
import type { ServiceOutline } from '../../core/kinds.ts';
import { factsOf } from './facts.ts';
import { topicsOf } from './topic-facts.ts';

/** Topics with their partitions and copies, Kafka's own among them. A broker does not tell which Kafka it runs. */
export function outline(view: ServiceView): ServiceOutline {
  const topics = topicsOf({ view, settings: null }).map(
    ({ name, partitions, replicationFactor }) => [name, { partitions: partitions.length, replicationFactor }] as const,
  );
  const { unfenced, controllers } = factsOf(view);
  const brokers = Object.values(view.roles).filter((roles) => roles.includes('broker')).length;
  return {
    silent: {},
    versions: {},
    counts: {
      brokers,
      'brokers in service': unfenced.length,
      controllers: controllers.length,
      'controllers that are brokers': controllers.filter((node) => view.roles[node]?.includes('broker')).length,
    },
    holds: Object.fromEntries(topics.toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}
