// What every node of a Sentinel-managed Redis says of itself at one moment, and what follows from it. The reading is
// shared by the service's view and the topology probe; everything after the reading is pure.

import { type AddressBook, type NodeName, nodeAt } from '../core/node.ts';
import type { Redis } from './redis.ts';
import { isDenial } from './redis-denied.ts';
import { parseInfo, parsePairs } from './redis-info.ts';
import type { NodeConnections } from './redis-nodes.ts';
import { askSentinel, primaryNameOf, type SentinelOpinion } from './sentinel.ts';

export interface RedisFacts {
  readonly role: 'primary' | 'replica';
  /** The node that it replicates from. */
  readonly primary: NodeName | undefined;
  readonly linkUp: boolean;
  readonly offset: number;
  /** Replicas that are attached, with what they have acknowledged. */
  readonly replicas: readonly { readonly node: NodeName; readonly offset: number; readonly lagSeconds: number }[];
  /**
   * A primary that would take a write now: enough good replicas for `min-replicas-to-write`, nothing loading. Undefined =
   * it is not known: the node does not tell us its settings, and INFO alone does not show it.
   */
  readonly acceptsWrites: boolean | undefined;
}

export interface SentinelFacts extends Omit<SentinelOpinion, 'primary'> {
  readonly primary: NodeName | undefined;
}

export interface TopologyFacts {
  readonly redis: ReadonlyMap<NodeName, RedisFacts | Error>;
  readonly sentinels: ReadonlyMap<NodeName, SentinelFacts | Error>;
}

/** Asks every node at once, by the connections' own deadline. */
export async function readTopology(connections: NodeConnections, book: AddressBook): Promise<TopologyFacts> {
  const answers = await connections.askAll(async (redis, row) =>
    row.role === 'sentinel'
      ? sentinelFacts(await askSentinel(redis, primaryNameOf(book, row.service)), book)
      : readRedis(redis, book),
  );
  const of = <T>(role: string): Map<NodeName, T | Error> =>
    new Map(
      connections.nodes
        .filter((row) => row.role === role)
        .map((row) => [row.node, (answers.get(row.node) ?? new Error('not asked')) as T | Error]),
    );
  return { redis: of<RedisFacts>('redis'), sentinels: of<SentinelFacts>('sentinel') };
}

/** What one Redis node says of itself, in one round trip. */
export async function readRedis(redis: Redis, book: AddressBook): Promise<RedisFacts> {
  const [info, minimum] = await Promise.all([redis.info(), minReplicasToWrite(redis)]);
  return redisFacts(parseInfo(info), minimum, book);
}

/** Undefined = the node does not say. */
async function minReplicasToWrite(redis: Redis): Promise<number | undefined> {
  try {
    const value = parsePairs(await redis.config('GET', 'min-replicas-to-write'))['min-replicas-to-write'];
    return value === undefined ? undefined : Number(value);
  } catch (error) {
    if (isDenial(error)) return undefined;
    throw error;
  }
}

function sentinelFacts(opinion: SentinelOpinion, book: AddressBook): SentinelFacts {
  return { ...opinion, primary: nodeAt(book, opinion.primary) };
}

/** INFO of one node → facts. Exported for its test. */
export function redisFacts(
  info: Readonly<Record<string, string>>,
  minGood: number | undefined,
  book: AddressBook,
): RedisFacts {
  const isPrimary = info['role'] === 'master';
  const replicas = Object.entries(info)
    .filter(([name]) => /^slave\d+$/.test(name))
    .map(([, text]) => Object.fromEntries(text.split(',').map((pair) => pair.split('=') as [string, string])))
    .map((fields) => ({
      node:
        nodeAt(book, { host: fields['ip'] ?? '', port: Number(fields['port']) }) ?? `${fields['ip']}:${fields['port']}`,
      offset: Number(fields['offset']),
      lagSeconds: Number(fields['lag']),
      online: fields['state'] === 'online',
    }))
    .filter((replica) => replica.online)
    .map(({ node, offset, lagSeconds }) => ({ node, offset, lagSeconds }));
  return {
    role: isPrimary ? 'primary' : 'replica',
    primary: isPrimary
      ? undefined
      : nodeAt(book, { host: info['master_host'] ?? '', port: Number(info['master_port']) }),
    linkUp: info['master_link_status'] === 'up' && info['master_sync_in_progress'] !== '1',
    offset: Number(isPrimary ? info['master_repl_offset'] : (info['slave_repl_offset'] ?? info['master_repl_offset'])),
    replicas,
    acceptsWrites: isPrimary && info['loading'] !== '1' && hasEnough(info['min_slaves_good_slaves'], minGood),
  };
}

/** `good` is in INFO only where there is a minimum to be met. Without the minimum, it still shows that none is enough. */
function hasEnough(good: string | undefined, minGood: number | undefined): boolean | undefined {
  if (good === undefined) return true;
  if (minGood !== undefined) return Number(good) >= minGood;
  return Number(good) === 0 ? false : undefined;
}

/** The nodes that answered. */
export function answered<T>(facts: ReadonlyMap<NodeName, T | Error>): readonly (readonly [NodeName, T])[] {
  return [...facts].filter((entry): entry is [NodeName, T] => !(entry[1] instanceof Error));
}

/** The primary that more than half of all Sentinels name; without such a majority, the only node that claims to be one. */
export function primaryOf(facts: TopologyFacts): NodeName | undefined {
  const votes = new Map<NodeName, number>();
  for (const [, sentinel] of answered(facts.sentinels)) {
    if (sentinel.primary !== undefined) votes.set(sentinel.primary, (votes.get(sentinel.primary) ?? 0) + 1);
  }
  for (const [node, count] of votes) if (count > facts.sentinels.size / 2) return node;
  const claims = answered(facts.redis).filter(([, redis]) => redis.role === 'primary');
  return claims.length === 1 ? claims[0]?.[0] : undefined;
}

/** Redis nodes that do not answer, and that the primary does not miss: nobody says whether they follow it. */
export function redisUntold(facts: TopologyFacts, primary: NodeName | undefined): readonly NodeName[] {
  const said = primary === undefined ? undefined : facts.redis.get(primary);
  const attached = said === undefined || said instanceof Error ? undefined : said.replicas;
  return [...facts.redis].flatMap(([node, answer]) => {
    const isMissed = attached?.every((replica) => replica.node !== node) ?? false;
    return answer instanceof Error && !isMissed ? [node] : [];
  });
}

/** Replicas that follow the agreed primary with their link up. */
export function replicasInStep(facts: TopologyFacts, primary: NodeName | undefined): readonly NodeName[] {
  return answered(facts.redis)
    .filter(
      ([, redis]) => redis.role === 'replica' && redis.linkUp && redis.primary === primary && primary !== undefined,
    )
    .map(([node]) => node);
}
