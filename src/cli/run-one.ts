// One drill, once: run, read back what was recorded, judge.
import { join } from 'node:path';
import { createClock } from '../core/clock.ts';
import type { Drill } from '../core/drill.ts';
import type { JournalEvent, Overrides } from '../core/journal.ts';
import type { Registry, Runtime } from '../core/kinds.ts';
import type { Report } from '../core/report.ts';
import { configHash, createRunId, hostFacts, type RunHeader } from '../engine/header.ts';
import { makePlan } from '../engine/plan.ts';
import { runDrill } from '../engine/run.ts';
import { createUndoLog } from '../engine/undo-log.ts';
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
  /** What the command line has laid over the drill. */
  readonly overrides: Overrides;
  readonly reportsDir: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly keep: boolean;
  /** True: its workloads are pointed at nothing. */
  readonly unreachable: boolean;
  readonly interrupt: AbortSignal;
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
  const clock = createClock();
  const unwritable = new AbortController();
  const journal = openJournal(dir, clock, { onEvent: one.onEvent, onFailure: (failure) => unwritable.abort(failure) });
  using _ = sampleMachine(journal);
  await runDrill({
    plan,
    runId,
    seed: one.seed,
    dir,
    clock,
    journal,
    undoLog: await createUndoLog(runId, dir),
    header: headerOf(runId, one),
    interrupt: AbortSignal.any([one.interrupt, unwritable.signal]),
    keep: one.keep,
    unreachable: one.unreachable,
    onProgress: one.onProgress,
  });
  await journal.close();
  return { report: judge(journal.complete(await readJournal(dir)), one.registry.assertions), dir };
}

function headerOf(runId: string, one: RunOne): RunHeader {
  const { suiteId, seed, runtime, versions, drill, sabotage, overrides } = one;
  return {
    runId,
    suiteId,
    seed,
    startedAt: new Date().toISOString(),
    runtime: runtime.kind,
    target: undefined,
    dryRun: false,
    versions,
    host: hostFacts(),
    configHash: configHash(drill, runtime.kind),
    drill,
    sabotage,
    overrides,
  };
}
