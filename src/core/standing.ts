// What a run's verdict is worth to the invocation that it belongs to.
import type { Report } from './report.ts';

/** `retried`: it proved nothing, and another run was made in its place. `quarantined`: it did not pass, and was set aside. */
export type Standing = 'counts' | 'retried' | 'quarantined';

/** Of one report among all those of its invocation. */
export function standingOf(report: Report, reports: readonly Report[]): Standing {
  if (reports.some(({ retryOf }) => retryOf !== undefined && retryOf === report.runId)) return 'retried';
  return report.quarantine?.inForce === true && report.verdict !== 'passed' ? 'quarantined' : 'counts';
}

/** Whether no other run may follow: it left something undone on a cluster that the next one would meet. */
export function standsInTheWay({ target, warm, cluster, problems }: Report): boolean {
  if (target === undefined && warm === undefined) return false;
  return cluster === 'dirty' || (cluster === 'restored' && problems.some(({ code }) => code === 'UNDO_FAILED'));
}
