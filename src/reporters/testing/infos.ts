import type { InvocationInfo, RunInfo } from '../../core/kinds.ts';
import type { Report } from '../../core/report.ts';

/** What a reporter is told beside a report; everything is written below `root`. */
export function runInfo(report: Report, root: string, index = 0): RunInfo {
  return {
    runId: report.runId,
    index,
    of: 3,
    title: report.drill.title,
    drill: report.drill.name,
    dir: `${root}/${report.runId}`,
  };
}

export function invocationInfo(root: string, drills: number): InvocationInfo {
  return { suiteId: '20261121-140312-7c1e', dir: `${root}/20261121-140312-7c1e`, drills };
}
