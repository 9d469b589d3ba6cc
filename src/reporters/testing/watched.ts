// A watch: of a failover that somebody else has triggered, and of a stall.
import type { Report } from '../../core/report.ts';
import { passed } from './passed.ts';

const writes = passed.measured['writes'];

export const watched: Report = {
  ...passed,
  runId: '20261130-120311-watch-staging-91c2',
  runtime: 'attach',
  target: 'staging',
  drill: {
    ...passed.drill,
    name: 'watch-staging',
    file: 'watch-staging',
    title: 'What happens in staging',
    onFailure: undefined,
    proves: [],
    proven: false,
  },
  verdict: 'inconclusive',
  durationMs: 341_220,
  faults: [],
  assertions: [],
  measured: writes === undefined ? {} : { writes: { ...writes, recoveryTimeMs: undefined, lostWrites: 52 } },
  phases: [],
  redundantAgainAtMs: undefined,
  predicted: undefined,
  watched: {
    fromMs: 6100,
    toMs: 321_000,
    writes: true,
    begunBefore: [],
    episodes: [
      {
        kind: 'failover',
        fromMs: 61_000,
        toMs: 72_260,
        begunBy: { name: '+try-failover', atMs: 61_000, detail: 'sentinel-2: master mymaster 10.0.0.1 6379' },
        moves: [{ from: 'redis-1', to: 'redis-2', atMs: 62_300 }],
        outages: [
          { by: 'writes', from: 'workload', what: 'mymaster', fromMs: 62_190, toMs: 62_843, lowMs: 575, highMs: 653 },
          {
            by: 'redis.topology',
            from: 'probe',
            what: 'expected acceptingWrites 1, is acceptingWrites 0',
            fromMs: 62_100,
            toMs: 62_501,
            lowMs: 0,
            highMs: 401,
          },
        ],
        phases: [
          { name: '+try-failover', atMs: 61_000, detail: 'sentinel-2: master mymaster 10.0.0.1 6379' },
          { name: 'promoted', atMs: 61_159, detail: 'redis-2: role is now primary' },
          { name: '+switch-master', atMs: 62_200, detail: 'sentinel-1: mymaster 10.0.0.1 6379 10.0.0.2 6379' },
          { name: 'first-failure', atMs: 62_201, detail: 'writes' },
          { name: 'first-write', atMs: 62_843, detail: 'writes: acknowledged again' },
          { name: 'demoted', atMs: 72_260, detail: 'redis-1: replica of redis-2' },
        ],
        isr: undefined,
        clients: {
          followed: [{ name: 'web', before: 12, after: 12, withinMs: 253 }],
          leftBehind: [
            {
              name: 'worker',
              address: '10.0.1.5:51234',
              library: 'ioredis 5.4.1',
              node: 'redis-1',
              forMs: 258_700,
              still: true,
            },
            { name: 'cron', address: '10.0.1.9:40112', library: '', node: 'redis-1', forMs: 11_300, still: false },
          ],
          gone: [{ name: 'batch', before: 2 }],
        },
      },
      {
        kind: 'disturbance',
        fromMs: 200_000,
        toMs: 200_000,
        begunBy: { name: '+sdown', atMs: 200_000, detail: 'sentinel-3: slave 10.0.0.3:6379' },
        moves: [],
        outages: [],
        phases: [{ name: '+sdown', atMs: 200_000, detail: 'sentinel-3: slave 10.0.0.3:6379' }],
        isr: { shrunkAtMs: 200_300, recoveredAtMs: 214_200, last: 'orders/0 without broker 7, and 2 more' },
        clients: undefined,
      },
    ],
    stutters: [
      { by: 'writes', from: 'workload', what: 'mymaster', fromMs: 120_000, toMs: 120_121, lowMs: 79, highMs: 121 },
      {
        by: 'redis.topology',
        from: 'probe',
        what: 'expected acceptingWrites 1, is acceptingWrites 0',
        fromMs: 120_020,
        toMs: 120_440,
        lowMs: 0,
        highMs: 420,
      },
      { by: 'writes', from: 'workload', what: 'mymaster', fromMs: 131_400, toMs: 131_580, lowMs: 138, highMs: 180 },
    ],
  },
};

/** Nothing was written, and nothing happened. */
export const quiet: Report = {
  ...watched,
  runId: '20261130-121000-watch-prod-10ab',
  target: 'prod',
  drill: { ...watched.drill, name: 'watch-prod', file: 'watch-prod', title: 'What happens in prod' },
  measured: {},
  moved: [],
  watched: {
    fromMs: 6100,
    toMs: 66_100,
    writes: false,
    begunBefore: [{ name: '+sdown', atMs: 900, detail: 'master mymaster redis-1 6301' }],
    episodes: [],
    stutters: [],
  },
};
