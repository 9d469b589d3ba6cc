// reports/history.ndjson: what became of every run, for as long as somebody keeps the file. Lines are only ever added.
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Quarantine, RunStatus } from '../core/journal.ts';
import type { Reporter } from '../core/kinds.ts';
import type { ClusterAfter, Report } from '../core/report.ts';
import type { Verdict } from '../core/verdict.ts';
import { roundMs, worstRecovery } from './words.ts';

/** One line. Keys may be added under the same `schema`; none changes its meaning or goes away. */
export interface HistoryLine {
  readonly schema: 'firedrill.history/1';
  readonly runId: string;
  readonly suiteId: string;
  readonly drill: string;
  readonly verdict: Verdict;
  readonly status: RunStatus;
  readonly cluster: ClusterAfter;
  /** Of the workload that was without service longest; `high` is left out when it did not recover by itself. */
  readonly recoveryTimeMs?: { readonly low: number; readonly high?: number };
  /** Wall clock, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly runtime: string;
  readonly configHash: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly retryOf?: string;
  readonly quarantine?: Quarantine;
}

/** Adds a line when a run has ended. None for a sabotage: that it fails says nothing about the system. */
export function createHistoryReporter(): Reporter {
  return {
    name: 'history',
    onRunEnd: async (report, { dir }) => {
      if (report.sabotage !== undefined || report.dryRun) return;
      await addLine(join(dirname(dir), 'history.ndjson'), JSON.stringify(historyLine(report)));
    },
  };
}

export function historyLine(report: Report): HistoryLine {
  const { runId, suiteId, verdict, status, cluster, startedAt, runtime, configHash, versions } = report;
  const { retryOf, quarantine } = report;
  const time = worstRecovery(report)?.recoveryTimeMs;
  const high = time?.high === undefined ? {} : { high: roundMs(time.high) };
  return {
    schema: 'firedrill.history/1',
    runId,
    suiteId,
    drill: report.drill.name,
    verdict,
    status,
    cluster,
    ...(time === undefined ? {} : { recoveryTimeMs: { low: roundMs(time.low), ...high } }),
    startedAt,
    durationMs: roundMs(report.durationMs),
    runtime,
    configHash,
    versions,
    ...(retryOf === undefined ? {} : { retryOf }),
    ...(quarantine === undefined ? {} : { quarantine }),
  };
}

/** In one write at the end of the file, so that those of several processes never mix. */
async function addLine(path: string, line: string): Promise<void> {
  await using file = await open(path, 'a+');
  // Somebody who died in the middle of a line, or a copy that was cut short: ours begins on a line of its own.
  await file.appendFile(`${(await endsInLine(file)) ? '' : '\n'}${line}\n`);
  await file.datasync();
}

async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === '\n'.charCodeAt(0);
}
