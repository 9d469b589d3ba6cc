// What the assertions on recovery times share: the recovery, or why there is none to judge.

import type { Journal } from '../core/journal.ts';
import { formatMs } from '../core/units.ts';
import { formatBounds } from '../core/verdict.ts';
import { faultTimes } from '../measure/faults.ts';
import { goneBefore, type Recovery, recoveryTime } from '../measure/recovery.ts';
import { serviceOf } from '../measure/service.ts';
import { momentOf } from '../measure/windows.ts';

/** The recovery of a workload, or a sentence that says what was missing. */
export function recoveryOrWhy(workload: string, since: string | undefined, journal: Journal): Recovery | string {
  return recoveryTime(workload, since, journal) ?? whyNone(workload, since, journal);
}

function whyNone(workload: string, since: string | undefined, journal: Journal): string {
  const step = since ?? faultTimes(journal.events)[0]?.step;
  if (step === undefined) return 'no fault was injected';
  const moment = momentOf(step, journal);
  if (moment === undefined) return `${step} was not shown to be in effect`;
  const units = serviceOf(workload, journal);
  if (units === undefined || units.length === 0) return `${workload} recorded nothing`;
  const idle = units.find((unit) => !unit.workedBefore);
  if (idle !== undefined) return `${workload} never worked, not even before the fault (${idle.unit})`;
  const gone = goneBefore(units, moment, faultTimes(journal.events));
  if (gone !== undefined)
    return `${workload} was out of service ${formatMs(gone.byMs)} before the fault already (${gone.unit})`;
  return `${workload} attempted nothing after ${step}`;
}

/** `6.24 s to 6.27 s`; no outage and no recovery are said in words. */
export function describeRecovery({ seen, ...bounds }: Recovery): string {
  if (!seen) return `no outage seen (one under ${formatMs(bounds.highMs ?? 0)} could not be)`;
  if (bounds.highMs === undefined) return `did not recover by itself in ${formatMs(bounds.lowMs)}`;
  return formatBounds(bounds);
}

/** False when it was interrupted, aborted, or its journal has no end: faults were then taken out before their time. */
export function ranToItsEnd({ events }: Journal): boolean {
  return events.some((event) => event.type === 'end' && event.status === 'completed');
}
