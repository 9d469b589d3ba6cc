// What an invocation comes to: all of its drills in a line each. The console prints it, summary.json keeps it.
import type { Exit } from '../core/exit-code.ts';
import type { Quarantine, RunStatus } from '../core/journal.ts';
import type { InvocationInfo } from '../core/kinds.ts';
import type { ClusterAfter, Report } from '../core/report.ts';
import { type Standing, standingOf } from '../core/standing.ts';
import type { Verdict } from '../core/verdict.ts';
import { worstRecovery } from './words.ts';

/** summary.json. */
export interface Summary {
  readonly schema: 'firedrill.summary/1';
  readonly suiteId: string;
  /** Drills that were to be run; fewer have run when it was interrupted. */
  readonly planned: number;
  /** Of the runs that count. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Runs that proved nothing, and were run again. */
  readonly retried: number;
  /** Runs that did not pass, of drills in quarantine. */
  readonly quarantined: number;
  /** Drills that were to be run and were not: it was interrupted, or a run left the cluster so that no other may follow. */
  readonly notRun: number;
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
  /** Whether the verdict counts: that of a run with a sabotage in it does not. */
  readonly standing: Standing | 'sabotaged';
  readonly quarantine: Quarantine | undefined;
  /** The run that this one was made in place of. */
  readonly retryOf: string | undefined;
  readonly status: RunStatus;
  readonly cluster: ClusterAfter;
  /** Of the workload that was without service longest; `high` is left out when it did not recover by itself. */
  readonly recoveryTimeMs: { readonly low: number; readonly high: number | undefined } | undefined;
  readonly durationMs: number;
}

/** Pure: what says how an invocation ends is given. */
export function summarize(reports: readonly Report[], info: InvocationInfo, exit: Exit): Summary {
  const standing = (report: Report): SummaryRun['standing'] =>
    report.sabotage === undefined ? standingOf(report, reports) : 'sabotaged';
  const count = (verdict: Verdict): number =>
    reports.filter((report) => standing(report) === 'counts' && report.verdict === verdict).length;
  return {
    schema: 'firedrill.summary/1',
    suiteId: info.suiteId,
    planned: info.drills,
    verdicts: { passed: count('passed'), failed: count('failed'), inconclusive: count('inconclusive') },
    retried: reports.filter((report) => standing(report) === 'retried').length,
    quarantined: reports.filter((report) => standing(report) === 'quarantined').length,
    notRun: info.drills - reports.filter((report) => standing(report) !== 'retried').length,
    dirty: reports.filter((report) => report.cluster === 'dirty').length,
    exit,
    runs: reports.map((report) => ({
      runId: report.runId,
      drill: report.drill.name,
      title: report.drill.title,
      sabotage: report.sabotage,
      verdict: report.verdict,
      standing: standing(report),
      quarantine: report.quarantine,
      retryOf: report.retryOf,
      status: report.status,
      cluster: report.cluster,
      recoveryTimeMs: worstRecovery(report)?.recoveryTimeMs,
      durationMs: report.durationMs,
    })),
  };
}
