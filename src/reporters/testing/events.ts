// The events of one run, as they come: for the tests of what is told while a drill runs. Times are those of a real one.
import type { EventBody, JournalEvent, LiveCounters, PhaseName, StepEvent } from '../../core/journal.ts';

const begins: readonly (readonly [PhaseName, number])[] = [
  ['preflight', 2],
  ['gate', 2104],
  ['warmUp', 3090],
  ['method', 8101],
  ['recovery', 19_390],
  ['drain', 26_512],
  ['restore', 29_004],
];

const step: Omit<StepEvent, 'state'> = {
  type: 'step',
  step: 'kill',
  verb: 'fault',
  kind: 'process.kill',
  targets: ['redis-1'],
};

const log: readonly (readonly [atMs: number, body: EventBody])[] = [
  [
    8102,
    { type: 'predicted', step: 'kill', band: { lowMs: 5300, highMs: 7200, allowanceMs: 500, formula: '', inputs: {} } },
  ],
  [8102.3, { ...step, state: 'called' }],
  [
    8214.9,
    {
      ...step,
      state: 'confirmed',
      evidence: { summary: 'gone and not answering: redis-1, pid 41234 (started 991201)', facts: {} },
    },
  ],
  [13_241.1, mark('+sdown', 'sentinel-2', 'master mymaster redis-1 6379')],
  [13_260.4, mark('+sdown', 'sentinel-1', 'master mymaster redis-1 6379')],
  [13_312.4, mark('+odown', 'sentinel-2', 'master mymaster redis-1 6379 #quorum 2/2')],
  [13_318, mark('+try-failover', 'sentinel-2', 'master mymaster redis-1 6379')],
  [13_320, mark('+vote-for-leader', 'sentinel-2', '5e3d 1')],
  [13_402, mark('+elected-leader', 'sentinel-2', 'master mymaster redis-1 6379')],
  [13_455, mark('promoted', 'redis-2', 'role is now primary')],
  [13_455, mark('refuses-writes', 'redis-2', 'NOREPLICAS: too few good replicas')],
  [14_322.7, mark('accepts-writes', 'redis-2', '1 good replicas')],
  [14_331, mark('+switch-master', 'sentinel-2', 'mymaster redis-1 6379 redis-2 6379')],
  [19_372, { ...step, state: 'ended' }],
  [19_380, { ...step, state: 'revertCalled' }],
  [
    19_384.2,
    {
      ...step,
      state: 'reverted',
      evidence: { summary: 'started again: redis-1, pid 41311 (started 992404)', facts: {} },
    },
  ],
  [21_506, { type: 'steadyAgain', notBeforeMs: 21_402, byMs: 21_506 }],
  [26_600, { type: 'workload', workload: 'writes', state: 'stopped', facts: {} }],
  [28_950, { type: 'workload', workload: 'writes', state: 'readBack', facts: {} }],
  [
    29_100,
    {
      type: 'problem',
      code: 'TOOL_BROKEN',
      message: 'a toxic took 1.20 s to be removed',
      at: 'redis-1->redis-2',
      hint: 'firedrill doctor',
    },
  ],
  [30_020, { type: 'restored', clean: true, differences: [], moved: ['redis-1 was primary and is replica'] }],
  [30_100, { type: 'end', status: 'completed' }],
];

function mark(name: string, source: string, detail: string): EventBody {
  return { type: 'mark', mark: name, source, detail };
}

/** One write every 10 ms; down from 8.1 s to 14.37 s. */
function counters(atMs: number): LiveCounters {
  const [downMs, upMs] = [8104, 14_368];
  const startedMs = 3100;
  const down = Math.max(0, Math.min(atMs, upMs) - downMs);
  return {
    ok: Math.floor((atMs - startedMs - down) / 10),
    failed: Math.floor(down / 10.2),
    unknown: down > 0 ? 4 : 0,
    notSent: 0,
    lastOkMs: atMs > downMs && atMs < upMs ? downMs : atMs,
    okSinceMs: atMs < downMs ? startedMs : atMs < upMs ? undefined : upMs,
    lastBadMs: down === 0 ? undefined : Math.min(atMs, upMs),
    lastError: down === 0 ? undefined : atMs < 13_455 ? 'ECONNREFUSED' : 'NOREPLICAS',
  };
}

function heartbeats(): JournalEvent[] {
  const events: JournalEvent[] = [];
  for (let atMs = 3200; atMs < 26_600; atMs += 200) {
    const quiet = { ...counters(atMs), failed: 0, unknown: 0, okSinceMs: 3100, lastOkMs: atMs, lastError: undefined };
    events.push({ type: 'heartbeat', atMs, workloads: { writes: counters(atMs), reads: quiet } });
  }
  return events;
}

export const sampleEvents: readonly JournalEvent[] = [
  ...begins.flatMap(([phase, atMs], at): JournalEvent[] => [
    { type: 'phase', phase, state: 'begin', atMs },
    { type: 'phase', phase, state: 'end', atMs: (begins[at + 1]?.[1] ?? 30_050) - 1 },
  ]),
  ...log.map(([atMs, body]) => ({ ...body, atMs })),
  ...heartbeats(),
].sort((a, b) => a.atMs - b.atMs);
