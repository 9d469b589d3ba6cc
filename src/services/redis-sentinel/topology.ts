import { createHash } from 'node:crypto';
import { PRIMARY_NAME } from '../../clients/sentinel.ts';
import type { ConfigFile } from '../../core/cluster.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ServiceSpec } from '../../core/kinds.ts';
import { type Link, linkName, type NodeSpec } from '../../core/node.ts';
import { DEFAULTS } from './settings.ts';

const ZONES = ['a', 'b', 'c'] as const;

/** What the names of a service's nodes begin with: `cache-redis-1`. */
export function nodePrefix(service: string): string {
  return service === 'redis-sentinel' ? '' : `${service}-`;
}

/** A primary with its replicas, and the Sentinels: one of each in every zone. */
export function redisSentinelNodes(spec: ServiceSpec): readonly NodeSpec[] {
  const prefix = nodePrefix(spec.name);
  const count = (name: 'replicas' | 'sentinels'): number =>
    Number(spec.settings['topology']?.[name] ?? DEFAULTS.topology[name]);
  const redis = count('replicas') + 1;
  const first = `${prefix}redis-1`;
  const node = (role: 'redis' | 'sentinel', index: number, port: number): NodeSpec => ({
    name: `${prefix}${role}-${index + 1}`,
    ...(role === 'redis' && index === 0 ? {} : { startsAfter: [first] }),
    service: spec.name,
    role,
    zone: ZONES[index % ZONES.length] ?? 'a',
    ports: { [role]: port },
    program: {
      tool: 'redis-server',
      args: role === 'redis' ? ['{config}/redis.conf'] : ['{config}/sentinel.conf', '--sentinel'],
    },
  });
  return [
    ...Array.from({ length: redis }, (_, index) => node('redis', index, spec.basePort + index)),
    ...Array.from({ length: count('sentinels') }, (_, index) => node('sentinel', index, spec.basePort + redis + index)),
  ];
}

/**
 * Any two Redis nodes (roles move), each Sentinel to every Redis node, and any two Sentinels. Sentinels say hello to
 * each other through the Redis nodes, so their own links carry only votes.
 */
export function redisSentinelLinks(nodes: readonly NodeSpec[]): readonly Link[] {
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from && !(from.role === 'redis' && to.role === 'sentinel'))
      .map((to) => ({ name: linkName(from.name, to.name), from: from.name, to: to.name, listener: to.role })),
  );
}

/** redis.conf or sentinel.conf with peers' names in it; `{bind}` and `{data}` are for the runtime to fill in. */
export function redisSentinelFiles(
  node: NodeSpec,
  nodes: readonly NodeSpec[],
  spec: ServiceSpec,
): readonly ConfigFile[] {
  const first = nodes.find((other) => other.role === 'redis');
  if (first === undefined) throw new Error('a topology without a Redis node');
  const lines = node.role === 'redis' ? redisLines(node, first, spec) : sentinelLines(node, nodes, spec);
  return [{ name: `${node.role}.conf`, text: `${lines.join('\n')}\n` }];
}

function redisLines(node: NodeSpec, first: NodeSpec, spec: ServiceSpec): string[] {
  const port = node.ports['redis'];
  return [
    'bind {bind}',
    `port ${port}`,
    'dir {data}',
    'protected-mode no',
    'daemonize no',
    `replica-announce-ip ${node.name}`,
    `replica-announce-port ${port}`,
    ...settingLines({ ...DEFAULTS.redis, ...spec.settings['redis'] }),
    ...(node === first ? [] : [`replicaof ${first.name} ${first.ports['redis']}`]),
  ];
}

/**
 * A Sentinel that has met everybody already, as after a restart: it reads a primary's replicas only every 10 s and hears
 * of its peers every 2 s, so that in a cluster which has just started one replica may be unknown to all of them, and is
 * then left behind by the first failover.
 */
function sentinelLines(node: NodeSpec, nodes: readonly NodeSpec[], spec: ServiceSpec): string[] {
  const redis = nodes.filter((other) => other.role === 'redis');
  const peers = nodes.filter((other) => other.role === 'sentinel' && other !== node);
  const [first] = redis;
  const { quorum, ...settings } = { ...DEFAULTS.sentinel, ...spec.settings['sentinel'] };
  return [
    'bind {bind}',
    `port ${node.ports['sentinel']}`,
    'dir {data}',
    'protected-mode no',
    'daemonize no',
    `sentinel myid ${sentinelId(node)}`,
    'sentinel resolve-hostnames yes',
    'sentinel announce-hostnames yes',
    `sentinel announce-ip ${node.name}`,
    `sentinel announce-port ${node.ports['sentinel']}`,
    `sentinel monitor ${PRIMARY_NAME} ${first?.name} ${first?.ports['redis']} ${quorum}`,
    ...Object.entries(settings).map(([name, value]) => `sentinel ${name} ${PRIMARY_NAME} ${value}`),
    ...redis.slice(1).map((other) => `sentinel known-replica ${PRIMARY_NAME} ${other.name} ${other.ports['redis']}`),
    ...peers.map(
      (other) =>
        `sentinel known-sentinel ${PRIMARY_NAME} ${other.name} ${other.ports['sentinel']} ${sentinelId(other)}`,
    ),
  ];
}

/** 40 hex digits, as Sentinel wants them; the same name has the same id in every run. */
function sentinelId(node: NodeSpec): string {
  return createHash('sha1').update(node.name).digest('hex');
}

function settingLines(settings: JsonObject): string[] {
  return Object.entries(settings).map(
    ([name, value]) => `${name} ${value === '' ? '""' : JSON.stringify(value).replaceAll('"', '')}`,
  );
}
