// What rests on a fault that nothing proves cannot be read as passed: nobody knows what was withstood.
import type { AssertionSpec } from '../core/drill.ts';
import type { Journal, PhaseName } from '../core/journal.ts';
import type { Finding } from '../core/report.ts';
import { faultTimes } from '../measure/faults.ts';

type Window = Partial<Pick<AssertionSpec, 'since' | 'during'>>;

const BEFORE_ANY_FAULT: readonly string[] = ['preflight', 'gate', 'warmUp'] satisfies readonly PhaseName[];

/** The finding as it may be told. A failed one stays failed: what was lost is lost, whatever took it. */
export function restingOnFaults<T extends Finding>(finding: T, window: Window, journal: Journal): T {
  if (finding.verdict !== 'passed' || journal.run.watch !== undefined) return finding;
  const missing = missingProof(window, journal);
  return missing === undefined ? finding : { ...finding, verdict: 'inconclusive', because: missing };
}

function missingProof({ since, during }: Window, { run, events }: Journal): string | undefined {
  const named = during ?? since;
  if (named !== undefined && BEFORE_ANY_FAULT.includes(named)) return undefined;
  const all = run.drill.method.filter(({ verb }) => verb === 'fault').map(({ name }) => name);
  if (all.length === 0) return 'nothing was proved: no fault was injected';
  const times = faultTimes(events);
  for (const step of named !== undefined && all.includes(named) ? [named] : all) {
    const fault = times.find((one) => one.step === step);
    if (fault === undefined) return `nothing was proved: ${step} was never injected`;
    if (fault.confirmedMs === undefined)
      return `nothing was proved: ${step} was not shown to be in effect (${fault.failure ?? 'nothing says that it was'})`;
    if (fault.failure !== undefined)
      return `nothing was proved: ${step} did not stay in effect until its hold was over (${fault.failure})`;
  }
  return undefined;
}
