// A probe's readings in a window: what always, eventually and never are judged on.
import type { JournalEvent, ProbeEvent } from '../core/journal.ts';
import type { Json } from '../core/json.ts';
import type { AssertionContext } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { describeTolerance, evaluateSeries, needsSeries, type Reading, type Tolerance } from '../core/tolerance.ts';
import { formatMs } from '../core/units.ts';
import { type Window, wholeRun } from '../measure/windows.ts';
import { noData } from './finding.ts';
import { noWindow, windowFor } from './window.ts';

/** One reading, judged. What it shows was so at a moment between `startedMs` and `atMs`. */
export interface Judged {
  readonly startedMs: number;
  readonly atMs: number;
  readonly holds: boolean;
  /** False: the tolerance could not be evaluated on it, so that it says neither yes nor no. */
  readonly known: boolean;
  readonly actual: string;
}

export interface Readings {
  readonly window: Window;
  /** What the tolerance asks for, in words. */
  readonly asked: string;
  /** In order of time, all of them inside of the window. Failed ones are gaps and not among them. */
  readonly judged: readonly Judged[];
  /** A longer stretch without a reading is a gap. */
  readonly gapAllowedMs: number;
  readonly lastError: string | undefined;
}

type Sample = JournalEvent & ProbeEvent;

/** The readings, or the finding that says why there are none. */
export function readingsOf(cx: AssertionContext): Readings | Finding {
  const { probe, tolerance } = cx.spec;
  if (probe === undefined || tolerance === undefined) return noData('a tolerance', 'the assertion names no probe');
  const asked = `${probe.name}: ${describeTolerance(tolerance)}`;
  const window = windowFor(cx);
  if (window === undefined) return noWindow(asked, cx);
  const samples = cx.journal.events.filter(
    (event): event is Sample => event.type === 'probe' && event.probe === probe.name,
  );
  const inside = samples.filter(({ startedMs, atMs }) => startedMs >= window.fromMs && atMs <= window.toMs);
  const lastError = inside.findLast(({ error }) => error !== undefined)?.error;
  const warmUpEndMs = wholeRun(cx.journal).fromMs;
  const before = samples.findLast(({ atMs, value }) => atMs <= warmUpEndMs && value !== undefined)?.value;
  const judged = judgeEach(inside, tolerance, before);
  if (judged.length === 0) return noData(asked, lastError ?? `${probe.name} was not read ${window.what}`);
  return { window, asked, judged, gapAllowedMs: Math.max(5 * probe.everyMs, 1000), lastError };
}

export function isFinding(readings: Readings | Finding): readings is Finding {
  return 'verdict' in readings;
}

/** Without those that could not be evaluated: for what has to be so all the time, or never, they are gaps. */
export function knownOnly(readings: Readings): Readings | Finding {
  const unknown = readings.judged.findLast(({ known }) => !known);
  if (unknown === undefined) return readings;
  const judged = readings.judged.filter(({ known }) => known);
  if (judged.length === 0) return noData(readings.asked, `no reading could be judged: ${unknown.actual}`);
  return { ...readings, judged, lastError: unknown.actual };
}

/** A slope is judged over all that was read, so that there is one answer; anything else at each reading. */
function judgeEach(samples: readonly Sample[], tolerance: Tolerance, before: Json | undefined): readonly Judged[] {
  const read = samples.flatMap(({ startedMs, atMs, value }) =>
    value === undefined ? [] : [{ startedMs, atMs, value }],
  );
  const [first, last] = [read[0], read.at(-1)];
  if (first === undefined || last === undefined) return [];
  const judge = (series: readonly Reading[]): Pick<Judged, 'holds' | 'known' | 'actual'> => {
    const { holds, known, actual } = evaluateSeries(tolerance, series, before);
    return { holds, known, actual };
  };
  if (needsSeries(tolerance)) {
    const whole = judge(read);
    return read.map(({ startedMs, atMs }) => ({ startedMs, atMs, ...whole }));
  }
  return read.map((one) => ({ startedMs: one.startedMs, atMs: one.atMs, ...judge([one]) }));
}

/** Why "always" or "never" cannot be said, if so: a stretch of the window in which nothing was read. */
export function tooSparse({ judged, window, gapAllowedMs, lastError }: Readings): string | undefined {
  let [longestMs, atMs, lastMs] = [0, window.fromMs, window.fromMs];
  for (const startedMs of [...judged.map((one) => one.startedMs), window.toMs]) {
    if (startedMs - lastMs > longestMs) [longestMs, atMs] = [startedMs - lastMs, lastMs];
    lastMs = startedMs;
  }
  if (longestMs <= gapAllowedMs) return undefined;
  const why = lastError === undefined ? '' : ` (${lastError})`;
  return `nothing was read for ${formatMs(longestMs)}, from ${formatMs(atMs - window.fromMs)} on${why}`;
}
