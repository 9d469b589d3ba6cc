// Background traffic: started together, watched by their counters, stopped together, and read back after the heal.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { Cluster } from '../core/cluster.ts';
import { DrillError } from '../core/error.ts';
import type { JournalSink, LiveCounters } from '../core/journal.ts';
import type { RunningWorkload } from '../core/kinds.ts';
import { type Address, type AddressBook, clientHost, PROBE } from '../core/node.ts';
import { rest } from './holds.ts';
import { describePosition, lookUp } from './look-up.ts';
import type { Plan } from './plan.ts';
import type { Session } from './session.ts';
import type { traceKeeper } from './traces.ts';

export interface WorkloadStart {
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly runId: string;
  readonly seed: number;
  readonly clock: Clock;
  readonly journal: JournalSink;
  readonly dir: string;
  readonly ending: AbortSignal;
  /** True: they are told addresses at which nobody listens. */
  readonly unreachable: boolean;
  readonly keepTraces: ReturnType<typeof traceKeeper>;
}

/** A port of loopback that only root may open, for a protocol (tcpmux) that nobody has: connects to it are refused. */
const NOWHERE: Address = { host: '127.0.0.1', port: 1 };

function leadingNowhere(book: AddressBook): AddressBook {
  return { ...book, rows: book.rows.map((row) => ({ ...row, address: NOWHERE })) };
}

/** Starts every workload of the drill into `into`, so that those that did start can be stopped when one does not. */
export async function startWorkloads(start: WorkloadStart, into: Map<string, RunningWorkload>): Promise<void> {
  const { plan, cluster, journal } = start;
  await mkdir(join(start.dir, 'ops'), { recursive: true });
  const starts = plan.drill.workloads.map(async (spec) => {
    const kind = lookUp(plan.registry.workloads, spec.kind, 'workload', describePosition(spec.position));
    const addresses = cluster.addresses(clientHost(spec.name));
    const who = {
      name: spec.name,
      client: spec.client ?? kind.clients[0] ?? '',
      runId: start.runId,
    };
    const left = kind.leaves?.(spec.params, who) ?? null;
    if (left !== null) await start.keepTraces({ kind: kind.kind, name: spec.name })(left);
    const workload = await kind.start(spec.params, {
      ...who,
      seed: start.seed,
      addresses: start.unreachable ? leadingNowhere(addresses) : addresses,
      originNs: start.clock.originNs,
      opsFile: join(start.dir, 'ops', `${spec.name}.ndjson`),
      readBackFile: join(start.dir, 'ops', `${spec.name}.read.ndjson`),
      journal,
      signal: start.ending,
    });
    into.set(spec.name, workload);
    journal.write({ type: 'workload', workload: spec.name, state: 'started', facts: {} });
  });
  await Promise.all(starts);
}

/**
 * Resolves when every unit of every workload is served. Rejects with WORKLOAD_FAILED when a workload has had no ok by
 * then: a client that cannot connect proves nothing. One that is served in part says so when it is judged.
 */
export async function awaitServed(
  workloads: ReadonlyMap<string, RunningWorkload>,
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  const late = AbortSignal.any([AbortSignal.timeout(withinMs), signal]);
  const waits = [...workloads].map(async ([name, workload]) => {
    await workload.firstOk(withinMs).catch((error: unknown) => {
      throw neverOk(name, workload, error);
    });
    while (!late.aborted && workload.counters().okSinceMs === undefined) await rest(LOOK_EVERY_MS, late);
  });
  await Promise.all(waits);
}

/** How long clients may take to be served at first, at least. */
export const START_MS = 20_000;
const LOOK_EVERY_MS = 20;

function neverOk(name: string, workload: RunningWorkload, cause: unknown): DrillError {
  const last = workload.counters().lastError;
  const because = last === undefined ? '' : ` (last: ${last})`;
  const hint = 'A workload that never worked says nothing of a fault.';
  const message = `not one operation was ok in the warm-up${because}`;
  return new DrillError('WORKLOAD_FAILED', message, { at: `workload ${name}`, hint, cause });
}

export async function stopWorkloads(session: Pick<Session, 'workloads' | 'journal'>): Promise<void> {
  const stops = [...session.workloads].map(async ([name, workload]) => {
    await workload.stop();
    const { ok, failed, unknown, notSent } = workload.counters();
    session.journal.write({
      type: 'workload',
      workload: name,
      state: 'stopped',
      facts: { ok, failed, unknown, notSent },
    });
  });
  await Promise.all(stops);
}

/** Reads every ledger back, through the probes' links. One that cannot be read is a problem, and no count. */
export async function readBackWorkloads(
  session: Session,
  withinMs: number,
  onProblem: (error: unknown) => void,
): Promise<void> {
  const probes = session.cluster.addresses(PROBE);
  const reads = [...session.workloads].map(async ([name, workload]) => {
    await workload
      .readBack(probes, withinMs)
      .then(() => session.journal.write({ type: 'workload', workload: name, state: 'readBack', facts: {} }), onProblem);
  });
  await Promise.all(reads);
}

/** Writes everybody's counters into the journal, for whoever watches. Until disposed. */
export function startHeartbeat(
  workloads: ReadonlyMap<string, RunningWorkload>,
  journal: JournalSink,
  everyMs = 250,
): Disposable {
  const beat = (): void => {
    const counters: Record<string, LiveCounters> = {};
    for (const [name, workload] of workloads) counters[name] = workload.counters();
    if (workloads.size > 0) journal.write({ type: 'heartbeat', workloads: counters });
  };
  const timer = setInterval(beat, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
