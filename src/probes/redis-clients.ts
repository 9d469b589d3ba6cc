import { z } from 'zod';
import { OUR_CLIENTS } from '../clients/redis.ts';
import { checkAllowed } from '../clients/redis-denied.ts';
import { openNodeConnections } from '../clients/redis-nodes.ts';
import { ofRedis, TOPOLOGY_RIGHTS } from '../clients/redis-rights.ts';
import { answered, primaryOf, readTopology, type TopologyFacts } from '../clients/redis-topology.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

const params = z.strictObject({
  service: z.string().optional().describe('name of the service, when the cluster has several'),
  name: z.string().optional().describe('only connections whose name (CLIENT SETNAME) matches this regular expression'),
});

/** Our own connections are known by their names, and left out. */
const CENSUS_RIGHTS = [
  ofRedis('CLIENT', 'LIST', 'TYPE', 'normal'),
  ofRedis('CLIENT', 'ID'),
  ofRedis('CLIENT', 'SETNAME', 'x'),
];

const MOST_NAMED = 50;

interface Client {
  readonly node: string;
  readonly name: string;
  readonly address: string;
  readonly library: string;
}

/** Who is connected where. Those that are still on a node that is not the primary did not follow a failover. */
export const redisClients: Probe<z.output<typeof params>> = {
  kind: 'redis.clients',
  summary: 'Census of clients on every node: who is connected where, and who did not follow a failover',
  params,
  example: { tolerance: { leftBehind: 0 } },
  fields: {
    primary: 'the only node that takes writes; while there is none, the one that the Sentinels agree on, or null',
    onPrimary: 'connections of applications to it',
    leftBehind: 'connections of applications to any other node that answers',
    named: `those on the primary by name, or by host where they have none: how many; of at most ${MOST_NAMED} names`,
    names: `those left behind: node, name, address, library; at most ${MOST_NAMED}`,
  },
  nodeNames: ['primary'],
  rights: ({ service }) => inService(service, [...TOPOLOGY_RIGHTS, ...CENSUS_RIGHTS]),
  open: async ({ service, name }, cx) => {
    const book = cx.cluster.addresses(PROBE);
    const connections = openNodeConnections(book, { timeoutMs: 250, service });
    const wanted = name === undefined ? undefined : new RegExp(name);
    return {
      read: async () => {
        const facts = await readTopology(connections, book);
        const answers = await connections.askAll(async (redis, row) =>
          row.role === 'redis'
            ? parseClients(String(await redis.call('CLIENT', 'LIST', 'TYPE', 'normal')), row.node)
            : [],
        );
        const ids = await connections.askAll(async (redis, row) =>
          row.role === 'redis' ? String(await redis.call('CLIENT', 'ID')) : '',
        );
        for (const each of [facts.redis, facts.sentinels, answers, ids]) checkAllowed(each);
        return census(
          answered(answers).flatMap(([, clients]) => clients),
          {
            primary: servingPrimary(facts),
            wanted,
            own: new Set(answered(ids).map(([node, id]) => `${node} ${id}`)),
          },
        );
      },
      [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
    };
  },
};

/** The Sentinels agree on a new primary up to 2 s after it took over: for clients it is the one that takes their writes. */
export function servingPrimary(facts: TopologyFacts): string | undefined {
  const serving = answered(facts.redis).filter(([, redis]) => redis.acceptsWrites);
  return serving.length === 1 ? serving[0]?.[0] : primaryOf(facts);
}

interface Listed extends Client {
  readonly id: string;
  readonly command: string;
}

/** CLIENT LIST → applications' connections: those of Sentinels, replicas and monitors are of another type or name. */
export function parseClients(text: string, node: string): readonly Listed[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('id='))
    .map((line) =>
      Object.fromEntries(
        line.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      ),
    )
    .map((fields) => ({
      node,
      id: fields['id'] ?? '',
      name: fields['name'] ?? '',
      address: fields['addr'] ?? '',
      library: [fields['lib-name'], fields['lib-ver']].filter((part) => part !== undefined && part !== '').join(' '),
      command: fields['cmd'] ?? '',
    }));
}

export function census(
  clients: readonly Listed[],
  {
    primary,
    wanted,
    own,
  }: { readonly primary: string | undefined; readonly wanted: RegExp | undefined; readonly own: ReadonlySet<string> },
): Json {
  const applications = clients.filter(
    (client) =>
      !own.has(`${client.node} ${client.id}`) &&
      !client.name.startsWith('sentinel-') &&
      !client.name.startsWith(OUR_CLIENTS) &&
      (wanted === undefined || wanted.test(client.name)),
  );
  const behind = applications.filter((client) => client.node !== primary);
  return {
    primary: primary ?? null,
    onPrimary: applications.length - behind.length,
    leftBehind: behind.length,
    named: countByName(applications.filter((client) => client.node === primary)),
    names: behind.slice(0, MOST_NAMED).map(({ node, name, address, library }) => ({ node, name, address, library })),
  };
}

function countByName(clients: readonly Client[]): Json {
  const counts = new Map<string, number>();
  for (const { name, address } of clients) {
    const known = name === '' ? address.slice(0, Math.max(0, address.lastIndexOf(':'))) : name;
    if (counts.has(known) || counts.size < MOST_NAMED) counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
