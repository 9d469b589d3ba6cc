// One drill, once: from nothing to a journal. Records and undoes; judges nothing.

import { type CleanupStack, createCleanupStack } from '../core/cleanup-stack.ts';
import type { Clock } from '../core/clock.ts';
import type { Cluster } from '../core/cluster.ts';
import { DrillError } from '../core/error.ts';
import type { EventBody, JournalSink, PhaseName, RunStatus } from '../core/journal.ts';
import type { RunningWorkload } from '../core/kinds.ts';
import { createRandom } from '../core/random.ts';
import { undoActions } from './actions.ts';
import { prepareCluster, takeDownCluster } from './cluster-of-run.ts';
import { lookBefore, untilSteady } from './gate.ts';
import { createGuards } from './guards.ts';
import { rest } from './holds.ts';
import { waitForSteady } from './hypothesis.ts';
import { withMembers } from './members.ts';
import { runMethod } from './method.ts';
import { readOffsets } from './observe.ts';
import { phaseNote } from './phase-notes.ts';
import type { Plan } from './plan.ts';
import { isAbort, problemOf } from './problem.ts';
import { type Before, verifyRestored } from './restore.ts';
import { startSamplers } from './samplers.ts';
import { enoughOrEnding, liveContext, type Session } from './session.ts';
import { removeTraces, traceKeeper } from './traces.ts';
import type { UndoLog } from './undo-log.ts';
import {
  awaitServed,
  readBackWorkloads,
  START_MS,
  startHeartbeat,
  startWorkloads,
  stopWorkloads,
} from './workloads.ts';

export interface RunRequest {
  readonly plan: Plan;
  readonly runId: string;
  readonly seed: number;
  /** `reports/<run-id>`, there already. */
  readonly dir: string;
  readonly clock: Clock;
  readonly journal: JournalSink;
  readonly undoLog: UndoLog;
  /** First event of the journal, without its type and clock. */
  readonly header: Omit<Extract<EventBody, { type: 'run' }>, 'type' | 'v' | 'originNs'>;
  /** Aborted by Ctrl-C: rolls back, verifies and returns. */
  readonly interrupt: AbortSignal;
  /** There when the run only watches: aborted when it has seen enough, and ends in order. */
  readonly enough?: AbortSignal | undefined;
  readonly keep: boolean;
  /** True: the workloads find nobody at the addresses that they are told. Such a run must prove nothing. */
  readonly unreachable?: boolean;
  onProgress(line: string): void;
}

const DISPOSE_DEADLINE_MS = 60_000;

/** Never throws: what went wrong stands in the journal, and everything is undone whatever happens. */
export async function runDrill(request: RunRequest): Promise<RunStatus> {
  const { journal, clock } = request;
  const cleanup = createCleanupStack();
  const run = new Run(request, cleanup);
  journal.write({ type: 'run', v: 1, originNs: String(clock.originNs), ...request.header });
  try {
    await run.all();
  } catch (error) {
    run.problem(error);
  }
  for (const failure of await cleanup.unwind()) run.problem(failure);
  const status = run.status();
  journal.write({ type: 'end', status, removed: run.removed });
  return status;
}

/** The phases of one run, and why it ends early if it does. */
class Run {
  private readonly request: RunRequest;
  private readonly cleanup: CleanupStack;
  private readonly stopped = new AbortController();
  private readonly ending: AbortSignal;
  /** True once a cluster of ours is gone whole. */
  removed = false;
  private readonly workloads = new Map<string, RunningWorkload>();
  private keepTraces: ReturnType<typeof traceKeeper> = () => async () => {};

  constructor(request: RunRequest, cleanup: CleanupStack) {
    this.request = request;
    this.cleanup = cleanup;
    this.ending = AbortSignal.any([request.interrupt, this.stopped.signal]);
    // For whoever would end it from another process: a second interrupt would leave without rolling back.
    request.interrupt.addEventListener('abort', () => void request.undoLog.markInterrupted().catch(() => undefined));
  }

  status(): RunStatus {
    if (this.request.interrupt.aborted) return 'interrupted';
    return this.stopped.signal.aborted ? 'aborted' : 'completed';
  }

  problem(error: unknown): void {
    if (this.request.interrupt.aborted && isAbort(error)) return;
    this.request.journal.write(problemOf(error));
  }

  async all(): Promise<void> {
    const cluster = await this.phase('preflight', async () => this.prepare(await this.openCluster()));
    const session = await this.openSession(cluster);
    const before = await this.phase('gate', () => this.gate(session));
    await this.phase('warmUp', () => this.warmUp(session));
    try {
      await this.phase('method', () => this.method(session, before));
    } catch (error) {
      this.problem(error);
    }
    const steady = await this.phase('recovery', () => this.recover(session));
    await this.phase('drain', () => this.drain(session));
    await this.phase('restore', () => this.restore(session, before, steady));
  }

  private async phase<T>(phase: PhaseName, work: () => Promise<T>): Promise<T> {
    const note = phaseNote(phase, this.request);
    this.request.journal.write({ type: 'phase', phase, state: 'begin', ...(note === undefined ? {} : { note }) });
    try {
      return await work();
    } finally {
      this.request.journal.write({ type: 'phase', phase, state: 'end' });
    }
  }

  private async openCluster(): Promise<Cluster> {
    const { plan, runId, undoLog, keep, onProgress, dir } = this.request;
    let opened: Cluster | undefined;
    this.cleanup.push({
      what: 'take the cluster down',
      deadlineMs: DISPOSE_DEADLINE_MS,
      run: () => this.takeDown(opened),
    });
    opened = await plan.runtime.open(
      { runId, ...plan.spec },
      { save: (handle) => undoLog.saveHandle(handle), onProgress, keep, logsTo: `${dir}/logs`, signal: this.ending },
    );
    return opened;
  }

  private async prepare(cluster: Cluster): Promise<Cluster> {
    const { request, ending } = this;
    const { clock, journal } = request;
    this.keepTraces = traceKeeper({ ...request, owned: cluster.owned });
    // Last of all: probes look at the topics until they are stopped, and what was set before was read with them there.
    this.cleanup.push({
      what: 'remove what the run has made',
      deadlineMs: DISPOSE_DEADLINE_MS,
      run: () => removeTraces(request, { cluster, clock, journal, signal: AbortSignal.timeout(DISPOSE_DEADLINE_MS) }),
    });
    await prepareCluster(cluster, { ...request, ending, keepTraces: this.keepTraces });
    return cluster;
  }

  private async takeDown(opened: Cluster | undefined): Promise<void> {
    this.removed = await takeDownCluster(opened, { ...this.request, withinMs: DISPOSE_DEADLINE_MS });
  }

  private async openSession(cluster: Cluster): Promise<Session> {
    const { plan, runId, seed, clock, journal, undoLog } = this.request;
    const cx = { cluster, clock, journal, signal: this.ending };
    const samplers = await startSamplers(plan.samplers, plan.registry, cx);
    this.cleanup.push({ what: 'stop the probes', deadlineMs: 5000, run: async () => samplers[Symbol.asyncDispose]() });
    for (const [name, service] of plan.services) {
      const follower = await service.follow(name, cx);
      this.cleanup.push({
        what: `stop following ${name}`,
        deadlineMs: 5000,
        run: async () => follower[Symbol.asyncDispose](),
      });
    }
    const session: Session = {
      runId,
      plan,
      cluster: withMembers(cluster, this.workloads),
      clock,
      journal,
      random: createRandom(seed),
      undoLog,
      samplers,
      workloads: this.workloads,
      ending: this.ending,
      enough: this.request.enough,
    };
    this.cleanup.push({
      what: 'undo what acts have left',
      deadlineMs: DISPOSE_DEADLINE_MS,
      run: () => undoActions(session),
    });
    return session;
  }

  private async gate(session: Session): Promise<Before> {
    const because = await untilSteady(session);
    if (because !== undefined)
      this.request.onProgress(`The steady state is not there: ${because}. It is watched as it is.`);
    return lookBefore(session);
  }

  private async warmUp(session: Session): Promise<void> {
    const { plan, runId, seed, clock, journal, dir, unreachable = false } = this.request;
    const { warmUpMs } = plan.drill.timing;
    this.cleanup.push({
      what: 'end the workloads',
      deadlineMs: 10_000,
      run: () => Promise.all([...this.workloads.values()].map((workload) => workload[Symbol.asyncDispose]())),
    });
    await startWorkloads(
      {
        plan,
        cluster: session.cluster,
        runId,
        seed,
        clock,
        journal,
        dir,
        ending: this.ending,
        unreachable,
        keepTraces: this.keepTraces,
      },
      this.workloads,
    );
    const heartbeat = startHeartbeat(this.workloads, journal);
    this.cleanup.push({ what: 'stop the heartbeat', deadlineMs: 1000, run: async () => heartbeat[Symbol.dispose]() });
    // From when all are served: what a slow machine needs to start them is no time in which health can be learnt.
    await awaitServed(this.workloads, Math.max(warmUpMs, START_MS), this.ending);
    await rest(warmUpMs, enoughOrEnding(session));
    // The load may be what it cannot bear: what is hurt next has to be healthy now, and its clients served.
    await untilSteady(session);
    await awaitServed(this.workloads, START_MS, this.ending);
    journal.write({
      type: 'offsets',
      moment: 'before',
      offsets: await readOffsets(plan.services, liveContext(session)),
    });
  }

  private async method(session: Session, before: Before): Promise<void> {
    const { plan, clock, journal } = this.request;
    using guards = createGuards(plan.drill.stopConditions, {
      samplers: session.samplers,
      nowMs: clock.nowMs,
      trip: (condition, because) => {
        journal.write({ type: 'stop', condition, because });
        this.stopped.abort(
          new DrillError('STOP_CONDITION', `the stop condition "${condition}" ended the run: ${because}`),
        );
      },
    });
    guards.arm();
    await runMethod(session, { before: before.view, onProblem: (error) => this.problem(error) });
  }

  /** Returns why the steady state is not back, if it is not. */
  private async recover(session: Session): Promise<string | undefined> {
    const { recoveryWithinMs, heldForMs } = this.request.plan.drill.timing;
    const result = await waitForSteady(this.steadyContext(session, AbortSignal.timeout(recoveryWithinMs + 5000)), {
      withinMs: recoveryWithinMs,
      heldForMs: this.ending.aborted ? Math.min(heldForMs, 1000) : heldForMs,
    });
    if (!result.steady) return result.because;
    const { notBeforeMs, byMs } = result;
    this.request.journal.write({ type: 'steadyAgain', notBeforeMs, byMs });
    return undefined;
  }

  private async drain(session: Session): Promise<void> {
    await stopWorkloads(session);
    await readBackWorkloads(session, this.request.plan.drill.timing.drainWithinMs, (error) => this.problem(error));
    const cx = liveContext(session, AbortSignal.timeout(5000));
    const offsets = await readOffsets(session.plan.services, cx).catch(() => null);
    this.request.journal.write({ type: 'offsets', moment: 'after', offsets });
  }

  private async restore(session: Session, before: Before, steady: string | undefined): Promise<void> {
    await undoActions(session).catch((error: unknown) => this.problem(error));
    const restoration = await verifyRestored(before, steady, session);
    this.request.journal.write({ type: 'restored', ...restoration });
  }

  private steadyContext(session: Session, signal: AbortSignal): Parameters<typeof waitForSteady>[0] {
    return { drill: session.plan.drill, samplers: session.samplers, nowMs: session.clock.nowMs, signal };
  }
}
