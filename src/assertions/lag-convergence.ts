import { z } from 'zod';
import type { Assertion, AssertionContext } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { duration, formatCount, formatMs } from '../core/units.ts';
import { type Bounds, formatBounds, judgeAtMost, type Verdict, WITHIN_ERROR } from '../core/verdict.ts';
import { type LagCourse, type LagLimit, type LagReading, lagCourse, lagReadings } from '../measure/lag.ts';
import { momentOf, type Window } from '../measure/windows.ts';
import { finding, noData } from './finding.ts';
import { noWindow, windowFor } from './window.ts';

const params = z
  .strictObject({
    records: z.number().int().nonnegative().optional().describe('caught up is: at most so many records behind'),
    age: duration().optional().describe('caught up is: the oldest record that is not committed is at most so old'),
  })
  .refine((p) => p.records !== undefined || p.age !== undefined, { message: 'say `records` or `age`' })
  .transform(({ records, age }) => ({ records, ageMs: age }));

/**
 * The lag is back under its limit by `within`, counted from `since`, and stays there `for` a while and until the workloads
 * were stopped: what comes under it and rises again has not converged.
 */
export const lagConvergence: Assertion<LagLimit> = {
  kind: 'lagConvergence',
  summary: 'A consumer group catches up in time, and stays caught up',
  params,
  example: {
    probe: { kind: 'kafka.lag', with: { group: 'consumers' } },
    since: 'kill',
    within: '30s',
    for: '5s',
    with: { records: 100 },
  },
  says: 'when the lag came back under its limit, as an interval; its peak, and how fast it was worked off',
  takes: ['probe', 'since', 'during', 'within', 'for'],
  requires: ['probe', 'within'],
  check: (limit, cx) => {
    const { probe, withinMs = 0, forMs = 0 } = cx.spec;
    const held = forMs > 0 ? `, for ${formatMs(forMs)}` : '';
    const expected = `within ${formatMs(withinMs)} ${describeLimit(limit)}${held}`;
    const window = windowFor(cx);
    if (probe === undefined) return noData(expected, 'the assertion names no probe');
    if (window === undefined) return noWindow(expected, cx);
    const gapMs = Math.max(5 * probe.everyMs, 1000);
    const inside = lagReadings(cx.journal, probe.name).filter(
      ({ startedMs, atMs }) => startedMs >= window.fromMs && atMs <= window.toMs,
    );
    const course = lagCourse(inside, limit, gapMs);
    if (course === undefined) return noData(expected, lastError(cx, window) ?? `no lag was read ${window.what}`);
    return judge(course, { expected, limit, window, gapMs, cx });
  },
};

interface Terms {
  readonly expected: string;
  readonly limit: LagLimit;
  readonly window: Window;
  readonly gapMs: number;
  readonly cx: AssertionContext;
}

function judge(course: LagCourse, terms: Terms): Finding {
  const { withinMs = 0, forMs = 0 } = terms.cx.spec;
  const bounds = boundsOf(course, terms);
  const shown = { expected: terms.expected, actual: describe(course, bounds), data: dataOf(course, bounds, terms) };
  const say = (verdict: Verdict, because: string): Finding => finding(verdict, { ...shown, because });
  if (bounds.highMs === undefined) return notConverged(course, terms, say);
  const verdict = judgeAtMost(bounds, withinMs);
  if (verdict === 'failed') return say(verdict, 'it came too late');
  const unreadMs = terms.window.toMs - course.last.startedMs;
  if (unreadMs > terms.gapMs) return say('inconclusive', `nothing was read for the last ${formatMs(unreadMs)}`);
  const heldMs = course.last.startedMs - (course.firstWithin?.atMs ?? course.last.startedMs);
  if (heldMs < forMs) return say('inconclusive', `it was watched for ${formatMs(heldMs)} only after that`);
  return say(verdict, verdict === 'inconclusive' ? WITHIN_ERROR : '');
}

function notConverged(
  { lastOver, last }: LagCourse,
  { cx, window, gapMs }: Terms,
  say: (verdict: Verdict, because: string) => Finding,
): Finding {
  const watchedMs = last.startedMs - window.fromMs;
  if (watchedMs + gapMs < (cx.spec.withinMs ?? 0))
    return say('inconclusive', `it was watched for ${formatMs(watchedMs)} only`);
  return lastOver === last
    ? say('failed', 'it never caught up')
    : say('inconclusive', 'how far behind it was at the end is not known: a leader did not answer');
}

/** Between the last reading that was over the limit, and the first of those within it that go on to the end. */
function boundsOf({ lastOver, firstWithin, last }: LagCourse, { window, cx: { spec, journal } }: Terms): Bounds {
  const since = spec.during === undefined && spec.since !== undefined ? momentOf(spec.since, journal) : undefined;
  const zero = since ?? { notBeforeMs: window.fromMs, byMs: window.fromMs };
  const low = (reading: LagReading | undefined): number => Math.max(0, (reading?.startedMs ?? zero.byMs) - zero.byMs);
  if (firstWithin === undefined) return { lowMs: low(last), highMs: undefined };
  return { lowMs: low(lastOver), highMs: Math.max(0, firstWithin.atMs - zero.notBeforeMs) };
}

function describe({ peak, lastOver, recordsPerSecond }: LagCourse, bounds: Bounds): string {
  const most = `at most ${formatCount(peak.atLeast)} records behind`;
  if (bounds.highMs === undefined) return `not caught up after ${formatMs(bounds.lowMs)}, ${most}`;
  if (lastOver === undefined) return `never over the limit, ${most}`;
  const rate =
    recordsPerSecond === undefined ? '' : `, worked off at ${formatCount(Math.round(-recordsPerSecond))} a second`;
  return `caught up after ${formatBounds(bounds)}; ${most}${rate}`;
}

function dataOf({ peak, firstWithin, recordsPerSecond }: LagCourse, bounds: Bounds, { limit }: Terms): Finding['data'] {
  return {
    lowMs: bounds.lowMs,
    highMs: bounds.highMs ?? null,
    peakRecords: peak.atLeast,
    peakAgeMs: peak.ageMs ?? null,
    peakAtMs: peak.atMs,
    convergedAtMs: firstWithin?.atMs ?? null,
    recordsPerSecond: recordsPerSecond ?? null,
    limitRecords: limit.records ?? null,
    limitAgeMs: limit.ageMs ?? null,
  };
}

function describeLimit({ records, ageMs }: LagLimit): string {
  return [
    ...(records === undefined ? [] : [`at most ${formatCount(records)} records behind`]),
    ...(ageMs === undefined ? [] : [`nothing older than ${formatMs(ageMs)} left to commit`]),
  ].join(', ');
}

function lastError({ spec, journal }: AssertionContext, { fromMs, toMs }: Window): string | undefined {
  const event = journal.events.findLast(
    (each) =>
      each.type === 'probe' &&
      each.probe === spec.probe?.name &&
      each.error !== undefined &&
      each.startedMs >= fromMs &&
      each.atMs <= toMs,
  );
  return event?.type === 'probe' ? event.error : undefined;
}
