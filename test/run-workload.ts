// Runs any workload as the engine would, and reads its files: for tests.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, createClock } from '../src/core/clock.ts';
import type { EventBody, LiveCounters, ProblemEvent } from '../src/core/journal.ts';
import type { RunningWorkload, Workload } from '../src/core/kinds.ts';
import type { AddressBook } from '../src/core/node.ts';
import { type OpsHeader, OUTCOMES } from '../src/core/outcome.ts';
import { waitFor } from '../src/core/wait.ts';
import type { OpRecord } from '../src/journal/ops-format.ts';

export interface WorkloadRun extends AsyncDisposable {
  readonly workload: RunningWorkload;
  readonly originNs: bigint;
  readonly events: readonly EventBody[];
  problems(): readonly ProblemEvent[];
  nowMs(): number;
  /** Waits until the live counters say so. */
  until(what: string, holds: (counters: LiveCounters) => boolean): Promise<LiveCounters>;
  /** Stops, and reads the ops file. */
  finish(): Promise<{ readonly header: OpsHeader; readonly ops: readonly OpRecord[] }>;
}

export interface RunOptions {
  readonly dir: string;
  readonly addresses?: AddressBook;
  readonly events?: EventBody[];
  readonly signal?: AbortSignal;
  /** Its name; `writes` by default. */
  readonly name?: string;
  readonly client?: string;
  /** So that several workloads of one run have one clock. */
  readonly clock?: Clock;
}

/** Longer than two elections: votes may be split, and Sentinels try again only after twice their failover-timeout. */
const UNTIL_MS = 45_000;

/** Files go to `dir` as `<name>.ndjson` and `<name>.read.ndjson`. */
export async function runWorkload<P>(
  kind: Workload<P>,
  params: unknown,
  {
    dir,
    addresses = { from: 'test', rows: [] },
    events = [],
    signal = new AbortController().signal,
    name = 'writes',
    client = kind.clients[0] ?? '',
    clock = createClock(),
  }: RunOptions,
): Promise<WorkloadRun> {
  const opsFile = join(dir, `${name}.ndjson`);
  const workload = await kind.start(kind.params.parse(params), {
    name,
    client,
    runId: 'run-1',
    seed: 1,
    addresses,
    originNs: clock.originNs,
    opsFile,
    readBackFile: join(dir, `${name}.read.ndjson`),
    journal: { write: (event) => events.push(event) },
    signal,
  });
  return {
    workload,
    events,
    problems: () => events.filter((event) => event.type === 'problem'),
    originNs: clock.originNs,
    nowMs: () => clock.nowMs(),
    until: async (what, holds) => {
      const holding = (): LiveCounters | undefined => (holds(workload.counters()) ? workload.counters() : undefined);
      try {
        return await waitFor(holding, { withinMs: UNTIL_MS, everyMs: 5, what });
      } catch (error) {
        const told = JSON.stringify({ header: await readHeader(opsFile), ...workload.counters() });
        throw new Error(`${what} at ${Math.round(clock.nowMs())} ms: ${told}`, { cause: error });
      }
    },
    finish: async () => {
      await workload.stop();
      return readOps(opsFile);
    },
    [Symbol.asyncDispose]: () => workload[Symbol.asyncDispose](),
  };
}

async function readHeader(file: string): Promise<unknown> {
  const [header = '{}'] = (await readFile(file, 'utf8')).split('\n');
  return header;
}

async function readOps(file: string): Promise<{ readonly header: OpsHeader; readonly ops: readonly OpRecord[] }> {
  const [header, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return { header: JSON.parse(header ?? '') as OpsHeader, ops: lines.map(parseOp) };
}

function parseOp(line: string): OpRecord {
  type Row = [i: number, unit: number, due: number, sent: number, settled: number, outcome: number, code?: string];
  const [i, unit, dueMs, sentMs, settledMs, outcome, errorCode] = JSON.parse(line) as Row;
  return { i, unit, dueMs, sentMs, settledMs, outcome: OUTCOMES[outcome] ?? 'unknown', errorCode };
}
