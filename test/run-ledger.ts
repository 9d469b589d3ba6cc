// Runs a redis.ledger against a cluster as the engine would, and reads its files: for tests.
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { createClock } from '../src/core/clock.ts';
import type { EventBody, LiveCounters } from '../src/core/journal.ts';
import type { RunningWorkload } from '../src/core/kinds.ts';
import { type OpsHeader, OUTCOMES, type Outcome } from '../src/core/outcome.ts';
import { waitFor } from '../src/core/wait.ts';
import { redisLedger } from '../src/workloads/redis-ledger.ts';
import type { LoopbackSentinel } from './loopback-sentinel.ts';

export interface Op {
  readonly i: number;
  readonly unit: number;
  readonly dueMs: number;
  readonly sentMs: number;
  readonly settledMs: number;
  readonly outcome: Outcome;
  readonly errorCode: string | undefined;
}

export interface LedgerRun extends AsyncDisposable {
  readonly workload: RunningWorkload;
  readonly originNs: bigint;
  readonly problems: readonly EventBody[];
  nowMs(): number;
  /** Waits until the live counters say so. */
  until(what: string, holds: (counters: LiveCounters) => boolean): Promise<LiveCounters>;
  /** Stops, and reads the ops file. */
  finish(): Promise<{ readonly header: OpsHeader; readonly ops: readonly Op[] }>;
  readBack(withinMs?: number): Promise<readonly Copy[]>;
}

export interface Copy {
  readonly unit: string;
  readonly from: string;
  readonly authoritative: boolean;
  readonly values: readonly number[];
}

export async function startLedger(
  cluster: LoopbackSentinel,
  params: z.input<typeof redisLedger.params> = {},
  options: { readonly client?: string; readonly opsFile?: string } = {},
): Promise<LedgerRun> {
  const dir = await mkdtemp(join(cluster.dir, 'run-'));
  const clock = createClock();
  const problems: EventBody[] = [];
  const opsFile = options.opsFile ?? join(dir, 'writes.ndjson');
  const readBackFile = join(dir, 'writes.read.ndjson');
  const workload = await redisLedger.start(redisLedger.params.parse(params), {
    name: 'writes',
    client: options.client ?? 'oracle',
    runId: dir.slice(-6),
    seed: 1,
    addresses: cluster.addresses,
    originNs: clock.originNs,
    opsFile,
    readBackFile,
    journal: { write: (event) => problems.push(event) },
    signal: new AbortController().signal,
  });
  return {
    workload,
    problems,
    originNs: clock.originNs,
    nowMs: () => clock.nowMs(),
    until: (what, holds) =>
      waitFor(() => (holds(workload.counters()) ? workload.counters() : undefined), {
        withinMs: 15_000,
        everyMs: 5,
        what,
      }),
    finish: async () => {
      await workload.stop();
      const [header, ...ops] = (await readFile(opsFile, 'utf8')).trimEnd().split('\n');
      return { header: JSON.parse(header ?? '') as OpsHeader, ops: ops.map(parseOp) };
    },
    readBack: async (withinMs = 10_000) => {
      await workload.readBack(cluster.addresses, withinMs);
      return parseCopies(await readFile(readBackFile, 'utf8'));
    },
    [Symbol.asyncDispose]: () => workload[Symbol.asyncDispose](),
  };
}

function parseOp(line: string): Op {
  const [i, unit, dueMs, sentMs, settledMs, outcome, errorCode] = JSON.parse(line) as [
    number,
    number,
    number,
    number,
    number,
    number,
    string?,
  ];
  return { i, unit, dueMs, sentMs, settledMs, outcome: OUTCOMES[outcome] ?? 'unknown', errorCode };
}

function parseCopies(text: string): Copy[] {
  const copies: (Omit<Copy, 'values'> & { values: number[] })[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const value = JSON.parse(line) as number[] | Omit<Copy, 'values'>;
    if (Array.isArray(value)) copies.at(-1)?.values.push(...value);
    else copies.push({ ...value, values: [] });
  }
  return copies;
}
