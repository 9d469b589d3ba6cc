// The stretch of a run that an assertion looks at: `during`, `since`, or all of it.
import type { AssertionContext } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { type Window, wholeRun, windowOf, windowSince } from '../measure/windows.ts';
import { noData } from './finding.ts';

/** Undefined when the step that is named never took effect, or the phase was never reached. */
export function windowFor({ spec, journal }: Pick<AssertionContext, 'spec' | 'journal'>): Window | undefined {
  if (spec.during !== undefined) return windowOf(spec.during, journal);
  return spec.since === undefined ? wholeRun(journal) : windowSince(spec.since, journal);
}

export function noWindow(expected: string, { spec }: Pick<AssertionContext, 'spec'>): Finding {
  return noData(expected, `${spec.during ?? spec.since} never took effect`);
}
