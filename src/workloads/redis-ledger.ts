import { extname } from 'node:path';
import { z } from 'zod';
import {
  DETECTOR_RIGHT,
  EVENTS_RIGHT,
  KEY_PREFIX,
  ofRedis,
  SUBJECT_RIGHTS,
  TOPOLOGY_RIGHTS,
} from '../clients/redis-rights.ts';
import { primaryNameOf } from '../clients/sentinel.ts';
import { DrillError } from '../core/error.ts';
import type { Right, RightsContext, Workload, WorkloadContext } from '../core/kinds.ts';
import { inService } from '../core/right.ts';
import { duration, rate } from '../core/units.ts';
import { startWorker } from './open-loop-thread.ts';
import { readLedgerBack } from './redis-ledger-read-back.ts';
import { removeLedger } from './redis-ledger-remove.ts';
import type { LedgerTerms } from './redis-ledger-terms.ts';

/** Its extension is that of this file: `.js` in a package. */
const worker = new URL(`./redis-ledger-worker${extname(import.meta.url)}`, import.meta.url);

const params = z
  .strictObject({
    rate: rate().default(100).describe('writes a second, each due by the clock whatever became of those before'),
    deadline: duration().default(500).describe('a write that is not settled by then may have been applied: unknown'),
    confirmedBy: z
      .union([z.int().min(0), z.literal('all')])
      .default(0)
      .describe(
        'replicas that must have confirmed a write (WAIT) before it counts as ok; 0: the primary alone says so',
      ),
    inFlight: z
      .int()
      .min(1)
      .optional()
      .describe('writes that may wait at once; by default rate × deadline, at most 64'),
    valueBytes: z.int().min(1).max(1_000_000).default(1).describe('each value is padded to this length'),
    service: z.string().optional().describe('name of the Redis service, where the cluster has several'),
  })
  .transform(({ rate: ratePerSecond, deadline: deadlineMs, ...rest }) => ({ ...rest, ratePerSecond, deadlineMs }));
type Params = z.output<typeof params>;

/** Every write is an element of its own, so that a lost one cannot be hidden by a later write to the same key. */
export const redisLedger: Workload<Params> = {
  kind: 'redis.ledger',
  summary: 'Appends numbered elements to a list, and reads all of them back when the drill is over',
  params,
  example: { with: { rate: '100/s', confirmedBy: 1 } },
  clients: ['oracle', 'ioredis', 'ioredis/hardened'],
  rights: (asked, cx) => inService(asked.service, rightsOf(asked, cx)),
  leaves: ({ service = null }, cx) => ({ service, key: keyOf(cx) }),
  revert: removeLedger,
  start: async (asked, cx) => {
    const terms = termsOf(asked, cx);
    return await startWorker({
      module: worker,
      data: terms,
      context: cx,
      readBack: (probes, withinMs) =>
        readLedgerBack({ terms, probes, withinMs, file: cx.readBackFile, signal: cx.signal }),
    });
  },
};

function rightsOf({ confirmedBy }: Params, { client }: RightsContext): readonly Right[] {
  const key = `${KEY_PREFIX}x`;
  const following =
    client === 'oracle'
      ? [EVENTS_RIGHT, ofRedis('CLIENT', 'SETNAME', 'x')]
      : client === 'ioredis/hardened'
        ? [DETECTOR_RIGHT]
        : [];
  return [
    ofRedis('RPUSH', key, '1'),
    ...(confirmedBy === 0 ? [] : [ofRedis('WAIT', '1', '1')]),
    ofRedis('LRANGE', key, '0', '1'),
    ofRedis('DEL', key),
    ...TOPOLOGY_RIGHTS,
    ...SUBJECT_RIGHTS,
    ...following,
  ];
}

function termsOf({ service: asked, confirmedBy: by, ...rest }: Params, cx: WorkloadContext): LedgerTerms {
  const service = asked ?? onlyService(cx);
  const nodes = cx.addresses.rows.filter((row) => row.service === service && row.role === 'redis');
  const replicas = nodes.length - 1;
  const confirmedBy = by === 'all' ? replicas : by;
  if (confirmedBy > replicas) {
    throw new DrillError('WORKLOAD_FAILED', `confirmedBy is ${confirmedBy}, and ${service} has ${replicas} replicas`, {
      at: `workload ${cx.name}`,
      hint: 'say confirmedBy: all, or fewer',
    });
  }
  const unit = primaryNameOf(cx.addresses, service);
  return { ...rest, name: cx.name, service, confirmedBy, unit, key: keyOf(cx) };
}

function keyOf({ runId, name }: Pick<WorkloadContext, 'runId' | 'name'>): string {
  return `${KEY_PREFIX}${runId}:${name}`;
}

function onlyService(cx: WorkloadContext): string {
  const watched = new Set(cx.addresses.rows.filter((row) => row.role === 'sentinel').map((row) => row.service));
  const [service] = watched;
  if (service !== undefined && watched.size === 1) return service;
  const found = service === undefined ? 'has no Redis under Sentinels' : `has several: ${[...watched].join(', ')}`;
  throw new DrillError('WORKLOAD_FAILED', `redis.ledger cannot tell where to write: the cluster ${found}`, {
    at: `workload ${cx.name}`,
    hint: service === undefined ? 'add a redis-sentinel service to the cluster' : 'say which in with.service',
  });
}
