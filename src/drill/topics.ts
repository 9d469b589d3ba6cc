// Topics of a drill: their services say what is wrong with them, and it is told where it stands.
import type { z } from 'zod';
import type { DrillCluster, TopicSpec } from '../core/drill.ts';
import type { Service, ServiceSpec } from '../core/kinds.ts';
import type { Reading } from './kinds.ts';
import type { Problems } from './problems.ts';
import type { clusterShape } from './shape.ts';
import { suggest } from './suggest.ts';
import { child, keyPosition, nearestAt, placeOf, type Tree } from './tree.ts';

export function readTopics(topics: z.output<typeof clusterShape>['topics']): Readonly<Record<string, TopicSpec>> {
  const entries = Object.entries(topics).map(([name, { partitions, replicationFactor, replicas, config }]) => {
    const settings = Object.entries(config).map(([setting, value]) => [setting, String(value)] as const);
    const topic: TopicSpec = {
      partitions: partitions ?? replicas?.length ?? 1,
      replicationFactor,
      replicas,
      config: Object.fromEntries(settings),
    };
    return [name, topic] as const;
  });
  return Object.fromEntries(entries);
}

/** A service as the drill would have it made, for what is checked before there are ports. */
export function specOf(name: string, { settings, topics = {} }: DrillCluster): ServiceSpec {
  return { name, settings, topics, basePort: 1 };
}

/** `node` is the cluster's section. */
export function checkTopics(cluster: DrillCluster, node: Tree, { registry, problems }: Reading): void {
  const section = child(node, 'topics');
  const topics = Object.entries(cluster.topics ?? {});
  if (section === undefined || topics.length === 0) return;
  const services = Object.entries(cluster.services).flatMap(([name, kind]) => {
    const service = registry.services.get(kind);
    return service?.checkTopic === undefined ? [] : [{ name, check: service.checkTopic }];
  });
  if (services.length === 0) {
    const able = [...registry.services.values()].filter((service) => service.checkTopic !== undefined);
    const hint = able.length === 0 ? undefined : `these have: ${able.map(({ kind }) => kind).join(', ')}`;
    problems.error(keyPosition(node, 'topics'), 'no service of this drill has topics', hint);
  }
  for (const [topic, spec] of topics) {
    const place = child(section, topic) ?? section;
    for (const { name, check } of services) {
      for (const { path, message, hint } of check(spec, specOf(name, cluster))) {
        const [key] = path;
        const found = nearestAt(place, path);
        problems.error(found === place ? keyPosition(place, String(key)) : found.at, message, hint);
      }
    }
  }
}

/** Topics that a workload needs: a drill that declares any has to declare these. Without one, the cluster may have them. */
export function checkNeeded(
  topics: readonly string[],
  item: Tree,
  { cluster, problems }: { cluster: DrillCluster | undefined; problems: Problems },
): void {
  const known = Object.keys(cluster?.topics ?? {});
  if (known.length === 0) return;
  for (const topic of topics) {
    if (known.includes(topic)) continue;
    problems.error(placeOf(topic, child(item, 'with') ?? item), `there is no topic "${topic}"`, suggest(topic, known));
  }
}

/** What each word may be asked of, in a cluster made from this drill: only where all services that know the word can say. */
export function wordArguments(
  cluster: DrillCluster,
  services: ReadonlyMap<string, Service>,
): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, string[]>();
  const unknown = new Set<string>();
  for (const [name, kind] of Object.entries(cluster.services)) {
    for (const [word, { args }] of Object.entries(services.get(kind)?.words ?? {})) {
      const said = args?.(specOf(name, cluster));
      if (said === undefined) unknown.add(word);
      else known.set(word, [...(known.get(word) ?? []), ...said]);
    }
  }
  return new Map([...known].filter(([word]) => !unknown.has(word)));
}
