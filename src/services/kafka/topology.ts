import { kafkaIdOf } from '../../clients/kafka-ids.ts';
import type { ConfigFile } from '../../core/cluster.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ServiceSpec } from '../../core/kinds.ts';
import { type Link, linkName, type NodeSpec } from '../../core/node.ts';
import { nodeCounts, nodeSettings } from './settings.ts';
import { storageSeed } from './storage.ts';

const ZONES = ['a', 'b', 'c'] as const;

/** Listeners by the sort of node. Each announces itself by the node's name: who may use it is decided by the links. */
const BROKER = ['client', 'peer', 'probe'] as const;
const CONTROLLER = ['controller', 'probe'] as const;
const COMBINED = ['client', 'peer', 'probe', 'controller'] as const;

/** Controllers, unless the brokers are, and brokers: one of each in every zone. */
export function kafkaNodes(spec: ServiceSpec): readonly NodeSpec[] {
  const { brokers, controllers, combined } = nodeCounts(spec);
  const prefix = namePrefix(spec.name);
  let port = spec.basePort;
  const node = (role: 'broker' | 'controller', index: number, listeners: readonly string[]): NodeSpec => ({
    name: `${prefix}${role}-${index + 1}`,
    service: spec.name,
    role,
    zone: ZONES[index % ZONES.length] ?? 'a',
    ports: Object.fromEntries(listeners.map((listener) => [listener, port++])),
    serves: { clients: role === 'broker' ? ['client'] : [], probes: ['probe'] },
    program: {
      tool: 'kafka',
      args: ['{config}/server.properties'],
      seed: storageSeed(spec.name, kafkaIdOf({ node: `${role}-${index + 1}`, role }) ?? 0),
    },
  });
  return [
    ...Array.from({ length: controllers }, (_, index) => node('controller', index, CONTROLLER)),
    ...Array.from({ length: brokers }, (_, index) => node('broker', index, combined ? COMBINED : BROKER)),
  ];
}

/** Before a node's name: nothing for the service that is called as its kind is. */
export function namePrefix(service: string): string {
  return service === 'kafka' ? '' : `${service}-`;
}

/** Brokers fetch from each other, and everybody speaks to every controller; no controller ever speaks to a broker. */
export function kafkaLinks(nodes: readonly NodeSpec[]): readonly Link[] {
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from)
      .flatMap((to) => {
        const listeners = ['peer', 'controller'].filter(
          (listener) => to.ports[listener] !== undefined && !(listener === 'peer' && from.role === 'controller'),
        );
        return listeners.map((listener, at) => ({
          name: linkName(from.name, to.name, at === 0 ? undefined : listener),
          from: from.name,
          to: to.name,
          listener,
        }));
      }),
  );
}

/** server.properties with peers' names in it; `{bind}` and `{data}` are for the runtime to fill in. */
export function kafkaFiles(node: NodeSpec, nodes: readonly NodeSpec[], spec: ServiceSpec): readonly ConfigFile[] {
  const role = node.role === 'controller' ? 'controller' : 'broker';
  const properties: JsonObject = { ...placeOf(node, nodes), ...nodeSettings(role, spec) };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${textOf(value)}`);
  return [{ name: 'server.properties', text: `${lines.join('\n')}\n` }];
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Which node it is, where it listens, and where it finds the controllers. */
function placeOf(node: NodeSpec, nodes: readonly NodeSpec[]): Record<string, string | number> {
  const listeners = Object.entries(node.ports).map(([name, port]) => ({ name: name.toUpperCase(), port }));
  const isBroker = node.ports['peer'] !== undefined;
  const isController = node.ports['controller'] !== undefined;
  const voters = nodes.filter((other) => other.ports['controller'] !== undefined);
  // A broker announces none of its controller's listeners; a controller's own are all of one sort.
  const announced = isBroker ? listeners.filter(({ name }) => name !== 'CONTROLLER') : listeners;
  return {
    'process.roles': [...(isBroker ? ['broker'] : []), ...(isController ? ['controller'] : [])].join(),
    'node.id': idOf(node),
    'controller.quorum.voters': voters
      .map((voter) => `${idOf(voter)}@${voter.name}:${voter.ports['controller']}`)
      .join(),
    listeners: listeners.map(({ name, port }) => `${name}://{bind}:${port}`).join(),
    'advertised.listeners': announced.map(({ name, port }) => `${name}://${node.name}:${port}`).join(),
    ...(isBroker ? { 'inter.broker.listener.name': 'PEER', 'broker.rack': node.zone } : {}),
    'controller.listener.names': isBroker ? 'CONTROLLER' : 'CONTROLLER,PROBE',
    'listener.security.protocol.map': ['PEER', 'CLIENT', 'PROBE', 'CONTROLLER'].map((it) => `${it}:PLAINTEXT`).join(),
    'log.dirs': '{data}',
  };
}

function idOf(node: NodeSpec): number {
  const id = kafkaIdOf({ node: node.name, role: node.role });
  if (id === undefined) throw new Error(`${node.name} has no number`);
  return id;
}
