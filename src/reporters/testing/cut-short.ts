// Drills that proved nothing.
import type { Report } from '../../core/report.ts';
import { finding, passed } from './passed.ts';

export const inconclusive: Report = {
  ...passed,
  runId: '20261121-140500-sentinel-quorum-loss-0d11',
  drill: {
    ...passed.drill,
    name: 'sentinel-quorum-loss',
    title: 'Without a quorum no failover happens',
    onFailure: undefined,
  },
  verdict: 'inconclusive',
  durationMs: 61_020,
  problems: [
    {
      code: 'STEADY_STATE_ABSENT',
      message: 'the steady state was not there before the fault: sentinelsAgreeing is 2, expected 3',
      at: undefined,
      hint: 'Nothing was injected. Mend the cluster, or the hypothesis.',
    },
  ],
  moved: [],
  faults: [],
  assertions: [
    finding('no-failover', 31, {
      verdict: 'inconclusive',
      expected: 'never primary changes, during stop',
      actual: 'step "stop" did not begin',
      because: 'there is no data: the run ended before the fault',
    }),
  ],
  measured: {},
  phases: [],
  redundantAgainAtMs: undefined,
  offsets: undefined,
  predicted: undefined,
};

/** A fault that took effect, and that a supervisor undid before its hold was over. */
export const undoneByOthers: Report = {
  ...passed,
  runId: '20261121-140510-redis-primary-kill-5afe',
  verdict: 'inconclusive',
  faults: passed.faults.map((fault) => ({ ...fault, foundGone: 'redis-1 runs again, as pid 4711 instead of 4242' })),
  problems: [
    {
      code: 'FAULT_NOT_PROVED',
      message: 'redis-1 runs again, as pid 4711 instead of 4242',
      at: 'redis-1',
      hint: 'Something else starts it again: end the supervisor, or drill with a fault that it does not see.',
    },
  ],
  assertions: passed.assertions.map((one) => ({
    ...one,
    verdict: 'inconclusive',
    because: `nothing was proved: kill did not stay in effect until its hold was over (redis-1 runs again, as pid 4711 instead of 4242)`,
  })),
};

/** A cluster of ours, taken down with what was left of the fault. */
export const removed: Report = {
  ...inconclusive,
  runId: '20261121-140533-redis-primary-kill-c0de',
  drill: passed.drill,
  problems: [
    { code: 'CLUSTER_FAILED', message: 'the node did not answer within 10.00 s', at: 'redis-1', hint: undefined },
  ],
  cluster: 'removed',
  differences: ['redis-1 is gone', 'the steady state is not back: replicasInStep is 1'],
};

/** Its process was killed, and somebody called `firedrill rollback` afterwards. */
export const rolledBack: Report = {
  ...removed,
  runId: '20261121-140544-redis-primary-kill-d1ed',
  status: 'interrupted',
  problems: [
    {
      code: 'JOURNAL_FAILED',
      message: 'the journal has no end: the run, or its disk, died before it was over',
      at: undefined,
      hint: undefined,
    },
  ],
  differences: [],
  rolledBack: {
    at: '2026-11-21T14:09:12.000Z',
    by: 'firedrill rollback, called by alice',
    done: ['the cluster was taken down'],
    failures: [],
  },
};

export const aborted: Report = {
  ...passed,
  runId: '20261121-140601-redis-primary-pause-77aa',
  drill: { ...passed.drill, name: 'redis-primary-pause', title: 'A hung primary is replaced' },
  status: 'aborted',
  verdict: 'inconclusive',
  problems: [
    {
      code: 'STOP_CONDITION',
      message: 'stop condition "redis.topology": acceptingWrites is 0 for 5.00 s',
      at: undefined,
      hint: undefined,
    },
  ],
  assertions: passed.assertions.map((it) => ({
    ...it,
    verdict: 'inconclusive',
    actual: 'the run was aborted',
    because: 'the fault was not held as long as it should have been',
  })),
  redundantAgainAtMs: { lowMs: 21_402, highMs: undefined },
  machine: {
    processors: 2,
    loadAverage: 9.4,
    stoodStillMs: 212,
    sentLateMs: 322.4,
    tooBusy: ['a load of 9.4 on 2 processors', 'one operation in a hundred was sent 322 ms late or later'],
  },
};

export const interrupted: Report = {
  ...aborted,
  runId: '20261121-140702-redis-replica-kill-1b2c',
  drill: { ...passed.drill, name: 'redis-replica-kill', title: 'A killed replica costs nobody anything' },
  status: 'interrupted',
  problems: [],
};
