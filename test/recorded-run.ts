// A recorded run that was never run: what a kill of a primary leaves in a journal, for a test to change and to have judged.
// It goes over the disk, as a real one does.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtin } from '../src/builtin.ts';
import type { Drill } from '../src/core/drill.ts';
import { type Exit, exitOf } from '../src/core/exit-code.ts';
import type { EventBody } from '../src/core/journal.ts';
import type { OpsHeader } from '../src/core/outcome.ts';
import type { NamedFinding, Report } from '../src/core/report.ts';
import { parseDrill } from '../src/drill/load.ts';
import { encodeHeader, encodeOp, type OpRecord } from '../src/journal/ops-format.ts';
import { readJournal } from '../src/journal/reader.ts';
import { judge } from '../src/judge/judge.ts';

/** Moments of the run, on its clock. */
export const at = {
  warmUp: 1500,
  method: 6500,
  /** The kill took effect, and 6 s later service was back. */
  kill: 6514,
  back: 12_514,
  revert: 15_600,
  recovery: 16_000,
  drain: 20_000,
  end: 21_000,
} as const;

export type Stamped = EventBody & { readonly atMs: number };
export interface Copy {
  readonly from: string;
  readonly authoritative: boolean;
  values: number[];
}

/** All of it may be changed before it is judged. */
export interface RecordedRun {
  drill: Drill;
  events: Stamped[];
  /** By workload. */
  operations: Record<string, OpRecord[]>;
  copies: Record<string, Copy[]>;
}

export const header: OpsHeader = {
  v: 1,
  workload: 'writes',
  kind: 'redis.ledger',
  client: 'oracle',
  service: 'redis-sentinel',
  units: ['mymaster'],
  spacingMs: 10,
  deadlineMs: 500,
  ledger: true,
  okMeans: 'acknowledged and confirmed by WAIT 1',
};

const everything = `
  - { assert: rto, of: writes, since: kill, with: { atMost: 10s } }
  - { assert: rpo, of: writes, with: { lostWrites: 0 } }
  - { assert: predicted, of: writes, since: kill }
  - { assert: availability, of: writes, with: { longest: 10s, outages: 1 } }
  - { assert: ordering, of: writes }
  - { assert: duplicates, of: writes }
  - assert: never
    name: split-brain
    probe: redis.topology
    tolerance: { acceptingWrites: { atLeast: 2 } }
    during: kill
`;

/** A drill that kills the primary, with assertions as in a drill file; by default with every one that this run passes. */
export function killDrill(assertions: string = everything): Drill {
  const text = `title: t
description: d
onFailure: ask
owner: us
cluster: { services: [redis-sentinel] }
workloads: [{ name: writes, workload: redis.ledger, client: oracle, with: { confirmedBy: 1 } }]
timing: { warmUp: 5s, recoveryWithin: 60s, heldFor: 3s }
steadyStateHypothesis:
  title: one primary
  probes: [{ probe: redis.topology, tolerance: { primaries: 1 } }]
method: [{ name: kill, fault: process.kill, targets: redis-primary, hold: { until: recovered, atMost: 20s } }]
assertions:${assertions === '' ? ' []' : assertions}`;
  return parseDrill(text, 'drills/recorded.drill.yaml', { registry: builtin }).drill;
}

export function recordedKill(assertions?: string): RecordedRun {
  const writes = operationsWith({ downFromMs: at.kill, downToMs: at.back });
  const values = writes.filter(({ outcome }) => outcome === 'ok').map(({ i }) => i);
  const copy = (from: string, authoritative: boolean): Copy => ({ from, authoritative, values: [...values] });
  return {
    drill: killDrill(assertions),
    events: [...phases(), ...kill(), ...probes()].sort((a, b) => a.atMs - b.atMs),
    operations: { writes },
    copies: { writes: [copy('redis-2', true), copy('redis-1', false), copy('redis-3', false)] },
  };
}

/** At 100/s through the whole run, each answered after 1 ms, and refused at once while service is down. */
export function operationsWith({ downFromMs, downToMs }: { downFromMs: number; downToMs: number }): OpRecord[] {
  const operations: OpRecord[] = [];
  for (let i = 0; at.warmUp + i * 10 < at.drain; i++) {
    const sentMs = at.warmUp + i * 10;
    const up = sentMs < downFromMs || sentMs >= downToMs;
    const ended = up ? { settledMs: sentMs + 1, outcome: 'ok' as const } : refused(sentMs);
    operations.push({ i, unit: 0, dueMs: sentMs, sentMs, ...ended });
  }
  return operations;
}

export function refused(sentMs: number): Pick<OpRecord, 'settledMs' | 'outcome' | 'errorCode'> {
  return { settledMs: sentMs + 0.5, outcome: 'failed', errorCode: 'ECONNREFUSED' };
}

export function timedOut(sentMs: number): Pick<OpRecord, 'settledMs' | 'outcome' | 'errorCode'> {
  return { settledMs: sentMs + header.deadlineMs, outcome: 'unknown', errorCode: 'TIMEOUT' };
}

function phases(): Stamped[] {
  const order = ['preflight', 'gate', 'warmUp', 'method', 'recovery', 'drain', 'restore'] as const;
  const begins = [1, 1000, at.warmUp, at.method, at.recovery, at.drain, 20_600, at.end];
  const begun = order.flatMap((phase, n): Stamped[] => [
    { type: 'phase', phase, state: 'begin', atMs: begins[n] ?? 0 },
    { type: 'phase', phase, state: 'end', atMs: (begins[n + 1] ?? 0) - 1 },
  ]);
  return [
    ...begun,
    { type: 'steadyAgain', notBeforeMs: 16_100, byMs: 16_200, atMs: 19_200 },
    { type: 'workload', workload: 'writes', state: 'readBack', facts: {}, atMs: 20_500 },
    { type: 'restored', clean: true, differences: [], moved: [], atMs: 20_900 },
    { type: 'end', status: 'completed', removed: true, atMs: at.end },
  ];
}

export const step = {
  type: 'step',
  step: 'kill',
  verb: 'fault',
  kind: 'process.kill',
  targets: ['redis-1'],
} as const;

function kill(): Stamped[] {
  const evidence = { summary: 'it is gone', facts: {}, notBeforeMs: at.kill - 2, byMs: at.kill + 1 };
  const band = { lowMs: 5500, highMs: 6500, formula: 'down-after + 1.3 s', inputs: {}, allowanceMs: 500 };
  return [
    { type: 'predicted', step: 'kill', service: 'redis-sentinel', band, atMs: at.method + 5 },
    { ...step, state: 'called', atMs: at.kill - 4 },
    { ...step, state: 'confirmed', evidence, atMs: at.kill + 20 },
    { ...step, state: 'ended', atMs: at.revert - 10 },
    { ...step, state: 'revertCalled', atMs: at.revert },
    { ...step, state: 'reverted', evidence: { summary: 'it runs', facts: {} }, atMs: at.revert + 200 },
  ];
}

function probes(): Stamped[] {
  const readings: Stamped[] = [];
  for (let startedMs = 1000; startedMs < at.drain; startedMs += 100) {
    const acceptingWrites = startedMs >= at.kill && startedMs < at.back ? 0 : 1;
    const value = { primaries: 1, acceptingWrites };
    readings.push({ type: 'probe', probe: 'redis.topology', startedMs, value, atMs: startedMs + 20 });
  }
  return readings;
}

export interface Judged {
  readonly report: Report;
  readonly exit: Exit['code'];
  /** By name. */
  finding(name: string): NamedFinding;
}

/** `spoil` may change the files before they are read. */
export async function judgeRecorded(run: RecordedRun, spoil?: (dir: string) => Promise<void>): Promise<Judged> {
  const dir = await mkdtemp(join(tmpdir(), 'firedrill-recorded-'));
  try {
    await writeRecorded(run, dir);
    await spoil?.(dir);
    const report = judge(await readJournal(dir), builtin.assertions);
    const finding = (name: string): NamedFinding => {
      const found = report.assertions.find((one) => one.name === name);
      if (found === undefined) throw new Error(`there is no finding ${name}`);
      return found;
    };
    return { report, exit: exitOf([report]).code, finding };
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function writeRecorded({ drill, events, operations, copies }: RecordedRun, dir: string): Promise<void> {
  await mkdir(join(dir, 'ops'));
  const run = {
    type: 'run',
    v: 1,
    runId: 'recorded',
    suiteId: 's',
    seed: 1,
    runtime: 'local',
    host: { cpus: 2 },
    drill,
    atMs: 0,
  };
  const lines = [run, ...events].map((event) => `${JSON.stringify(event)}\n`);
  await writeFile(join(dir, 'events.ndjson'), lines.join(''));
  for (const [name, rows] of Object.entries(operations)) {
    const settled = rows.toSorted((a, b) => a.settledMs - b.settledMs);
    const text = encodeHeader({ ...header, workload: name }) + settled.map(encodeOp).join('');
    await writeFile(join(dir, 'ops', `${name}.ndjson`), text);
  }
  for (const [name, all] of Object.entries(copies)) {
    const text = all.map(({ from, authoritative, values }) => {
      return `${JSON.stringify({ unit: header.units[0], from, authoritative })}\n${JSON.stringify(values)}\n`;
    });
    await writeFile(join(dir, 'ops', `${name}.read.ndjson`), text.join(''));
  }
}
