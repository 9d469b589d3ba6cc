import type { ServiceView } from '../../core/cluster.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ServiceSpec } from '../../core/kinds.ts';
import type { NodeName, NodeSpec } from '../../core/node.ts';
import { type KafkaFacts, NO_FACTS, type PartitionFacts } from './facts.ts';
import { nodeSettings } from './settings.ts';
import { newTopics } from './topics.ts';

/** As it will be prepared: every partition led by its first replica. Which controller is active, an election decides. */
export function planned(nodes: readonly NodeSpec[], spec: ServiceSpec): { view: ServiceView; settings: Json } {
  const brokers = nodes.filter((node) => node.role === 'broker').map((node) => node.name);
  const controllers = nodes.filter((node) => node.ports['controller'] !== undefined).map((node) => node.name);
  const roles = nodes.map((node): [NodeName, readonly string[]] => [
    node.name,
    [...(node.role === 'broker' ? ['broker'] : []), ...(node.ports['controller'] === undefined ? [] : ['controller'])],
  ]);
  const settingsOf = (role: 'broker' | 'controller'): JsonObject =>
    Object.fromEntries(nodes.filter((node) => node.role === role).map((node) => [node.name, nodeSettings(role, spec)]));
  const { 'min.insync.replicas': inFile, [UNCLEAN]: unclean = null } = nodeSettings('broker', spec);
  // Storage of ours is formatted with eligible leader replicas: what the controllers say is in force.
  const minIsr = nodeSettings('controller', spec)['min.insync.replicas'] ?? null;
  const usual = { 'min.insync.replicas': minIsr, [UNCLEAN]: unclean };
  const topics = newTopics(spec).map(({ name, config }) => [name, { ...usual, ...config }] as const);
  const facts: KafkaFacts = {
    ...NO_FACTS,
    controllers,
    unfenced: brokers,
    partitions: partitionsOf(brokers, spec),
    minIsrInFile: Object.fromEntries(brokers.map((node) => [node, Number(inFile)])),
  };
  return {
    view: { kind: 'kafka', roles: Object.fromEntries(roles), facts },
    settings: {
      broker: settingsOf('broker'),
      controller: settingsOf('controller'),
      topics: Object.fromEntries(topics),
    },
  };
}

const UNCLEAN = 'unclean.leader.election.enable';

function partitionsOf(brokers: readonly NodeName[], spec: ServiceSpec): Record<string, PartitionFacts> {
  const entries = newTopics(spec).flatMap(({ name, replicas }) =>
    replicas.map((ids, partition): [string, PartitionFacts] => {
      const own = ids.flatMap((id) => brokers[id - 1] ?? []);
      return [`${name}/${partition}`, { leader: own[0] ?? null, epoch: 0, replicas: own, isr: own }];
    }),
  );
  return Object.fromEntries(entries);
}
