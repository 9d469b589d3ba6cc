// What an invocation comes to: all of its drills in a line each. The console prints it, summary.json keeps it.
import type { Exit } from '../core/exit-code.ts';
import type { RunStatus } from '../core/journal.ts';
import type { InvocationInfo } from '../core/kinds.ts';
import type { ClusterAfter, Report } from '../core/report.ts';
import type { Verdict } from '../core/verdict.ts';
import { worstRecovery } from './words.ts';

/** summary.json. */
export interface Summary {
  readonly schema: 'firedrill.summary/1';
  readonly suiteId: string;
  /** Drills that were to be run; fewer have run when it was interrupted. */
  readonly planned: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Runs after which the cluster was not as before. */
  readonly dirty: number;
  readonly exit: Exit;
  readonly runs: readonly SummaryRun[];
}
export interface SummaryRun {
  readonly runId: string;
  readonly drill: string;
  readonly title: string;
  readonly sabotage: string | undefined;
  readonly verdict: Verdict;
  readonly status: RunStatus;
  readonly cluster: ClusterAfter;
  /** Of the workload that was without service longest; `high` is left out when it did not recover by itself. */
  readonly recoveryTimeMs: { readonly low: number; readonly high: number | undefined } | undefined;
  readonly durationMs: number;
}

/** Pure: what says how an invocation ends is given. */
export function summarize(reports: readonly Report[], info: InvocationInfo, exit: Exit): Summary {
  const count = (verdict: Verdict): number => reports.filter((report) => report.verdict === verdict).length;
  return {
    schema: 'firedrill.summary/1',
    suiteId: info.suiteId,
    planned: info.drills,
    verdicts: { passed: count('passed'), failed: count('failed'), inconclusive: count('inconclusive') },
    dirty: reports.filter((report) => report.cluster === 'dirty').length,
    exit,
    runs: reports.map((report) => ({
      runId: report.runId,
      drill: report.drill.name,
      title: report.drill.title,
      sabotage: report.sabotage,
      verdict: report.verdict,
      status: report.status,
      cluster: report.cluster,
      recoveryTimeMs: worstRecovery(report)?.recoveryTimeMs,
      durationMs: report.durationMs,
    })),
  };
}
