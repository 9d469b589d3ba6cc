// What all reporters say in the same words: verdicts, intervals, counts, what was lost, what came when.

import type { Exit } from '../core/exit-code.ts';
import type { Quarantine } from '../core/journal.ts';
import type { FaultRecord, MeasuredWorkload, Report } from '../core/report.ts';
import { formatCount, formatMs } from '../core/units.ts';
import type { Verdict } from '../core/verdict.ts';

export const verdictSymbol: Readonly<Record<Verdict, string>> = { passed: '✓', failed: '✗', inconclusive: '?' };

export const verdictTitle: Readonly<Record<Verdict, string>> = {
  passed: 'PASSED',
  failed: 'FAILED',
  inconclusive: 'INCONCLUSIVE: nothing was proved',
};

/** The last line of an invocation. */
export function exitLine({ code, meaning }: Exit): string {
  return `Exit ${code}: ${meaning}`;
}

/** What a verdict does not say: that the run was cut short, was a sabotage, or hurt nobody. Empty when there is nothing. */
export function circumstances(report: Report): string[] {
  return [
    ...(report.status === 'aborted' ? ['aborted by a stop condition'] : []),
    ...(report.status === 'interrupted' ? ['interrupted'] : []),
    ...(report.sabotage === undefined ? [] : [`sabotaged on purpose: ${report.sabotage}`]),
    ...(report.dryRun ? ['dry run: nothing was injected'] : []),
    ...(report.warm === undefined ? [] : [`cluster: warm (${report.warm.name}, up since ${report.warm.since})`]),
    ...(report.drill.settingsFrom === undefined ? [] : [settingsFromWords(report.drill.settingsFrom)]),
    ...(report.retryOf === undefined ? [] : [`run again, because ${report.retryOf} proved nothing`]),
    ...(report.quarantine === undefined ? [] : [quarantineWords(report.quarantine)]),
  ];
}

function settingsFromWords({ file, target, recordedAt }: NonNullable<Report['drill']['settingsFrom']>): string {
  return `with the settings of ${target} (${file}, recorded ${recordedAt.slice(0, 10)})`;
}

/** Whether the verdict counts, until or since when, and whom to ask. */
export function quarantineWords({ owner, reason, expires, inForce }: Quarantine): string {
  return `${inForce ? `in quarantine until ${expires}` : `quarantine expired on ${expires}, it counts again`} (${owner}: ${reason})`;
}

/** To the microsecond, which is what the clock knows: what is behind it is the noise of floating point. */
export function roundMs(ms: number): number {
  return Math.abs(ms) < 1e12 ? Math.round(ms * 1000) / 1000 : ms;
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `6.24 s to 6.27 s`; where both ends read the same, their middle and how far it may be off. */
export function formatInterval(lowMs: number, highMs: number): string {
  if (lowMs <= 0) return `at most ${formatMs(highMs)}`;
  const [low, high] = [formatMs(lowMs), formatMs(highMs)];
  return low === high ? `${low} ± ${formatMs((highMs - lowMs) / 2)}` : `${low} to ${high}`;
}

/** The recovery time of a workload with its error; undefined when it was not measured. */
export function recoveryWords({ recoveryTimeMs, units }: MeasuredWorkload): string | undefined {
  if (recoveryTimeMs === undefined) return undefined;
  const { low, high } = recoveryTimeMs;
  if (high === undefined) return `did not recover by itself within ${formatMs(low)}`;
  const outages = units.flatMap((unit) => unit.outages);
  if (outages.length === 0) return low <= 0 ? `no outage (none over ${formatMs(high)})` : formatInterval(low, high);
  if (!outages.every(({ stutter }) => stutter)) return formatInterval(low, high);
  const noneOverMs = Math.max(high, ...outages.map(({ highMs = 0 }) => highMs));
  return `no outage but ${plural(outages.length, 'stutter')} (none over ${formatMs(noneOverMs)})`;
}

/**
 * The workload whose recovery says most of the drill: of those that an objective was set for, the one that was away
 * longest; one that never recovered is worse than any number. Undefined where nobody asked for one: a drill may be about
 * something else, and cut clients off on purpose.
 */
export function worstRecovery(report: Report): MeasuredWorkload | undefined {
  const judged = report.assertions.filter(({ kind }) => kind === 'rto').map(({ data }) => data['workload']);
  const length = ({ recoveryTimeMs: time }: MeasuredWorkload): number => time?.high ?? Number.POSITIVE_INFINITY;
  return Object.entries(report.measured)
    .filter(([name, { recoveryTimeMs: time }]) => judged.includes(name) && time !== undefined)
    .map(([, workload]) => workload)
    .reduce<MeasuredWorkload | undefined>((a, b) => (a === undefined || length(b) > length(a) ? b : a), undefined);
}

/** Empty when the machine was not too busy. Bounds have what was late in them, so they stay true. */
export function busyWords({ machine: { tooBusy } }: Report): string {
  return tooBusy.length === 0
    ? ''
    : `BUSY, so that bounds are wider and the system slower than on its own: ${tooBusy.join(', ')}`;
}

/** `0 of 3,812 acknowledged`; undefined when it is no ledger, or could not be read back. */
export function lostWords({ lostWrites, lostWindowMs, ok }: MeasuredWorkload): string | undefined {
  if (lostWrites === undefined) return undefined;
  const lost = `${formatCount(lostWrites)} of ${formatCount(ok)} acknowledged`;
  if (lostWindowMs === undefined) return lost;
  return `${lost}, within a window of ${formatMs(lostWindowMs)}`;
}

/** What else the reading back brought to light. */
export function oddities(workload: MeasuredWorkload): string[] {
  const { duplicates = 0, reordered = 0, divergentCopies = 0, failedButFound = 0 } = workload;
  return [
    ...(duplicates > 0 ? [plural(duplicates, 'duplicate')] : []),
    ...(reordered > 0 ? [`${formatCount(reordered)} out of order`] : []),
    ...(divergentCopies > 0 ? [`${formatCount(divergentCopies)} copies on other nodes differ`] : []),
    ...(failedButFound > 0 ? [`${formatCount(failedButFound)} there although reported as failed`] : []),
  ];
}

/** After "roles moved": that they did is a fact, and no evidence of a fault that has none. Empty where all have. */
export function notByUnproved({ faults }: Pick<Report, 'faults'>): string {
  const unproved = faults.filter(({ confirmedAtMs }) => confirmedAtMs === undefined).map(({ step }) => step);
  return unproved.length === 0 ? '' : ` (that is no proof that ${unproved.join(', ')} did it)`;
}

/** The fault that the clock of recovery counts from. */
export function firstFault(report: Report): FaultRecord | undefined {
  return report.faults.reduce<FaultRecord | undefined>(
    (a, b) => (a && a.calledAtMs <= b.calledAtMs ? a : b),
    undefined,
  );
}

/** Each phase's first occurrence since the first fault was called (since the start, without one). */
export function phasesSinceFault(report: Report): { readonly name: string; readonly afterMs: number }[] {
  const zeroMs = firstFault(report)?.calledAtMs ?? 0;
  const first = new Map<string, number>();
  for (const { name, atMs } of [...report.phases].sort((a, b) => a.atMs - b.atMs)) {
    if (atMs >= zeroMs && !first.has(name)) first.set(name, atMs - zeroMs);
  }
  return [...first].map(([name, afterMs]) => ({ name, afterMs }));
}
