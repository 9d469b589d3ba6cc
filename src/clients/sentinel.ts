// Questions to a Sentinel. The words of its protocol (`master`, `slave`, `s_down`) stay inside this file.
import type { Address, AddressBook } from '../core/node.ts';
import type { Redis } from './redis.ts';
import { isDenial } from './redis-denied.ts';
import { parseInfo, parsePairs } from './redis-info.ts';

/** The name under which the Sentinels of a cluster of ours watch the primary, and the usual one. */
export const PRIMARY_NAME = 'mymaster';

/** The name under which the Sentinels of a service that lives watch its primary. */
export function primaryNameOf(book: AddressBook, service: string): string {
  const named = book.rows.find((row) => row.service === service && row.terms?.['primaryName'] !== undefined);
  return named?.terms?.['primaryName'] ?? PRIMARY_NAME;
}

/** What one Sentinel holds to be true of the primary that it watches. */
export interface SentinelOpinion {
  /** As announced: a name that has to be translated. */
  readonly primary: Address;
  readonly subjectivelyDown: boolean;
  readonly objectivelyDown: boolean;
  readonly failoverInProgress: boolean;
  readonly quorum: number;
  readonly otherSentinels: number;
  readonly replicas: number;
  readonly configEpoch: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly parallelSyncs: number;
  /** CKQUORUM says that quorum and majority can be reached. */
  readonly canFailOver: boolean;
  readonly tilt: boolean;
}

/** Whether it only watches for now, because its clock or its process stood still (redis.io, Sentinel, TILT mode). */
export async function readTilt(sentinel: Redis): Promise<boolean> {
  return isTilted(await sentinel.call('INFO', 'sentinel'));
}

function isTilted(info: unknown): boolean {
  return parseInfo(String(info))['sentinel_tilt'] === '1';
}

/** Asks one Sentinel for all of it in one round trip. */
export async function askSentinel(sentinel: Redis, primaryName: string): Promise<SentinelOpinion> {
  const [master, quorum, info] = await Promise.all([
    sentinel.call('SENTINEL', 'MASTER', primaryName),
    sentinel.call('SENTINEL', 'CKQUORUM', primaryName).then(
      () => true,
      (error: Error) => (error.name === 'ReplyError' && !isDenial(error) ? false : Promise.reject(error)),
    ),
    sentinel.call('INFO', 'sentinel'),
  ]);
  const fields = parsePairs(master);
  const flags = (fields['flags'] ?? '').split(',');
  const number = (name: string): number => Number(fields[name] ?? Number.NaN);
  return {
    primary: { host: fields['ip'] ?? '', port: number('port') },
    subjectivelyDown: flags.includes('s_down'),
    objectivelyDown: flags.includes('o_down'),
    failoverInProgress: flags.includes('failover_in_progress'),
    quorum: number('quorum'),
    otherSentinels: number('num-other-sentinels'),
    replicas: number('num-slaves'),
    configEpoch: number('config-epoch'),
    downAfterMs: number('down-after-milliseconds'),
    failoverTimeoutMs: number('failover-timeout'),
    parallelSyncs: number('parallel-syncs'),
    canFailOver: quorum,
    tilt: isTilted(info),
  };
}

/** A node that a Sentinel keeps in mind, as it announces itself. */
export interface SentinelPeer {
  /** Of a Sentinel, the same wherever it is; of a replica, that of its process. */
  readonly id: string | undefined;
  readonly address: Address;
  /** It has not been heard of for as long as down-after. */
  readonly down: boolean;
}

/** Whom a Sentinel knows besides itself and the primary. It never forgets anybody by itself. */
export interface SentinelPeers {
  readonly sentinels: readonly SentinelPeer[];
  readonly replicas: readonly SentinelPeer[];
}

export async function askPeers(sentinel: Redis, primaryName: string): Promise<SentinelPeers> {
  const [sentinels, replicas] = await Promise.all([
    sentinel.call('SENTINEL', 'SENTINELS', primaryName),
    sentinel.call('SENTINEL', 'REPLICAS', primaryName),
  ]);
  return { sentinels: peersOf(sentinels), replicas: peersOf(replicas) };
}

function peersOf(reply: unknown): readonly SentinelPeer[] {
  if (!Array.isArray(reply)) return [];
  return reply.map((each) => {
    const fields = parsePairs(each);
    const flags = (fields['flags'] ?? '').split(',');
    const address = { host: fields['ip'] ?? '', port: Number(fields['port']) };
    return { id: fields['runid'], address, down: flags.includes('s_down') };
  });
}

export interface Watch {
  readonly primary: Address;
  readonly quorum: number;
  /** By name, such as `down-after-milliseconds`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Forgets the primary: its replicas, the other Sentinels, and how long to wait after a failover that did not succeed. */
export async function stopWatching(sentinel: Redis, primaryName: string): Promise<void> {
  await sentinel.call('SENTINEL', 'REMOVE', primaryName).catch((error: Error) => {
    // It watches nobody.
    if (error.name !== 'ReplyError') throw error;
  });
}

export async function watchAnew(sentinel: Redis, primaryName: string, watch: Watch): Promise<void> {
  const { host, port } = watch.primary;
  await sentinel.call('SENTINEL', 'MONITOR', primaryName, host, port, watch.quorum);
  const settings = Object.entries(watch.settings).flatMap(([name, value]) => [name, String(value)]);
  if (settings.length > 0) await sentinel.call('SENTINEL', 'SET', primaryName, ...settings);
}

/** A Sentinel's own file tells what it does not: true if it has voted since the last failover that succeeded. */
export function hasVotedInVain(configFile: string): boolean {
  const epoch = (of: string): number =>
    Number(new RegExp(`^sentinel ${of} \\S+ (\\d+)$`, 'm').exec(configFile)?.[1] ?? 0);
  return epoch('leader-epoch') > epoch('config-epoch');
}

/** Calls `heard` with every event that a Sentinel publishes, until disposed. Rejects when it cannot subscribe. */
export async function subscribeToEvents(
  sentinel: Redis,
  heard: (event: string, detail: string) => void,
): Promise<void> {
  sentinel.on('pmessage', (_pattern: string, channel: string, message: string) => heard(channel, message));
  await sentinel.psubscribe('*');
}
