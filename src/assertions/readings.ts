// A probe's readings in a window: what always, eventually and never are judged on.
import type { JournalEvent, ProbeEvent } from '../core/journal.ts';
import type { Json } from '../core/json.ts';
import type { AssertionContext } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { describeTolerance, evaluate, type Tolerance } from '../core/tolerance.ts';
import { formatMs } from '../core/units.ts';
import type { Window } from '../measure/windows.ts';
import { windowFor } from './errors.ts';
import { noData } from './finding.ts';

export interface Judged {
  readonly startedMs: number;
  readonly atMs: number;
  readonly value: Json;
  readonly holds: boolean;
  readonly actual: string;
}

export interface Readings {
  readonly window: Window;
  readonly tolerance: Tolerance;
  /** What the tolerance asks for, in words. */
  readonly asked: string;
  /** Readings that began in the window; failed ones are gaps and not among them. */
  readonly judged: readonly Judged[];
  readonly failed: number;
  readonly lastError: string | undefined;
  /** The longest stretch of the window without a reading. */
  readonly longestGapMs: number;
  /** A stretch up to this is the probe's own period. */
  readonly gapAllowedMs: number;
}

/** The readings, or the finding that says why there are none. */
export function readingsOf(cx: AssertionContext): Readings | Finding {
  const { probe, tolerance } = cx.spec;
  if (probe === undefined || tolerance === undefined)
    return noData('a probe within its tolerance', 'the assertion names no probe');
  const asked = `${probe.name}: ${describeTolerance(tolerance)}`;
  const window = windowFor(cx);
  if (window === undefined) return noData(asked, `there was no ${cx.spec.during ?? cx.spec.since}`);
  const all = cx.journal.events.filter(
    (event): event is JournalEvent & ProbeEvent => event.type === 'probe' && event.probe === probe.name,
  );
  const before = all.findLast((event) => event.atMs <= window.fromMs && event.value !== undefined)?.value;
  const inside = all.filter((event) => event.startedMs >= window.fromMs && event.startedMs <= window.toMs);
  const judged = inside.flatMap((event): Judged[] => {
    if (event.value === undefined) return [];
    const { holds, actual } = evaluate(tolerance, event.value, before);
    return [{ startedMs: event.startedMs, atMs: event.atMs, value: event.value, holds, actual }];
  });
  const failures = inside.filter((event) => event.error !== undefined);
  if (judged.length === 0) return noData(asked, failures.at(-1)?.error ?? `${probe.name} was not read ${window.what}`);
  return {
    window,
    tolerance,
    asked,
    judged,
    failed: failures.length,
    lastError: failures.at(-1)?.error,
    longestGapMs: longestGap(judged, window),
    gapAllowedMs: Math.max(5 * probe.everyMs, 1000),
  };
}

export function isFinding(readings: Readings | Finding): readings is Finding {
  return 'verdict' in readings;
}

function longestGap(judged: readonly Judged[], window: Window): number {
  let longestMs = 0;
  let lastMs = window.fromMs;
  for (const { startedMs } of judged) {
    longestMs = Math.max(longestMs, startedMs - lastMs);
    lastMs = startedMs;
  }
  return Math.max(longestMs, window.toMs - lastMs);
}

/** Undefined when the readings are dense enough to say "always" or "never". */
export function tooSparse({ longestGapMs, gapAllowedMs, lastError }: Readings): string | undefined {
  if (longestGapMs <= gapAllowedMs) return undefined;
  return `nothing was read for ${formatMs(longestGapMs)}${lastError === undefined ? '' : ` (${lastError})`}`;
}
