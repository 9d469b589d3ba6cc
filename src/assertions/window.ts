// The stretch of a run that an assertion looks at: `during`, `since`, or all of it.
import type { AssertionContext } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { type Window, wholeRun, windowOf, windowSince } from '../measure/windows.ts';
import { noData } from './finding.ts';

/** Undefined when the step that is named was not shown to be in effect, or the phase was never reached. */
export function windowFor({ spec, journal }: Pick<AssertionContext, 'spec' | 'journal'>): Window | undefined {
  if (spec.during !== undefined) return windowOf(spec.during, journal);
  return spec.since === undefined ? wholeRun(journal) : windowSince(spec.since, journal);
}

export function noWindow(expected: string, { spec, journal }: Pick<AssertionContext, 'spec' | 'journal'>): Finding {
  const named = spec.during ?? spec.since;
  const isFault = journal.events.some(
    (event) => event.type === 'step' && event.verb === 'fault' && event.step === named,
  );
  return noData(expected, isFault ? `${named} was not shown to be in effect` : `the run never came to ${named}`);
}
