import { z } from 'zod';
import { openNodeConnections } from '../clients/redis-nodes.ts';
import { ofRedis, ofSentinelOnPrimary, TOPOLOGY_RIGHTS } from '../clients/redis-rights.ts';
import { orderFailover } from '../clients/sentinel-failover.ts';
import type { Evidence } from '../core/journal.ts';
import type { Fault, FaultInput, LiveContext } from '../core/kinds.ts';
import { type NodeName, PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';
import { duration, formatMs } from '../core/units.ts';
import { findParties, type Parties, untilPromoted } from './redis-failover-parties.ts';
import { handOver } from './redis-failover-safe.ts';
import { finish, type Prior } from './redis-failover-undo.ts';

const params = z
  .strictObject({
    form: z
      .enum(['safe', 'plain'])
      .default('safe')
      .describe('safe: writes are paused and the replicas level before the roles move; plain: SENTINEL FAILOVER alone'),
    pauseFor: duration()
      .default(4000)
      .describe(
        "lease of the write pause: it ends by itself after this, or after four fifths of the Sentinels' down-after",
      ),
    momentWithin: duration()
      .default(12_000)
      .describe(
        'how long the safe form may wait for a moment at which the Sentinel sees the promotion at once; 0s: none',
      ),
    acceptsLoss: z
      .boolean()
      .default(false)
      .describe('the plain form loses about a second of acknowledged writes: say that you know'),
    service: z.string().optional().describe('name of the Redis service, when the cluster has several'),
  })
  .refine((p) => p.form === 'safe' || p.acceptsLoss, {
    message: 'the plain form loses acknowledged writes; set `acceptsLoss: true` to have it',
    path: ['acceptsLoss'],
  })
  .transform(({ pauseFor, momentWithin, ...rest }) => ({
    ...rest,
    pauseForMs: pauseFor,
    momentWithinMs: momentWithin,
  }));
type Params = z.output<typeof params>;

/** On whichever node is the primary, to begin with. */
const SAFE_RIGHTS = [
  ofSentinelOnPrimary('INFO-CACHE'),
  ofRedis('CLIENT', 'PAUSE', '1', 'WRITE'),
  ofRedis('MULTI'),
  ofRedis('REPLICAOF', 'NO', 'ONE'),
  ofRedis('CLIENT', 'KILL', 'TYPE', 'normal'),
  ofRedis('CLIENT', 'KILL', 'TYPE', 'pubsub'),
  ofRedis('CLIENT', 'UNPAUSE'),
  ofRedis('EXEC'),
  ofRedis('CONFIG', 'REWRITE'),
];

/**
 * A planned failover. The safe form: CLIENT PAUSE WRITE on the primary, wait until every replica has every byte, SENTINEL
 * FAILOVER, then the old primary is made a replica, its clients are closed and the pause ends. What a runner leaves half
 * done that dies in the middle, `revert` takes back or finishes; the pause ends without it.
 */
export const redisFailover: Fault<Params, Prior> = {
  kind: 'redis.failover',
  summary: 'Hands the primary role over through Sentinel, in the safe form or the plain one',
  params,
  needsTargets: false,
  undoneBy: 'nothing: roles that have moved stay where they are; what is half done is finished or taken back',
  warns: ({ form, pauseForMs }) => (form === 'plain' ? PLAIN_WARNINGS : safeWarnings(pauseForMs)),
  needs: () => [],
  rights: ({ form, service }) =>
    inService(service, [
      ...TOPOLOGY_RIGHTS,
      ofRedis('ROLE'),
      ofSentinelOnPrimary('FAILOVER'),
      ...(form === 'safe' ? SAFE_RIGHTS : []),
    ]),
  touches: primaries,
  undo: (input) => ({
    form: input.params.form,
    service: input.params.service ?? null,
    from: primaries(input)[0] ?? null,
  }),
  inject: (input, cx) => failOver(input.params, cx),
  revert: (record, cx) => finish(record, cx),
};

const PLAIN_WARNINGS = [
  'it loses about a second of acknowledged writes, those that WAIT has confirmed among them: the old primary goes on taking ' +
    'writes until it is told that it is a replica, and throws them away then',
];

function safeWarnings(pauseForMs: number): readonly string[] {
  return [
    'it closes every connection of a client or subscriber to the old primary (CLIENT KILL TYPE normal and pubsub): all ' +
      'applications connect again',
    `writes wait from the beginning until the new primary is known, at most ${formatMs(pauseForMs)} if the runner dies`,
    'a runner that dies after the order and before the old primary is a replica (a third of a second) leaves that to the ' +
      'Sentinels, who need 10 s: until then it takes writes that are lost, unless min-replicas-to-write is 1 or more',
  ];
}

function primaries({ params: { service }, view }: FaultInput<Params>): readonly NodeName[] {
  return Object.entries(view.services)
    .filter(([name]) => service === undefined || name === service)
    .flatMap(([, { roles }]) => Object.keys(roles).filter((node) => roles[node]?.includes('redis-primary')));
}

async function failOver(params: Params, cx: LiveContext): Promise<Evidence> {
  await using connections = openNodeConnections(cx.cluster.addresses(PROBE), {
    timeoutMs: 1000,
    service: params.service,
  });
  const parties = await findParties(connections, cx);
  return await (params.form === 'safe' ? handOver(parties, params, cx) : orderOnly(parties, cx));
}

async function orderOnly(parties: Parties, cx: LiveContext): Promise<Evidence> {
  const { connections, from, primaryName } = parties;
  const [sentinel = ''] = parties.sentinels;
  const notBeforeMs = cx.clock.nowMs();
  await connections.ask(sentinel, (redis) => orderFailover(redis, primaryName));
  const to = await untilPromoted(parties, cx);
  return {
    summary: `${to} is primary instead of ${from.node} (plain form)`,
    facts: { from: from.node, to, form: 'plain', sentinel },
    notBeforeMs,
    byMs: cx.clock.nowMs(),
  };
}
