// Questions to a Sentinel. The words of its protocol (`master`, `slave`, `s_down`) stay inside this file.
import type { Address } from '../core/node.ts';
import type { Redis } from './redis.ts';
import { parseInfo, parsePairs } from './redis-info.ts';

/** The name under which the Sentinels of a cluster of ours watch the primary. */
export const PRIMARY_NAME = 'mymaster';

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

/** Asks one Sentinel for all of it in one round trip. */
export async function askSentinel(sentinel: Redis, primaryName: string): Promise<SentinelOpinion> {
  const [master, quorum, info] = await Promise.all([
    sentinel.call('SENTINEL', 'MASTER', primaryName),
    sentinel.call('SENTINEL', 'CKQUORUM', primaryName).then(
      () => true,
      (error: Error) => (error.name === 'ReplyError' ? false : Promise.reject(error)),
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
    tilt: parseInfo(String(info))['sentinel_tilt'] === '1',
  };
}

/** Calls `heard` with every event that a Sentinel publishes, until disposed. Rejects when it cannot subscribe. */
export async function subscribeToEvents(
  sentinel: Redis,
  heard: (event: string, detail: string) => void,
): Promise<void> {
  sentinel.on('pmessage', (_pattern: string, channel: string, message: string) => heard(channel, message));
  await sentinel.psubscribe('*');
}
