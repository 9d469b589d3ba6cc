// What a view needs besides roles: whom each Sentinel knows, and what the nodes run.
import { parseInfo } from '../../clients/redis-info.ts';
import type { NodeConnections } from '../../clients/redis-nodes.ts';
import { askPeers, primaryNameOf, type SentinelPeer } from '../../clients/sentinel.ts';
import { type AddressBook, type NodeName, nodeAt } from '../../core/node.ts';
import type { KnownPeers } from './facts.ts';

export interface Peers {
  readonly known: Readonly<Record<NodeName, KnownPeers>>;
  readonly versions: Readonly<Record<NodeName, string>>;
}

/** Of the nodes that answer; what one of them may not be asked is left out. */
export async function readPeers(connections: NodeConnections, book: AddressBook, service: string): Promise<Peers> {
  const primaryName = primaryNameOf(book, service);
  const known: Record<NodeName, KnownPeers> = {};
  const versions: Record<NodeName, string> = {};
  await connections.askAll(async (redis, { node, role }) => {
    const [server, peers] = await Promise.all([
      redis.info('server').catch(() => ''),
      role === 'sentinel' ? askPeers(redis, primaryName).catch(() => undefined) : undefined,
    ]);
    const version = parseInfo(server)['redis_version'];
    if (version !== undefined) versions[node] = version;
    if (peers !== undefined) known[node] = named(peers.sentinels, peers.replicas, book);
  });
  return { known, versions };
}

function named(sentinels: readonly SentinelPeer[], replicas: readonly SentinelPeer[], book: AddressBook): KnownPeers {
  const nameOf = ({ address }: SentinelPeer): string => nodeAt(book, address) ?? `${address.host}:${address.port}`;
  return {
    sentinels: sentinels.map(nameOf).sort(),
    replicas: replicas.map(nameOf).sort(),
    down: sentinels
      .filter(({ down }) => down)
      .map(nameOf)
      .sort(),
  };
}
