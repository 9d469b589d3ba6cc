import { z } from 'zod';
import type { Assertion, AssertionContext } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
import { type Bounds, formatBounds, judgeAtMost, type Verdict, WITHIN_ERROR } from '../core/verdict.ts';
import { momentOf } from '../measure/windows.ts';
import { finding } from './finding.ts';
import { isFinding, type Judged, type Readings, readingsOf, tooSparse } from './readings.ts';

const params = z.strictObject({});

/** By `within`, and held `for` a while. The moment lies between the last reading that did not hold and the first that did. */
export const eventually: Assertion<z.output<typeof params>> = {
  kind: 'eventually',
  summary: 'A probe comes within its tolerance, in time, and stays for a while',
  params,
  example: { tolerance: { replicasInStep: { atLeast: 2 } }, since: 'kill', within: '30s', for: '2s' },
  says: 'when it came within tolerance to stay, as an interval; inconclusive where it was not watched for long enough',
  takes: ['probe', 'tolerance', 'during', 'since', 'within', 'for'],
  requires: ['probe', 'tolerance'],
  check: (_, cx) => {
    const readings = readingsOf(cx);
    return isFinding(readings) ? readings : judgeEventually(readings, cx);
  },
};

/** Whether the readings come to hold by `within` and stay so for `for`, as `cx` says both. */
export function judgeEventually(readings: Readings, cx: AssertionContext): Finding {
  const { withinMs, forMs = 0 } = cx.spec;
  const when = withinMs === undefined ? 'eventually' : `within ${formatMs(withinMs)}`;
  const expected = `${when} ${readings.asked}${forMs > 0 ? `, for ${formatMs(forMs)}` : ''}`;
  const { held, trying } = search(readings, forMs);
  if (held === undefined) return notReached(readings, { expected, withinMs, trying });
  const bounds = boundsOf(held, readings, cx);
  const verdict = withinMs === undefined ? 'passed' : judgeAtMost(bounds, withinMs);
  const because: Record<Verdict, string> = { passed: '', failed: 'it came too late', inconclusive: WITHIN_ERROR };
  const data = { lowMs: bounds.lowMs, highMs: bounds.highMs ?? null, heldByMs: held.byMs };
  return finding(verdict, { expected, actual: `after ${formatBounds(bounds)}`, because: because[verdict], data });
}

/** It began to hold between these two, on the run's clock. */
interface Held {
  readonly notBeforeMs: number;
  readonly byMs: number;
}

/** The first stretch of readings without a gap that held for long enough; `trying` = one that was still going on at the end. */
function search({ judged, window, gapAllowedMs }: Readings, forMs: number): { held?: Held; trying?: Held } {
  let notBeforeMs = window.fromMs;
  let first: Judged | undefined;
  let lastMs = window.fromMs;
  for (const reading of judged) {
    if (reading.startedMs - lastMs > gapAllowedMs) first = undefined;
    lastMs = reading.startedMs;
    if (!reading.holds) {
      first = undefined;
      notBeforeMs = reading.startedMs;
      continue;
    }
    first ??= reading;
    if (forMs === 0 || reading.startedMs - first.atMs >= forMs) return { held: { notBeforeMs, byMs: first.atMs } };
  }
  return first === undefined ? {} : { trying: { notBeforeMs, byMs: first.atMs } };
}

/** Against the clock of `since`, whose own zero lies between two moments; else against the window's begin. */
function boundsOf(held: Held, { window }: Readings, { spec, journal }: AssertionContext): Bounds {
  const since = spec.during === undefined && spec.since !== undefined ? momentOf(spec.since, journal) : undefined;
  const zero = since ?? { notBeforeMs: window.fromMs, byMs: window.fromMs };
  return { lowMs: Math.max(0, held.notBeforeMs - zero.byMs), highMs: held.byMs - zero.notBeforeMs };
}

function notReached(
  readings: Readings,
  asked: { readonly expected: string; readonly withinMs: number | undefined; readonly trying: Held | undefined },
): Finding {
  const { window, judged } = readings;
  const { expected, withinMs = 0, trying } = asked;
  const watchedMs = (judged.at(-1)?.startedMs ?? window.fromMs) - window.fromMs;
  const actual = `${judged.at(-1)?.actual ?? 'nothing'} at the end, after ${formatMs(watchedMs)}`;
  const unsure = (because: string): Finding => finding('inconclusive', { expected, actual, because });
  if (trying !== undefined && (asked.withinMs === undefined || trying.notBeforeMs - window.fromMs <= withinMs)) {
    return unsure('it held at the end, and was not watched for long enough');
  }
  if (watchedMs + readings.gapAllowedMs < withinMs) return unsure(`it was watched for ${formatMs(watchedMs)} only`);
  const toMs = asked.withinMs === undefined ? window.toMs : Math.min(window.toMs, window.fromMs + withinMs);
  const early = {
    ...readings,
    window: { ...window, toMs },
    judged: judged.filter(({ startedMs }) => startedMs <= toMs),
  };
  const sparse = tooSparse(early);
  if (sparse !== undefined) return unsure(sparse);
  return finding('failed', { expected, actual, because: 'it never held for long enough' });
}
