// A drill that passed, and its parts: the other reports are made of it. The numbers are those of real runs, rounded.
import type { MeasuredWorkload, NamedFinding, Report } from '../../core/report.ts';

const file = 'drills/redis-primary-kill.drill.yaml';

export function finding(
  name: string,
  line: number,
  rest: Omit<NamedFinding, 'name' | 'kind' | 'position' | 'data'> & Partial<Pick<NamedFinding, 'data'>>,
): NamedFinding {
  return { name, kind: name, position: { file, line, col: 5 }, data: {}, ...rest };
}

export const writes: MeasuredWorkload = {
  client: 'oracle',
  okMeans: 'WAIT 1',
  recoveryTimeMs: { low: 6238.4, high: 6266.1 },
  units: [
    {
      unit: 'redis-sentinel',
      outages: [{ fromMs: 8104, toMs: 14_368.2, lowMs: 6231.7, highMs: 6271.9, rescuedByRevert: false }],
      detectionFloorMs: 50,
    },
  ],
  ok: 3812,
  failed: 612,
  unknown: 4,
  notSent: 0,
  lostWrites: 0,
  lostWindowMs: undefined,
  duplicates: 0,
  reordered: 0,
  divergentCopies: 0,
  failedButFound: 0,
  errors: { ECONNREFUSED: 514, NOREPLICAS: 98, ETIMEDOUT: 4 },
  p50Ms: 0.8,
  p99Ms: 4.2,
  maxMs: 1012,
};

export const reads: MeasuredWorkload = {
  ...writes,
  client: 'ioredis',
  okMeans: 'status 200-299',
  recoveryTimeMs: { low: 0, high: 60 },
  units: [{ unit: 'http://orders', outages: [], detectionFloorMs: 60 }],
  ok: 4425,
  failed: 0,
  unknown: 0,
  lostWrites: undefined,
  duplicates: undefined,
  reordered: undefined,
  divergentCopies: undefined,
  failedButFound: undefined,
  errors: {},
  maxMs: 31,
};

export const passed: Report = {
  schema: 'firedrill.result/1',
  runId: '20261121-140312-redis-primary-kill-3fa9',
  suiteId: '20261121-140312-7c1e',
  seed: 7,
  runtime: 'local',
  target: undefined,
  dryRun: false,
  sabotage: undefined,
  configHash: '5f2a9c01d4e87b36',
  versions: { firedrill: '0.1.0', node: '24.21.0', redis: '7.0.15', toxiproxy: '2.12.0' },
  host: { platform: 'linux', arch: 'x64', kernel: '6.1.0', cpus: 2, memoryBytes: 8_589_934_592 },
  drill: {
    name: 'redis-primary-kill',
    file,
    title: 'A killed Redis primary is replaced within 10 s and no confirmed write is lost',
    sha256: 'b1946ac92492d2347c6235b4d2611184a7c4a9b8d8e5b3c8a0d1f7a0c9e2f345',
    owner: 'platform-team',
    onFailure:
      'Is a replica promoted at all (redis-cli -p 26379 SENTINEL get-master-addr-by-name mymaster)? If it is, the clients do not follow: look at their Sentinel addresses.',
    tags: ['nightly', 'redis', 'monthly'],
    proves: [{ runbook: '000', step: 'Redis primary failure' }],
    proven: true,
  },
  startedAt: '2026-11-21T14:03:12.204Z',
  durationMs: 38_214.6,
  status: 'completed',
  verdict: 'passed',
  problems: [],
  cluster: 'restored',
  differences: [],
  moved: ['redis-1 was primary and is replica', 'redis-2 was replica and is primary'],
  rolledBack: undefined,
  faults: [
    {
      step: 'kill',
      kind: 'process.kill',
      targets: ['redis-1'],
      calledAtMs: 8102.3,
      confirmedAtMs: 8214.9,
      evidence: 'gone and not answering: redis-1, pid 41234 (started 991201)',
      revertedAtMs: 19_384.2,
    },
  ],
  assertions: [
    finding('rto', 41, {
      verdict: 'passed',
      expected: 'recovered within 10.00 s',
      actual: '6.24 s to 6.27 s',
      because: 'every outage ended before the limit, and before our own revert',
      data: { workload: 'writes' },
    }),
    finding('rpo', 42, {
      verdict: 'passed',
      expected: 'at most 0 lost writes',
      actual: '0 of 3,812 lost',
      because: 'every acknowledged write was read back',
    }),
    finding('predicted', 43, {
      verdict: 'passed',
      expected: '5.30 s to 7.20 s (+ 500 ms)',
      actual: '6.24 s to 6.27 s',
      because: 'the measured interval overlaps the band',
    }),
    finding('split-brain', 44, {
      verdict: 'passed',
      expected: 'never acceptingWrites at least 2, during kill',
      actual: 'at most 1 in 112 readings',
      because: '',
    }),
  ],
  measured: { writes, reads },
  phases: [
    { name: '+sdown', atMs: 13_241.1, detail: 'sentinel-2: master mymaster redis-1 6379' },
    { name: '+odown', atMs: 13_312.4, detail: 'sentinel-2: master mymaster redis-1 6379 #quorum 2/2' },
    { name: 'promoted', atMs: 13_455, detail: 'redis-2: role is now primary' },
    { name: 'refuses-writes', atMs: 13_455, detail: 'redis-2: NOREPLICAS: too few good replicas' },
    { name: 'accepts-writes', atMs: 14_322.7, detail: 'redis-2: 1 good replicas' },
    { name: '+switch-master', atMs: 14_331, detail: 'sentinel-2: mymaster redis-1 6379 redis-2 6379' },
    { name: 'first write', atMs: 14_368.2, detail: 'writes' },
  ],
  redundantAgainAtMs: { lowMs: 21_402, highMs: 21_506 },
  offsets: {
    before: { 'redis-sentinel': { 'redis-1': 48_211, 'redis-2': 48_211, 'redis-3': 48_211 } },
    after: { 'redis-sentinel': { 'redis-1': 212_004, 'redis-2': 212_004, 'redis-3': 212_004 } },
  },
  predicted: {
    lowMs: 5300,
    highMs: 7200,
    allowanceMs: 500,
    formula: 'down-after + 0.3 s at least; at most down-after + 0.2 s (detection) + 0.7 s (votes) + 1.3 s (attach)',
    inputs: { 'down-after-milliseconds': 5000, 'min-replicas-to-write': 1 },
  },
  overrides: { param: [], set: [] },
  machine: { processors: 2, loadAverage: 1.42, stoodStillMs: 11.3, sentLateMs: 4.9, tooBusy: [] },
};
