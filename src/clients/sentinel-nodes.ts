// What a Sentinel knows of itself, the primary and everybody else: for finding the nodes of a cluster that is not ours.
import type { Address } from '../core/node.ts';
import type { Redis } from './redis.ts';
import { parsePairs } from './redis-info.ts';
import { askPeers, type SentinelPeers } from './sentinel.ts';

/** Every address is as announced. */
export interface SentinelKnowledge extends SentinelPeers {
  /** Its own, by which its peers know it; undefined = it may not be asked for it. */
  readonly id: string | undefined;
  readonly primary: Address;
}

/** Asks one Sentinel, in one round trip. Rejects with the names that it has when it watches nobody by this one. */
export async function askWhomItKnows(sentinel: Redis, primaryName: string): Promise<SentinelKnowledge> {
  const [master, peers, id] = await Promise.all([
    sentinel.call('SENTINEL', 'MASTER', primaryName).then(parsePairs),
    askPeers(sentinel, primaryName),
    idOf(sentinel),
  ]).catch((error: unknown) => explain(error, sentinel, primaryName));
  return { ...peers, id, primary: { host: master['ip'] ?? '', port: Number(master['port']) } };
}

/** Without it, a Sentinel is where it was asked. */
async function idOf(sentinel: Redis): Promise<string | undefined> {
  return await sentinel.call('SENTINEL', 'MYID').then(String, (error: Error) => {
    if (error.name === 'ReplyError') return undefined;
    throw error;
  });
}

async function explain(error: unknown, sentinel: Redis, primaryName: string): Promise<never> {
  if (!(error instanceof Error) || !error.message.includes('No such master')) throw error;
  const watched = await sentinel.call('SENTINEL', 'MASTERS').catch(() => []);
  const names = (Array.isArray(watched) ? watched : []).map((each) => parsePairs(each)['name']).join(', ');
  throw new Error(`it watches no ${primaryName}${names === '' ? '' : `, but ${names}`}`, { cause: error });
}
