// Drills that ran to their end and did not pass.
import type { Report } from '../../core/report.ts';
import { finding, passed, writes } from './passed.ts';

export const failed: Report = {
  ...passed,
  runId: '20261121-140401-redis-primary-partition-91b0',
  drill: {
    ...passed.drill,
    name: 'redis-primary-partition',
    file: 'drills/redis-primary-partition.drill.yaml',
    title: 'A primary cut from the rest stops acknowledging writes in time',
    onFailure:
      'Set min-replicas-to-write to 1 on every Redis node.\nThen run this drill again before you close the ticket.',
  },
  durationMs: 71_902,
  verdict: 'failed',
  sabotage: undefined,
  faults: [
    {
      step: 'cut',
      kind: 'network.partition',
      targets: ['redis-1', 'clients-1'],
      calledAtMs: 8102.3,
      confirmedAtMs: 8297.7,
      evidence: 'no answer for 100 ms on redis-1->redis-2, redis-1->sentinel-1 and 12 other links that answered before',
      revertedAtMs: 38_119,
    },
  ],
  assertions: [
    finding('rto', 41, {
      verdict: 'failed',
      expected: 'recovered within 10.00 s',
      actual: 'did not recover by itself within 29.82 s',
      because:
        'the first acknowledged write came only after our own revert was called: service was rescued, it did not recover',
      data: { workload: 'plain' },
    }),
    finding('rpo', 42, {
      verdict: 'failed',
      expected: 'lost writes no older than 12.00 s',
      actual: '6,636 of 7,202 acknowledged writes lost',
      because: 'the old primary went on acknowledging for 30.11 s, because min-replicas-to-write is 0',
    }),
    finding('split-brain', 44, {
      verdict: 'inconclusive',
      expected: 'never acceptingWrites at least 2, during cut',
      actual: 'no readings between 12.10 s and 14.25 s',
      because: 'the probe did not answer in time 21 times, and without data nothing is proved',
    }),
  ],
  measured: {
    plain: {
      ...writes,
      okMeans: 'OK of the primary',
      recoveryTimeMs: { low: 29_816.7, high: undefined },
      units: [
        {
          unit: 'redis-sentinel',
          outages: [
            { fromMs: 8290, toMs: 38_122, lowMs: 29_816.7, highMs: undefined, rescuedByRevert: true },
            { fromMs: 44_000, toMs: undefined, lowMs: 20, highMs: undefined, rescuedByRevert: false },
          ],
          detectionFloorMs: 50,
        },
      ],
      ok: 7202,
      lostWrites: 6636,
      lostWindowMs: 29_810.4,
      duplicates: 3,
      reordered: 2,
      divergentCopies: 1,
      failedButFound: 1,
    },
  },
  predicted: undefined,
};

export const dirty: Report = {
  ...failed,
  runId: '20261121-140803-redis-primary-host-crash-4d5e',
  target: 'staging',
  overrides: { param: ['rto=15s'], set: ['cluster.settings.sentinel.down-after-milliseconds=3000', 'title=Not ours'] },
  drill: {
    ...passed.drill,
    name: 'redis-primary-host-crash',
    title: 'A crashed host loses only what was not confirmed',
  },
  problems: [
    {
      code: 'UNDO_FAILED',
      message: 'step "kill" could not be undone: spawn redis-server ENOENT',
      at: 'redis-1',
      hint: 'firedrill rollback 20261121-140803-redis-primary-host-crash-4d5e',
    },
  ],
  cluster: 'dirty',
  differences: [
    'redis-1 is gone',
    'link redis-2->redis-1 is under latency_down, latency_up',
    'the steady state is not back: replicasInStep is 1',
  ],
  faults: [
    {
      ...(failed.faults[0] as Report['faults'][number]),
      confirmedAtMs: undefined,
      evidence: '',
      revertedAtMs: undefined,
    },
  ],
};
