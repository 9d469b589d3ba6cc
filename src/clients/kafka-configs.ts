// Settings as they are in force, asked of the node itself: what a config file says may be overridden, or mean something else.

import type { Right } from '../core/right.ts';
import { apiVersionsV4, describeConfigsV4, kafkaErrorName } from './kafka-api.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { checkAllowed } from './kafka-denied.ts';
import { onCluster, onTopic } from './kafka-rights.ts';

export interface ConfigResource {
  readonly type: 'broker' | 'topic';
  /** A node's own number, or a topic. */
  readonly name: string;
}

/** Setting → value; null for what Kafka keeps to itself, or what is not set. */
export type KafkaConfig = Readonly<Record<string, string | null>>;

const RESOURCE_TYPES = { topic: 2, broker: 4 } as const;

/**
 * In the order of `resources`, all settings or only those named. Settings of a broker or controller are only known by
 * itself. Rejects for one that is not there.
 */
export async function describeConfigs(
  connection: KafkaConnection,
  resources: readonly ConfigResource[],
  settings?: readonly string[],
): Promise<readonly KafkaConfig[]> {
  const requests = resources.map(({ type, name }) => ({
    resourceType: RESOURCE_TYPES[type],
    resourceName: name,
    ...(settings === undefined ? {} : { configurationKeys: [...settings] }),
  }));
  const { results } = await connection.ask(describeConfigsV4.api, [requests, false, false]);
  return resources.map(({ type, name }) => {
    const result = results.find((each) => each.resourceType === RESOURCE_TYPES[type] && each.resourceName === name);
    checkAllowed(result?.errorCode ?? 0, 'DescribeConfigs', rightTo(type, name));
    if (result === undefined || result.errorCode !== 0) {
      const why = result === undefined ? 'no answer' : (result.errorMessage ?? kafkaErrorName(result.errorCode));
      throw new Error(`settings of ${type} ${name}: ${why}`);
    }
    return Object.fromEntries(result.configs.map((config) => [config.name, config.value ?? null]));
  });
}

/** Where a value comes from, by Kafka's own number: what stands in the node's file. */
const STATIC_BROKER_CONFIG = 4;

/** What stands in a node's own file, whatever is over it; undefined for what does not. Asked of the node itself. */
export async function describeFileConfig(
  connection: KafkaConnection,
  node: string,
  settings: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const request = { resourceType: RESOURCE_TYPES.broker, resourceName: node, configurationKeys: [...settings] };
  const { results } = await connection.ask(describeConfigsV4.api, [[request], true, false]);
  const entries = (results[0]?.configs ?? []).flatMap(({ name, synonyms }) => {
    const own = synonyms.find(({ source }) => source === STATIC_BROKER_CONFIG)?.value;
    return own === undefined || own === null ? [] : [[name, own] as const];
  });
  return Object.fromEntries(entries);
}

function rightTo(type: ConfigResource['type'], name: string): Right {
  return type === 'topic' ? onTopic('DescribeConfigs', name) : onCluster('DescribeConfigs');
}

/** Finalized features of the cluster (`kraft.version`, `eligible.leader.replicas.version`, …) → level. */
export async function readFeatures(connection: KafkaConnection): Promise<Readonly<Record<string, number>>> {
  const { finalizedFeatures = [] } = await connection.ask(apiVersionsV4.api, ['firedrill', '1']);
  const entries = finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
