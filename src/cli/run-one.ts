// One drill, once: run, read back what was recorded, judge.
import { join } from 'node:path';
import { createClock } from '../core/clock.ts';
import type { Drill } from '../core/drill.ts';
import type { JournalEvent, Overrides, Quarantine } from '../core/journal.ts';
import type { Registry, Runtime } from '../core/kinds.ts';
import type { Report } from '../core/report.ts';
import { configHash, createRunId, hostFacts, type RunHeader } from '../engine/header.ts';
import { makePlan, type Plan } from '../engine/plan.ts';
import { runDrill } from '../engine/run.ts';
import { createUndoLog } from '../engine/undo-log.ts';
import { borrow, type Loan } from '../engine/warm/borrow.ts';
import { readJournal } from '../journal/reader.ts';
import { openJournal } from '../journal/writer.ts';
import { judge } from '../judge/judge.ts';
import { sampleMachine } from './machine-samples.ts';
import { makeReportFolder } from './report-folder.ts';

export interface RunOne {
  readonly drill: Drill;
  readonly runtime: Runtime;
  readonly registry: Registry;
  readonly suiteId: string;
  readonly seed: number;
  readonly sabotage: string | undefined;
  readonly quarantine: Quarantine | undefined;
  /** The run that proved nothing, when this one is made in its place. */
  readonly retryOf: string | undefined;
  /** What the command line has laid over the drill. */
  readonly overrides: Overrides;
  readonly reportsDir: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly keep: boolean;
  /** True: on a cluster of its own, even if a warm one is up. */
  readonly cold: boolean;
  /** True: its workloads are pointed at nothing. */
  readonly unreachable: boolean;
  readonly interrupt: AbortSignal;
  /** There when it only watches: `enough` ends it in order. */
  readonly watch?: { readonly writes: boolean; readonly enough: AbortSignal };
  onStart(runId: string, dir: string): void | Promise<void>;
  onEvent(event: JournalEvent): void;
  onProgress(line: string): void;
}

/** Plans first: a drill that cannot be done here is refused before anything exists. */
export async function runOne(one: RunOne): Promise<{ readonly report: Report; readonly dir: string }> {
  const plan = makePlan(one.drill, one.registry, one.runtime);
  const runId = createRunId(one.drill.name);
  const dir = join(one.reportsDir, runId);
  await makeReportFolder(dir);
  await one.onStart(runId, dir);
  await using loan =
    one.cold || one.keep || one.runtime.found !== undefined ? undefined : await borrowFor(plan, runId, one);
  const clock = createClock();
  const unwritable = new AbortController();
  const journal = openJournal(dir, clock, {
    onEvent: hearing(one, loan),
    onFailure: (failure) => unwritable.abort(failure),
  });
  using _ = sampleMachine(journal);
  await runDrill({
    plan: loan === undefined ? plan : { ...plan, runtime: loan.runtime },
    runId,
    seed: one.seed,
    dir,
    clock,
    journal,
    undoLog: await createUndoLog(runId, dir),
    header: headerOf(runId, one, loan),
    interrupt: AbortSignal.any([one.interrupt, unwritable.signal]),
    enough: one.watch?.enough,
    keep: one.keep,
    unreachable: one.unreachable,
    onProgress: one.onProgress,
  });
  await journal.close();
  return { report: judge(journal.complete(await readJournal(dir)), one.registry.assertions), dir };
}

/** Undefined = it starts a cluster of its own, and people are told why if there is a warm one. */
async function borrowFor(plan: Plan, runId: string, { interrupt: signal, onProgress }: RunOne) {
  const loan = await borrow({ plan, runId, signal, onProgress });
  if (loan === undefined || !('because' in loan)) return loan;
  onProgress(`Starting a cluster of its own: ${loan.because}.`);
  return undefined;
}

function hearing({ onEvent }: RunOne, loan: Loan | undefined): (event: JournalEvent) => void {
  return (event) => {
    loan?.hear(event);
    onEvent(event);
  };
}

function headerOf(runId: string, one: RunOne, loan: Loan | undefined): RunHeader {
  const { suiteId, seed, runtime, versions, drill, sabotage, quarantine, retryOf, overrides, watch } = one;
  return {
    runId,
    suiteId,
    seed,
    startedAt: new Date().toISOString(),
    runtime: runtime.kind,
    target: runtime.found?.target,
    dryRun: false,
    versions,
    host: hostFacts(),
    configHash: configHash(drill, runtime.found?.target ?? runtime.kind),
    drill,
    sabotage,
    overrides,
    ...(loan === undefined ? {} : { warm: { name: loan.name, since: loan.since } }),
    ...(quarantine === undefined ? {} : { quarantine }),
    ...(retryOf === undefined ? {} : { retryOf }),
    ...(watch === undefined ? {} : { watch: { writes: watch.writes } }),
  };
}
