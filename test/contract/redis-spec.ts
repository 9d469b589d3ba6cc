import type { ClusterSpec, ConfigFile } from '../../src/core/cluster.ts';
import { clientHost, type Link, linkName, type NodeSpec, PROBE } from '../../src/core/node.ts';

/** A client host of the cluster below. */
export const CLIENT = clientHost('writes');

const PORTS = { redis: 6301, sentinel: 26301 };

/** A primary, two replicas and three Sentinels in plain configs of our own: no service of ours has a part in it. */
export function redisSpec(
  runId: string,
  count: { redis: number; sentinels: number } = { redis: 3, sentinels: 3 },
): ClusterSpec {
  const of = (role: 'redis' | 'sentinel', length: number): NodeSpec[] =>
    Array.from({ length }, (_, at) => ({
      name: `${role}-${at + 1}`,
      service: 'cache',
      role,
      zone: 'abc'[at % 3] ?? 'a',
      ports: { [role]: PORTS[role] + at },
      program: {
        tool: 'redis-server',
        args: role === 'redis' ? ['{config}/redis.conf'] : ['{config}/sentinel.conf', '--sentinel'],
      },
    }));
  const nodes = [...of('redis', count.redis), ...of('sentinel', count.sentinels)];
  return {
    runId,
    nodes,
    links: linksOf(nodes),
    files: Object.fromEntries(nodes.map((node) => [node.name, [fileOf(node)]])),
    clientHosts: [CLIENT],
  };
}

function linksOf(nodes: readonly NodeSpec[]): Link[] {
  const link = (from: string, to: NodeSpec): Link => ({
    name: linkName(from, to.name),
    from,
    to: to.name,
    listener: to.role,
  });
  const peers = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => link(from.name, to)));
  return [...peers, ...[CLIENT, PROBE].flatMap((from) => nodes.map((to) => link(from, to)))];
}

function fileOf(node: NodeSpec): ConfigFile {
  const port = node.ports[node.role];
  const common = ['bind {bind}', `port ${port}`, 'dir {data}', 'protected-mode no', 'daemonize no'];
  if (node.role === 'sentinel') {
    const lines = [
      ...common,
      'sentinel resolve-hostnames yes',
      'sentinel announce-hostnames yes',
      `sentinel announce-ip ${node.name}`,
      `sentinel announce-port ${port}`,
      `sentinel monitor main redis-1 ${PORTS.redis} 2`,
      'sentinel down-after-milliseconds main 1000',
    ];
    return { name: 'sentinel.conf', text: `${lines.join('\n')}\n` };
  }
  const lines = [
    ...common,
    'repl-diskless-sync-delay 0',
    'repl-timeout 5',
    `replica-announce-ip ${node.name}`,
    `replica-announce-port ${port}`,
    ...(node.name === 'redis-1' ? [] : [`replicaof redis-1 ${PORTS.redis}`]),
  ];
  return { name: 'redis.conf', text: `${lines.join('\n')}\n` };
}
